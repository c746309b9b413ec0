//! What the header around a TNEF stream says: who wrote it, to whom.

/// The outer header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outer {}

impl Outer {
    /// Reads a header block.
    pub fn read(_header: &[u8]) -> Self {
        Self::default()
    }
}
