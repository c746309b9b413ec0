//! A whole message: finds the TNEF in it and puts MIME in its place.

use bytes::Bytes;

use crate::options::Options;
use crate::report::Report;
use crate::segment::Segments;

/// A message that had TNEF in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// As it goes on. What could not be converted is as it was, below a field that says so.
    pub message: Segments,
    /// What was done.
    pub report: Report,
}

/// Whether [`convert()`] would find TNEF; much cheaper.
pub fn has_tnef(_message: &Bytes) -> bool {
    false
}

/// Converts `message` (header block first, as it came). `None`: there is no TNEF in it.
pub fn convert(_message: &Bytes, _options: &Options) -> Option<Converted> {
    None
}
