//! What was done to a message, and what was lost by it.

/// Of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {}
