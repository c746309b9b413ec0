//! Dot-stuffing and the end of data toward a hop (RFC 5321 §4.5.2).

use bytes::{BufMut, BytesMut};
use memchr::memmem;

use crate::content::Content;

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
    pub(crate) fn write(&mut self, content: &Content, out: &mut BytesMut) {
        let octets: &[u8] = content;
        let Some(&last) = octets.last() else {
            return;
        };
        out.reserve(octets.len() + 1);
        if matches!(self.place, Place::Start) && octets[0] == b'.' {
            out.put_u8(b'.');
        }
        let mut rest = octets;
        while let Some(at) = memmem::find(rest, b"\n.") {
            let (line, next) = rest.split_at(at + 1);
            out.put_slice(line);
            out.put_u8(b'.');
            rest = next;
        }
        out.put_slice(rest);
        self.place = match last {
            b'\n' => Place::Start,
            b'\r' => Place::Cr,
            _ => Place::Within,
        };
    }

    /// Ends the message; a last line without its CRLF gets one.
    pub(crate) fn end(self, out: &mut BytesMut) {
        out.put_slice(match self.place {
            Place::Start => b".\r\n",
            Place::Within => b"\r\n.\r\n",
            Place::Cr => b"\n.\r\n",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_does_not_depend_on_the_pieces() {
        let check = |message: &str, wire: &str| {
            for piece in 1..=message.len().max(1) {
                let (mut stuffing, mut out) = (Stuffing::default(), BytesMut::new());
                for octets in message.as_bytes().chunks(piece) {
                    stuffing.write(&Content::new(octets.to_vec().into()), &mut out);
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
