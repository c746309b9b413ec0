//! What is to be converted: a message, or a bare winmail.dat.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;
use memchr::memchr;
use transform::{Segment, Segments};

use crate::limits;

/// One input, by its first octets.
#[derive(Debug)]
pub(super) enum Input {
    /// A header block, and what follows.
    Message(Vec<u8>),
    /// A TNEF stream by itself.
    Tnef(Vec<u8>),
}

/// Why an input is of no use.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum Unusable {
    #[error("it has more than {} MiB", limits::CONVERT_FILE >> 20)]
    TooLarge,
    #[error("it is empty")]
    Empty,
}

/// Reads a file, a little more than may be converted at most.
pub(super) fn read(path: &Path) -> io::Result<Input> {
    let mut octets = Vec::new();
    File::open(path)?
        .take(limits::CONVERT_FILE + 1)
        .read_to_end(&mut octets)?;
    Ok(Input::of(octets))
}

/// Whether a file begins as a TNEF stream does.
pub(super) fn is_tnef(path: &Path) -> io::Result<bool> {
    let mut first = [0; 4];
    match File::open(path)?.read_exact(&mut first) {
        Ok(()) => Ok(u32::from_le_bytes(first) == tnef_decoder::SIGNATURE),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

impl Input {
    pub(super) fn of(octets: Vec<u8>) -> Self {
        let signature = tnef_decoder::SIGNATURE.to_le_bytes();
        match octets.starts_with(&signature) {
            true => Self::Tnef(octets),
            false => Self::Message(octets),
        }
    }

    pub(super) fn is_bare(&self) -> bool {
        matches!(self, Self::Tnef(_))
    }

    /// As a message with line ends of mail.
    pub(super) fn into_message(self) -> Result<Bytes, Unusable> {
        self.into_message_within(limits::CONVERT_FILE)
    }

    fn into_message_within(self, most: u64) -> Result<Bytes, Unusable> {
        let (Self::Message(octets) | Self::Tnef(octets)) = &self;
        if octets.len() as u64 > most {
            return Err(Unusable::TooLarge);
        }
        match self {
            Self::Message(octets) if octets.is_empty() => Err(Unusable::Empty),
            Self::Message(octets) => Ok(with_crlf(octets).into()),
            Self::Tnef(octets) => Ok(around(octets.into())),
        }
    }
}

/// Many programs keep messages with the line ends of Unix. They are mail's again if the first one is not; a single odd
/// line end in a message of the right kind is left alone.
fn with_crlf(octets: Vec<u8>) -> Vec<u8> {
    let is_unix = memchr(b'\n', &octets).is_some_and(|at| at == 0 || octets[at - 1] != b'\r');
    if !is_unix {
        return octets;
    }
    let mut message = Vec::with_capacity(octets.len() + octets.len() / 32);
    let mut rest = &octets[..];
    while let Some(at) = memchr(b'\n', rest) {
        let line = rest[..at].strip_suffix(b"\r").unwrap_or(&rest[..at]);
        message.extend_from_slice(line);
        message.extend_from_slice(b"\r\n");
        rest = &rest[at + 1..];
    }
    message.extend_from_slice(rest);
    message
}

/// A message that is this TNEF. Who wrote it, to whom and when is in there, and comes out of it.
fn around(tnef: Bytes) -> Bytes {
    let header = Bytes::from_static(
        b"MIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\
          Content-Transfer-Encoding: base64\r\n\r\n",
    );
    let segments = Segments(vec![Segment::Octets(header), Segment::Base64(tnef)]);
    let mut message = Vec::new();
    let written = segments.write_to(&mut message);
    written.expect("a vector takes everything");
    message.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_those_of_mail() {
        let check = |given: &str, expected: &str| {
            let message = Input::of(given.as_bytes().to_vec()).into_message();
            assert_eq!(message, Ok(Bytes::from(expected.to_owned())), "{given:?}");
        };
        check("A: b\n\nc\n", "A: b\r\n\r\nc\r\n");
        check("A: b\n\nc", "A: b\r\n\r\nc");
        check("\nc\r\nd\n", "\r\nc\r\nd\r\n");
        check("A: b\r\n\r\nc\nd\r\n", "A: b\r\n\r\nc\nd\r\n");
        check("A: b", "A: b");
    }

    #[test]
    fn sizes_at_the_bound_and_one_past() {
        let of = |octets| Input::Message(vec![b'x'; octets]).into_message_within(10);
        assert!(of(10).is_ok());
        assert_eq!(of(11), Err(Unusable::TooLarge));
        assert_eq!(of(0), Err(Unusable::Empty));
    }
}
