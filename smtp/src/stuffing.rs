//! Dot-stuffing and the end of data toward a hop (RFC 5321 §4.5.2).

use memchr::memmem;

use crate::content::Content;
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
        let dotted = memmem::Finder::new(b"\n.");
        while let Some(at) = dotted.find(&rest) {
            out.put_shared(rest.split_to(at + 1));
            out.put_slice(b".");
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
}
