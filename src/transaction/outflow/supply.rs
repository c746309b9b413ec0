//! Octets that were made, handed out in pieces of a bounded size.

use std::collections::VecDeque;

use bytes::Bytes;
use smtp::{BodyFault, LineCheck};
use transform::{Segment, Segments};

use crate::deliver::Known;

/// Segments on their way out. An attachment is encoded piece by piece, so that it is never in memory as text.
#[derive(Debug, Clone, Default)]
pub(super) struct Supply(VecDeque<Segment>);

impl Supply {
    pub(super) fn extend(&mut self, segments: Segments) {
        self.0.extend(segments.0);
    }

    /// The next piece, of at most [`PIECE_OCTETS`]; never an empty one.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        loop {
            let (piece, rest) = match self.0.pop_front()? {
                Segment::Octets(mut octets) => {
                    let piece = octets.split_to(octets.len().min(PIECE_OCTETS));
                    (piece, Segment::Octets(octets))
                }
                Segment::Base64(mut octets) => {
                    let piece = octets.split_to(octets.len().min(LINES * LINE_OCTETS));
                    (encoded(piece), Segment::Base64(octets))
                }
            };
            if !is_empty(&rest) {
                self.0.push_front(rest);
            }
            if !piece.is_empty() {
                return Some(piece);
            }
        }
    }
}

fn is_empty(segment: &Segment) -> bool {
    match segment {
        Segment::Octets(octets) | Segment::Base64(octets) => octets.is_empty(),
    }
}

fn encoded(octets: Bytes) -> Bytes {
    let lines = octets.len().div_ceil(LINE_OCTETS);
    let mut text = Vec::with_capacity(lines * LINE_TEXT);
    let written = Segments(vec![Segment::Base64(octets)]).write_to(&mut text);
    written.expect("a vector takes everything");
    text.into()
}

/// A whole message that was made, found to be one.
#[derive(Debug)]
pub(in crate::transaction) struct Made {
    supply: Supply,
    known: Known,
}

impl Made {
    /// Goes through all of it; nothing has left us yet.
    pub(in crate::transaction) fn of(segments: Segments) -> Result<Self, BodyFault> {
        let supply = Supply(segments.0.into());
        let (mut octets, mut eight_bit) = (0, false);
        let mut last = [b'\r', b'\n'];
        let (mut walk, mut check) = (supply.clone(), LineCheck::new());
        while let Some(piece) = walk.next() {
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
        Ok(Self { supply, known })
    }

    pub(super) fn known(&self) -> Known {
        self.known
    }

    pub(super) fn into_supply(self) -> Supply {
        self.supply
    }
}

const PIECE_OCTETS: usize = 64 * 1024;
/// Octets that make one line of base64 (RFC 2045 §6.8), and that line with its CRLF.
const LINE_OCTETS: usize = 57;
const LINE_TEXT: usize = 78;
/// Lines that are encoded at once.
const LINES: usize = PIECE_OCTETS / LINE_TEXT;

#[cfg(test)]
mod tests {
    use super::*;

    fn segments() -> Segments {
        let text = b"line\r\n".repeat(40_000);
        Segments(vec![
            Segment::Octets(Bytes::from_static(b"A: b\r\n\r\n")),
            Segment::Octets(Bytes::new()),
            Segment::Base64(vec![0xAB; 200_001].into()),
            Segment::Octets(text.into()),
            Segment::Base64(Bytes::new()),
        ])
    }

    #[test]
    fn the_pieces_are_what_is_written_at_once() {
        let mut whole = Vec::new();
        segments().write_to(&mut whole).expect("a vector");
        let (mut supply, mut pieces) = (Supply(segments().0.into()), Vec::new());
        while let Some(piece) = supply.next() {
            assert!((1..=PIECE_OCTETS).contains(&piece.len()));
            pieces.extend_from_slice(&piece);
        }
        assert!(pieces == whole);
        let made = Made::of(segments()).expect("a message");
        let known = Known::Whole {
            octets: whole.len() as u64,
            eight_bit: false,
            ends_with_crlf: true,
        };
        assert_eq!(made.known(), known);
    }

    #[test]
    fn what_is_no_message_is_not_made() {
        let check = |text: &'static str, expected: Result<(bool, bool), BodyFault>| {
            let pieces = text.as_bytes().chunks(1).map(Bytes::from_static);
            let made = Made::of(Segments(pieces.map(Segment::Octets).collect()));
            let expected = expected.map(|(ends_with_crlf, eight_bit)| Known::Whole {
                octets: text.len() as u64,
                eight_bit,
                ends_with_crlf,
            });
            assert_eq!(made.map(|made| made.known()), expected, "{text:?}");
        };
        check("", Ok((true, false)));
        check("a\r\n", Ok((true, false)));
        check("\u{fc}", Ok((false, true)));
        check("a\nb", Err(BodyFault::BareNewline));
        check("a\r", Err(BodyFault::BareNewline));
    }
}
