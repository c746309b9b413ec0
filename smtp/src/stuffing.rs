//! Dot-stuffing and the end of data toward a hop (RFC 5321 §4.5.2).

use memchr::memmem;

use crate::content::{Content, Dotted};
use crate::outgoing::Outgoing;

/// Writes one message as the octets after DATA. [`Content`] has no bare newlines, so a line starts after each LF.
#[derive(Debug, Default)]
pub(crate) struct Stuffing {
    place: Place,
}

#[derive(Clone, Copy, Debug, Default)]
enum Place {
    #[default]
    Start,
    Within,
    Cr,
}

impl Stuffing {
    /// Writes the next piece, wherever it was cut.
    pub(crate) fn write(&mut self, content: Content, out: &mut impl Outgoing) {
        let dotted = content.dotted();
        let mut rest = content.into_bytes();
        let Some(&last) = rest.last() else {
            return;
        };
        if matches!(self.place, Place::Start) && rest[0] == b'.' {
            out.put_slice(b".");
        }
        self.place = match last {
            b'\n' => Place::Start,
            b'\r' => Place::Cr,
            _ => Place::Within,
        };
        if dotted == Dotted::Perhaps {
            let line = memmem::Finder::new(b"\n.");
            while let Some(at) = line.find(&rest) {
                out.put_shared(rest.split_to(at + 1));
                out.put_slice(b".");
            }
        }
        out.put_shared(rest);
    }

    /// Ends the message; a last line without its CRLF gets one.
    pub(crate) fn end(self, out: &mut impl Outgoing) {
        out.put_slice(match self.place {
            Place::Start => b".\r\n",
            Place::Within => b"\r\n.\r\n",
            Place::Cr => b"\n.\r\n",
        });
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::content::BareNewline;
    use crate::data::{DataDecoder, Decoded};

    #[test]
    fn what_is_written_does_not_depend_on_the_pieces() {
        let check = |message: &str, wire: &str| {
            for piece in 1..=message.len().max(1) {
                let (mut stuffing, mut out) = (Stuffing::default(), BytesMut::new());
                for octets in message.as_bytes().chunks(piece) {
                    stuffing.write(Content::new(octets.to_vec().into()), &mut out);
                }
                stuffing.end(&mut out);
                assert_eq!(out, wire.as_bytes(), "{message:?} in pieces of {piece}");
            }
        };
        check("", ".\r\n");
        check("a\r\n", "a\r\n.\r\n");
        check("a", "a\r\n.\r\n");
        check("a\r", "a\r\n.\r\n");
        check(".", "..\r\n.\r\n");
        check(".\r\n", "..\r\n.\r\n");
        check("..\r\n", "...\r\n.\r\n");
        check("a\r\n.\r\n.b\r\n", "a\r\n..\r\n..b\r\n.\r\n");
        check("\r\n.\r\n", "\r\n..\r\n.\r\n");
        check("a.b\r\n", "a.b\r\n.\r\n");
    }

    /// What the decoder knows must be true however the wire was cut, or a dot is missing on the next one.
    #[test]
    fn what_was_stuffed_is_stuffed_again_however_it_came() {
        let lines = ["a", "..", "..b", "c.d", "...", "e..f", "..", "g"];
        for (length, filler) in [(0, ""), (7, ".y"), (300, "z")] {
            let long = filler.repeat(length);
            let wire = lines.map(|line| format!("{line}{long}\r\n")).concat() + ".\r\n";
            for piece in [1, 2, 3, 5, 64, 129, 1025, wire.len()] {
                let mut decoder = DataDecoder::new(BareNewline::Refuse, u64::MAX);
                let (mut stuffing, mut out) = (Stuffing::default(), BytesMut::new());
                for octets in wire.as_bytes().chunks(piece) {
                    let mut input = BytesMut::from(octets);
                    while let Decoded::Body(content) = decoder.decode(&mut input) {
                        stuffing.write(content, &mut out);
                    }
                }
                stuffing.end(&mut out);
                assert_eq!(out, wire.as_bytes(), "in pieces of {piece}");
            }
        }
    }
}
