//! The way back into [`Content`] for a message that was rewritten: judged by the same rules as what came from a client.

use bytes::Bytes;

use crate::content::{BareNewline, BodyFault, Content};
use crate::line::{Dots, LineDecoder, Taken};

/// Judges one message, piece by piece, and changes nothing.
#[derive(Debug)]
pub struct LineCheck(LineDecoder);

impl LineCheck {
    /// Before the first octet.
    pub fn new() -> Self {
        Self(LineDecoder::new(Dots::Plain, BareNewline::Refuse, u64::MAX))
    }

    /// The next piece, wherever it is cut. After a fault the message is of no use.
    pub fn pass(&mut self, piece: Bytes) -> Result<Content, BodyFault> {
        self.0.check(piece)
    }

    /// The end of the message.
    pub fn end(mut self) -> Result<(), BodyFault> {
        match self.0.end() {
            Taken::Fault { fault, .. } => Err(fault),
            Taken::Piece(_) | Taken::End(_) => Ok(()),
        }
    }
}

impl Default for LineCheck {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(message: &str, piece: usize) -> Result<Vec<u8>, BodyFault> {
        let (mut check, mut out) = (LineCheck::new(), Vec::new());
        for octets in message.as_bytes().chunks(piece) {
            out.extend_from_slice(&check.pass(Bytes::copy_from_slice(octets))?);
        }
        check.end()?;
        Ok(out)
    }

    #[test]
    fn what_passes_is_unchanged_and_what_does_not_is_what_a_client_may_not_send() {
        let bare = Err(BodyFault::BareNewline);
        let nul = Err(BodyFault::NulBesideDot);
        for (message, expected) in [
            ("", Ok(())),
            ("a\r\nb", Ok(())),
            ("a\r\n.\r\n..b\r\n.\r\n", Ok(())),
            ("\0a\r\n", Ok(())),
            ("a\nb\r\n", bare),
            ("a\rb\r\n", bare),
            ("a\r\r\n", bare),
            ("\n", bare),
            ("a\r", bare),
            ("\0.\r\n", nul),
            ("a\r\n.\0", nul),
        ] {
            for piece in 1..=message.len().max(1) {
                let expected = expected.map(|()| message.as_bytes().to_vec());
                assert_eq!(judge(message, piece), expected, "{message:?} by {piece}");
            }
        }
    }
}
