//! BDAT framing (RFC 3030 §2): chunks are counted, their octets are content under the same line rules as in DATA.

use bytes::BytesMut;

use crate::content::{BareNewline, BodyFault, Content};
use crate::line::{Dots, LineDecoder, Taken};

/// The argument of a BDAT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// Octets that follow the command line.
    pub size: u64,
    /// Whether this chunk ends the message.
    pub last: bool,
}

/// What a decoder gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decoded {
    /// All input is taken.
    NeedInput,
    /// A piece of the message.
    Body(Content),
    /// The message is refused; from here on chunks are only counted.
    Fault(BodyFault),
    /// The end of a chunk that is not the last; what follows is still in the input.
    ChunkEnd,
    /// The end of the last chunk and of the message.
    End,
}

/// Decodes one message sent with BDAT.
#[derive(Debug)]
pub struct ChunkDecoder {
    lines: LineDecoder,
    size_max: u64,
    chunk: Chunk,
    too_large: bool,
    swallowed: u64,
    ended: bool,
}

impl ChunkDecoder {
    /// A decoder for a message of at most `size_max` octets.
    pub fn new(newline: BareNewline, size_max: u64) -> Self {
        Self {
            lines: LineDecoder::new(Dots::Plain, newline, size_max),
            size_max,
            chunk: Chunk {
                size: 0,
                last: false,
            },
            too_large: false,
            swallowed: 0,
            ended: false,
        }
    }

    /// A BDAT command came, and the one before it is through.
    pub fn begin(&mut self, chunk: Chunk) {
        // Known before the octets are here: no need to carry them onward first.
        let announced = self.lines.size().saturating_add(chunk.size);
        self.too_large = announced > self.size_max && !self.lines.is_refused();
        self.chunk = chunk;
    }

    /// Takes all of the input, or what belongs to the chunk.
    pub fn decode(&mut self, input: &mut BytesMut) -> Decoded {
        if std::mem::take(&mut self.too_large) {
            self.lines.refuse();
            return Decoded::Fault(BodyFault::TooLarge);
        }
        if self.chunk.size == 0 {
            return self.chunk_end();
        }
        let (refused, before) = (self.lines.is_refused(), input.len());
        let limit = usize::try_from(self.chunk.size).unwrap_or(usize::MAX);
        let taken = self.lines.take(input, limit);
        let consumed = (before - input.len()) as u64;
        self.chunk.size -= consumed;
        if refused {
            self.swallowed += consumed;
        }
        match taken {
            Taken::Fault { fault, .. } => Decoded::Fault(fault),
            Taken::Piece(content) | Taken::End(content) if !content.is_empty() => {
                Decoded::Body(content)
            }
            Taken::Piece(_) | Taken::End(_) if self.chunk.size == 0 => self.chunk_end(),
            Taken::Piece(_) | Taken::End(_) => Decoded::NeedInput,
        }
    }

    /// Gives out nothing from here on; chunks are only counted.
    pub fn refuse(&mut self) {
        self.too_large = false;
        self.lines.refuse();
    }

    /// Octets swallowed since the message was refused, with those of this chunk that are still to come.
    pub fn to_swallow(&self) -> u64 {
        match self.lines.is_refused() {
            true => self.swallowed.saturating_add(self.chunk.size),
            false => 0,
        }
    }

    fn chunk_end(&mut self) -> Decoded {
        if !self.chunk.last {
            return Decoded::ChunkEnd;
        }
        if std::mem::replace(&mut self.ended, true) {
            return Decoded::End;
        }
        match self.lines.end() {
            Taken::Piece(content) | Taken::End(content) if !content.is_empty() => {
                Decoded::Body(content)
            }
            Taken::Piece(_) | Taken::End(_) => Decoded::End,
            Taken::Fault { fault, .. } => Decoded::Fault(fault),
        }
    }
}
