//! A whole message that was made, found to be one before anything of it leaves us.

use smtp::{BodyFault, LineCheck};
use transform::{Chunks, Segments};

use crate::deliver::Known;

/// An attachment in it is encoded when it is sent, piece by piece: it is never in memory as text.
#[derive(Debug)]
pub(in crate::transaction) struct Made {
    segments: Segments,
    known: Known,
}

impl Made {
    /// Goes through all of it.
    pub(in crate::transaction) fn of(segments: Segments) -> Result<Self, BodyFault> {
        let (mut octets, mut eight_bit) = (0, false);
        let mut last = *b"\r\n";
        let mut check = LineCheck::new();
        for piece in segments.clone().into_chunks() {
            octets += piece.len() as u64;
            eight_bit |= !piece.is_ascii();
            last = match *piece {
                [.., before, end] => [before, end],
                [end] => [last[1], end],
                [] => last,
            };
            check.pass(piece)?;
        }
        check.end()?;
        let known = Known::Whole {
            octets,
            eight_bit,
            ends_with_crlf: last == *b"\r\n",
        };
        Ok(Self { segments, known })
    }

    pub(super) fn known(&self) -> Known {
        self.known
    }

    pub(super) fn into_chunks(self) -> Chunks {
        self.segments.into_chunks()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use transform::Segment;

    use super::*;

    fn check(segments: Segments, expected: Result<(u64, bool, bool), BodyFault>) {
        let known = |(octets, eight_bit, ends_with_crlf)| Known::Whole {
            octets,
            eight_bit,
            ends_with_crlf,
        };
        let said = format!("{segments:?}");
        let made = Made::of(segments).map(|made| made.known());
        assert_eq!(made, expected.map(known), "{said}");
    }

    fn by_octet(text: &'static str) -> Segments {
        let pieces = text.as_bytes().chunks(1).map(Bytes::from_static);
        Segments(pieces.map(Segment::Octets).collect())
    }

    #[test]
    fn what_is_no_message_is_not_made() {
        check(by_octet(""), Ok((0, false, true)));
        check(by_octet("a\r\n"), Ok((3, false, true)));
        check(by_octet("a\r\n\u{fc}"), Ok((5, true, false)));
        check(by_octet("a\nb"), Err(BodyFault::BareNewline));
        check(by_octet("a\r"), Err(BodyFault::BareNewline));
    }

    #[test]
    fn an_attachment_counts_as_it_is_sent() {
        let attachment = Segment::Base64(vec![0xAB; 58].into());
        check(Segments(vec![attachment]), Ok((78 + 6, false, true)));
    }
}
