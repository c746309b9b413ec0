//! What is said about a configuration file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::code::Code;

/// Whether the file can be used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is started with such a file.
    Error,
    /// Correct, but hardly meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One complaint with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Which kind of complaint.
    pub code: Code,
    /// What is wrong here.
    pub message: String,
    /// Where, in octets of the text; `None`: in the file as a whole.
    pub span: Option<Range<usize>>,
    /// A few words under the place.
    pub label: String,
    /// A second place that belongs to the first, with its words.
    pub related: Option<(Range<usize>, String)>,
    /// What to do.
    pub note: String,
}

/// All that is said about one file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    pub(super) file: String,
    pub(super) text: Arc<str>,
    pub(super) list: Vec<Diagnostic>,
    /// How many more there were than `limits::DIAGNOSTICS_MAX`.
    pub(super) left_out: usize,
}

impl Diagnostics {
    /// The name of the file, as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The complaints, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many of them are errors.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many of them are warnings.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    /// Line and column of a complaint, both from 1, the column in characters.
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<(usize, usize)> {
        let start = diagnostic.span.as_ref()?.start.min(self.text.len());
        let before = self.text.get(..start)?;
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |rest| rest.chars().count())
            + 1;
        Some((line, column))
    }

    /// "1 error, 0 warnings"
    pub fn summary(&self) -> String {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        format!(
            "{}, {}",
            count(self.errors(), "error"),
            count(self.warnings(), "warning")
        )
    }

    /// The errors in one line, for the log.
    pub fn in_one_line(&self) -> String {
        let errors = self
            .list
            .iter()
            .filter(|one| one.severity == Severity::Error);
        let sayings = errors.map(|one| match self.position(one) {
            Some((line, column)) => format!(
                "{}:{line}:{column}: {} {}",
                self.file, one.code, one.message
            ),
            None => format!("{}: {} {}", self.file, one.code, one.message),
        });
        sayings.collect::<Vec<_>>().join("; ")
    }

    fn count(&self, severity: Severity) -> usize {
        self.list
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    }
}

impl std::error::Error for Diagnostics {}
