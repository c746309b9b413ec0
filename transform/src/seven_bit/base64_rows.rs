//! Base64 of a body that streams.

use bytes::Bytes;

use crate::segment::{Segment, Segments};

/// What one line holds (RFC 2045 §6.8).
const ROW: usize = 57;

/// Whole lines go on; what makes none yet waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Base64Rows {
    waiting: Vec<u8>,
}

impl Base64Rows {
    pub(super) fn push(&mut self, mut piece: Bytes, out: &mut Segments) {
        if !self.waiting.is_empty() {
            let missing = (ROW - self.waiting.len()).min(piece.len());
            self.waiting.extend_from_slice(&piece.split_to(missing));
            if self.waiting.len() == ROW {
                let row = std::mem::take(&mut self.waiting);
                out.0.push(Segment::Base64(row.into()));
            }
        }
        let whole = piece.len() / ROW * ROW;
        if whole > 0 {
            out.0.push(Segment::Base64(piece.split_to(whole)));
        }
        self.waiting.extend_from_slice(&piece);
    }

    pub(super) fn finish(self, out: &mut Segments) {
        if !self.waiting.is_empty() {
            out.0.push(Segment::Base64(self.waiting.into()));
        }
    }
}
