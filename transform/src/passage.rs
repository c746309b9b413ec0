//! A message that streams: what shows late to be TNEF is converted in its place.

use bytes::Bytes;

use crate::options::Options;
use crate::report::Report;
use crate::segment::Segments;

/// Between what comes and what goes on; holds back one TNEF part at most.
#[derive(Debug)]
pub struct Passage {}

impl Passage {
    /// Begins before the header block. A part of more than `held_max` octets is not converted.
    pub fn new(_options: &Options, _held_max: usize) -> Self {
        Self {}
    }

    /// Whether [`Self::push`] of these may convert a part.
    pub fn may_take_long(&self, _octets: &[u8]) -> bool {
        false
    }

    /// Takes what comes and gives what can go on.
    pub fn push(&mut self, octets: Bytes, out: &mut Segments) {
        out.0.push(crate::segment::Segment::Octets(octets));
    }

    /// The end of the message: the rest goes on. `None`: there was no TNEF.
    pub fn finish(self, _out: &mut Segments) -> Option<Report> {
        None
    }
}
