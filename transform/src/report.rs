//! What was done to a message, and what was lost by it.

/// Of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {}

impl Report {
    /// Whether anything was converted.
    pub fn has_converted(&self) -> bool {
        false
    }

    /// Why TNEF stayed as it was, where it did.
    pub fn kept(&self) -> Option<String> {
        None
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
