//! Why one value is refused, before anybody knows where it stands.

use crate::code::Code;

/// The words of a complaint about a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) label: String,
    /// `None`: the code's own advice.
    pub(crate) note: Option<String>,
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            label: String::new(),
            note: None,
        }
    }

    /// A value that cannot be understood; `note` shows how it is written.
    pub(crate) fn bad(message: impl Into<String>, note: impl Into<String>) -> Self {
        Self::new(Code::BAD_VALUE, message).note(note)
    }

    /// A value that belongs to a later version.
    pub(crate) fn not_built(message: impl Into<String>, note: impl Into<String>) -> Self {
        Self::new(Code::NOT_BUILT, message)
            .label("not built yet")
            .note(note)
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}
