//! DATA framing: dot-unstuffing and the end of the message (RFC 5321 §4.5.2, §4.1.1.4).
//!
//! Only CRLF "." CRLF ends a message; the CRLF of the DATA command is the first of an empty one.

use bytes::BytesMut;

use crate::content::{BareNewline, BodyFault, Content};
use crate::line::{Dots, LineDecoder, Taken};

/// What a decoder gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decoded {
    /// All input is taken.
    NeedInput,
    /// A piece of the message.
    Body(Content),
    /// The message is refused; from here on only its end is looked for.
    Fault(BodyFault),
    /// The end of the message; what follows is still in the input.
    End,
}

/// Decodes one message sent with DATA.
#[derive(Debug)]
pub struct DataDecoder {
    lines: LineDecoder,
    swallowed: u64,
    ended: bool,
}

impl DataDecoder {
    /// A decoder for a message of at most `size_max` octets.
    pub fn new(newline: BareNewline, size_max: u64) -> Self {
        Self {
            lines: LineDecoder::new(Dots::Stuffed, newline, size_max),
            swallowed: 0,
            ended: false,
        }
    }

    /// Takes all of the input, or what is before the end of the message.
    pub fn decode(&mut self, input: &mut BytesMut) -> Decoded {
        if self.ended {
            return Decoded::End;
        }
        let (refused, before) = (self.lines.is_refused(), input.len());
        let taken = self.lines.take(input, before);
        if refused {
            self.swallowed += (before - input.len()) as u64;
        }
        match taken {
            Taken::Piece(content) if content.is_empty() => Decoded::NeedInput,
            Taken::Piece(content) => Decoded::Body(content),
            Taken::End(content) => {
                self.ended = true;
                match content.is_empty() {
                    true => Decoded::End,
                    false => Decoded::Body(content),
                }
            }
            Taken::Fault { fault, ended } => {
                self.ended = ended;
                Decoded::Fault(fault)
            }
        }
    }

    /// Gives out nothing from here on; only the end of the message is looked for.
    pub fn refuse(&mut self) {
        self.lines.refuse();
    }

    /// Octets swallowed since the message was refused.
    pub fn swallowed(&self) -> u64 {
        self.swallowed
    }
}
