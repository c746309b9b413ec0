//! Finding the end of the header block (RFC 5322 §2.1) in a message that is still coming.
//!
//! Only an empty line ends it. A sender that is not trusted may not have lines in it that are neither field nor
//! continuation: a later parser could see the body begin there, and we would have judged what it takes for text, or
//! the reverse. Held by `fuzz_targets/header_scan.rs`.

use bytes::BytesMut;
use memchr::{memchr, memmem};

use crate::content::Content;
use crate::reply::Reply;

mod block;

pub use block::{Field, HeaderBlock};

/// What a line of the header has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strictness {
    /// Anything, so long as the first line is no continuation of nothing.
    Lenient,
    /// A field, or the continuation of one.
    Fields,
}

/// Why a message is refused for its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderFault {
    /// The header block is larger than the bound.
    #[error("the header block is too large")]
    TooLarge,
    /// A NUL in the header.
    #[error("the header has a NUL")]
    Nul,
    /// A line that is neither a field nor the continuation of one.
    #[error("the header has a line that is no field")]
    NotAField,
}

impl HeaderFault {
    /// What the client is told.
    pub fn reply(self) -> Reply {
        match self {
            Self::TooLarge => Reply::HEADER_TOO_LARGE,
            Self::Nul => Reply::NUL_REFUSED,
            Self::NotAField => Reply::HEADER_BROKEN,
        }
    }
}

/// How far the scan is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The empty line has not come yet.
    More,
    /// The empty line came.
    Complete {
        /// The header block.
        header: HeaderBlock,
        /// What follows the empty line in the piece that brought it.
        rest: Content,
    },
}

/// Gathers the header block; its buffer grows to the bound and not beyond it by more than one piece.
#[derive(Debug)]
pub struct HeaderScan {
    octets_max: usize,
    strictness: Strictness,
    gathered: BytesMut,
}

impl HeaderScan {
    /// A scan for a header block of at most `octets_max` octets, the empty line not counted.
    pub fn new(octets_max: usize, strictness: Strictness) -> Self {
        Self {
            octets_max,
            strictness,
            gathered: BytesMut::new(),
        }
    }

    /// Takes the next piece of the message. After `Complete` or a fault the scan is over.
    pub fn push(&mut self, piece: Content) -> Result<Progress, HeaderFault> {
        if self.gathered.is_empty()
            && let Some(size) = size_of_header(&piece, 0)
        {
            return self.complete(piece, size);
        }
        let seen = self.gathered.len();
        self.gathered.extend_from_slice(&piece);
        match size_of_header(&self.gathered, seen.saturating_sub(3)) {
            Some(size) => {
                let message = Content::new(std::mem::take(&mut self.gathered).freeze());
                self.complete(message, size)
            }
            // The last three octets may be the beginning of the end.
            None if self.gathered.len() > self.octets_max.saturating_add(3) => {
                Err(HeaderFault::TooLarge)
            }
            None => Ok(Progress::More),
        }
    }

    /// The message ended before an empty line came: all of it is header.
    pub fn end(self) -> Result<HeaderBlock, HeaderFault> {
        self.judge(&self.gathered)?;
        let size = self.gathered.len();
        Ok(HeaderBlock::new(self.gathered.freeze(), size))
    }

    fn complete(&self, message: Content, size: usize) -> Result<Progress, HeaderFault> {
        let (header, rest) = message.split_at(size + CRLF.len());
        self.judge(&header[..size])?;
        Ok(Progress::Complete {
            header: HeaderBlock::new(header.into_bytes(), size),
            rest,
        })
    }

    fn judge(&self, fields: &[u8]) -> Result<(), HeaderFault> {
        if fields.len() > self.octets_max {
            return Err(HeaderFault::TooLarge);
        }
        if memchr(0, fields).is_some() {
            return Err(HeaderFault::Nul);
        }
        // A continuation of nothing would become one of our own field above it.
        if fields.first().is_some_and(is_blank) {
            return Err(HeaderFault::NotAField);
        }
        match self.strictness {
            Strictness::Lenient => Ok(()),
            Strictness::Fields => match lines(fields).all(is_field_or_continuation) {
                true => Ok(()),
                false => Err(HeaderFault::NotAField),
            },
        }
    }
}

/// Octets before the empty line, if it is there. `from` says how far earlier calls have looked.
fn size_of_header(message: &[u8], from: usize) -> Option<usize> {
    match message.starts_with(CRLF) {
        true => Some(0),
        false => memmem::find(&message[from..], b"\r\n\r\n").map(|at| from + at + CRLF.len()),
    }
}

fn lines(fields: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = fields;
    std::iter::from_fn(move || {
        let (line, behind) = rest.split_at(size_of_line(rest)?);
        rest = behind;
        Some(line)
    })
}

/// Octets of the first line with its line end; `None` if there is no line.
fn size_of_line(octets: &[u8]) -> Option<usize> {
    match memchr(b'\n', octets) {
        Some(at) => Some(at + 1),
        None => (!octets.is_empty()).then_some(octets.len()),
    }
}

/// RFC 5322 §3.6.8 and, for the blanks before the colon, §4.5.8.
fn is_field_or_continuation(line: &[u8]) -> bool {
    if line.first().is_some_and(is_blank) {
        return true;
    }
    let Some(colon) = memchr(b':', line) else {
        return false;
    };
    let name = trim_end(&line[..colon]);
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

fn is_blank(octet: &u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

fn trim_end(octets: &[u8]) -> &[u8] {
    let end = octets
        .iter()
        .rposition(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    &octets[..end.map_or(0, |at| at + 1)]
}

const CRLF: &[u8] = b"\r\n";

#[cfg(test)]
mod tests;
