//! What is wrong with one line of a source that does not stop the rest.

use std::fmt;

/// One line, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) line: u64,
    pub(crate) what: String,
}

impl From<&routing::Problem> for Complaint {
    fn from(problem: &routing::Problem) -> Self {
        Self {
            line: problem.line,
            what: problem.wrong.to_string(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}
