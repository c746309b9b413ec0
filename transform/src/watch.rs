//! Whether a message that is still coming must be whole before anything of it goes on.

/// What is known so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Possibility {
    /// It may turn out to be TNEF as a whole: hold it.
    Open,
    /// It is: hold it to its end, then [`convert`](crate::convert()).
    Certain,
    /// It is not: let it go, through a [`Passage`](crate::Passage).
    Gone,
}

/// Watches a message come.
#[derive(Debug, Clone)]
pub struct Watch {}

impl Watch {
    /// Begins with the header block, its empty line included.
    pub fn new(_header: &[u8]) -> (Self, Possibility) {
        (Self {}, Possibility::Gone)
    }

    /// More of the body.
    pub fn push(&mut self, _octets: &[u8]) -> Possibility {
        Possibility::Gone
    }
}
