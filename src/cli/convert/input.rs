//! What is to be converted: a message, or a bare winmail.dat.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;
use memchr::memchr;
use tnef_decoder::{Limits, Message};
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
    #[error("it is neither a message, for it does not begin with a header field, nor TNEF")]
    NoMessage,
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
            Self::Message(octets) if !begins_as_message(&octets) => Err(Unusable::NoMessage),
            Self::Message(octets) => Ok(with_crlf(octets).into()),
            Self::Tnef(octets) => Ok(around(octets.into())),
        }
    }
}

/// With a field, with the line by which a mailbox file tells its messages apart, or with the end of an empty header.
fn begins_as_message(octets: &[u8]) -> bool {
    let first = octets
        .split(|octet| *octet == b'\n')
        .next()
        .unwrap_or_default();
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let name = first
        .split(|octet| *octet == b':')
        .next()
        .unwrap_or_default();
    let is_field =
        name.len() < first.len() && name.trim_ascii_end().iter().all(u8::is_ascii_graphic);
    first.is_empty() || first.starts_with(b"From ") || is_field && !name.is_empty()
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

/// A message that is this TNEF. Who wrote it, to whom and when is in there.
fn around(tnef: Bytes) -> Bytes {
    let own = match Message::decode(&tnef, &Limits::default()) {
        Ok(message) => transform::header_of(&message),
        Err(_) => "MIME-Version: 1.0\r\n".to_owned(), // the conversion will say why
    };
    let header = format!(
        "{own}Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    let segments = Segments(vec![Segment::Octets(header.into()), Segment::Base64(tnef)]);
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
        check("\r\nc\nd", "\r\nc\nd");
    }

    #[test]
    fn what_does_not_begin_as_a_message_is_none() {
        let check = |text: &str, expected: bool| {
            assert_eq!(begins_as_message(text.as_bytes()), expected, "{text:?}");
        };
        check("Subject: x\r\n\r\n", true);
        check("X-Old : x\n", true);
        check("From a@b Fri Nov 21\nSubject: x\n", true);
        check("\r\nonly a body", true);
        check("Hello world\r\nSubject: x", false);
        check(": x\r\n", false);
        check("\u{fc}: x\r\n", false);
        check("no colon", false);
    }

    #[test]
    fn sizes_at_the_bound_and_one_past() {
        let of = |octets| Input::Message(vec![b'\n'; octets]).into_message_within(10);
        assert!(of(10).is_ok());
        assert_eq!(of(11), Err(Unusable::TooLarge));
        assert_eq!(of(0), Err(Unusable::Empty));
    }
}
