//! What a hop says to us (RFC 5321 §4.2): parsed, bounded, never trusted with more than its code and its words.

use bytes::{Buf, BytesMut};
use memchr::memchr;

use crate::limits::{REPLY_LINE_OCTETS_MAX, REPLY_LINES_MAX, REPLY_OCTETS_MAX};
use crate::reply::{Class, Code, Enhanced};

/// A reply of a hop, of one or more lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HopReply {
    /// The code, the same on all lines.
    pub code: Code,
    /// The enhanced code of the first line, where its class agrees with the code (RFC 2034 §4).
    pub enhanced: Option<Enhanced>,
    /// The text of each line, without codes.
    pub lines: Vec<String>,
}

impl HopReply {
    /// Parses one complete reply.
    pub fn parse(text: &str) -> Result<Self, ReplyError> {
        let mut input = BytesMut::from(text);
        match ReplyReader::new().poll(&mut input)? {
            Some(reply) if input.is_empty() => Ok(reply),
            Some(_) | None => Err(ReplyError::Malformed),
        }
    }

    /// The lines joined by one blank.
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// The class of the code.
    pub fn class(&self) -> Class {
        self.code.class()
    }
}

/// Why the octets of a hop are not a reply. The connection is of no use after this.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplyError {
    /// A line without a code from 200 to 599 and a blank or hyphen after it.
    #[error("a line is not an SMTP reply")]
    Malformed,
    /// The lines of one reply carry different codes.
    #[error("the lines of one reply carry different codes")]
    CodeChanged,
    /// One line is too long.
    #[error("a reply line is longer than {REPLY_LINE_OCTETS_MAX} octets")]
    LineTooLong,
    /// Too many lines, or too many octets in all of them.
    #[error("a reply is longer than {REPLY_LINES_MAX} lines or {REPLY_OCTETS_MAX} octets")]
    TooLong,
}

/// Gathers replies from a stream. Held by `fuzz_targets/smtp_reply.rs`.
#[derive(Debug, Default)]
pub struct ReplyReader {
    scanned: usize,
    octets: usize,
    begun: Option<HopReply>,
}

impl ReplyReader {
    /// A reader at the beginning of a reply.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the lines that are complete from `input`; gives the reply once its last line came.
    pub fn poll(&mut self, input: &mut BytesMut) -> Result<Option<HopReply>, ReplyError> {
        while let Some(line) = self.next_line(input)? {
            let (code, last, text) = split(&line)?;
            let reply = self.begun.get_or_insert_with(|| begin(code, text));
            if reply.code != code {
                return Err(ReplyError::CodeChanged);
            }
            if reply.lines.len() == REPLY_LINES_MAX || self.octets > REPLY_OCTETS_MAX {
                return Err(ReplyError::TooLong);
            }
            let text = without_enhanced(text, reply.enhanced);
            reply.lines.push(String::from_utf8_lossy(text).into_owned());
            if last {
                self.octets = 0;
                return Ok(self.begun.take());
            }
        }
        Ok(None)
    }

    /// One line without its end. A bare LF ends a line too: it is common among hops and hides nothing, as the hop is
    /// the author of all its lines.
    fn next_line(&mut self, input: &mut BytesMut) -> Result<Option<BytesMut>, ReplyError> {
        let fresh = input.get(self.scanned..).unwrap_or_default();
        let Some(end) = memchr(b'\n', fresh).map(|at| self.scanned + at) else {
            self.scanned = input.len();
            return match input.len() >= REPLY_LINE_OCTETS_MAX {
                true => Err(ReplyError::LineTooLong),
                false => Ok(None),
            };
        };
        if end >= REPLY_LINE_OCTETS_MAX {
            return Err(ReplyError::LineTooLong);
        }
        let mut line = input.split_to(end);
        input.advance(1);
        self.scanned = 0;
        self.octets += end + 1;
        if line.ends_with(b"\r") {
            line.truncate(end - 1);
        }
        Ok(Some(line))
    }
}

fn begin(code: Code, text: &[u8]) -> HopReply {
    HopReply {
        code,
        enhanced: enhanced(text)
            .map(|(enhanced, _)| enhanced)
            .filter(|e| u16::from(e.class) == code.value() / 100),
        lines: Vec::new(),
    }
}

/// Code, whether this is the last line, and the text.
fn split(line: &[u8]) -> Result<(Code, bool, &[u8]), ReplyError> {
    let (digits, rest) = line.split_at_checked(3).ok_or(ReplyError::Malformed)?;
    let code = number(digits, 3)
        .and_then(Code::new)
        .ok_or(ReplyError::Malformed)?;
    match rest {
        [] => Ok((code, true, rest)),
        [b' ', text @ ..] => Ok((code, true, text)),
        [b'-', text @ ..] => Ok((code, false, text)),
        _ => Err(ReplyError::Malformed),
    }
}

fn without_enhanced(text: &[u8], wanted: Option<Enhanced>) -> &[u8] {
    match enhanced(text) {
        Some((found, rest)) if Some(found) == wanted => rest,
        Some(_) | None => text,
    }
}

/// An enhanced code at the start of a text, and what follows its blank.
fn enhanced(text: &[u8]) -> Option<(Enhanced, &[u8])> {
    let end = memchr(b' ', text).unwrap_or(text.len());
    let (code, rest) = text.split_at(end);
    let mut parts = code.split(|&b| b == b'.');
    let enhanced = Enhanced {
        class: u8::try_from(number(parts.next()?, 1)?).ok()?,
        subject: number(parts.next()?, 3)?,
        detail: number(parts.next()?, 3)?,
    };
    parts
        .next()
        .is_none()
        .then(|| (enhanced, rest.strip_prefix(b" ").unwrap_or(rest)))
}

fn number(digits: &[u8], longest: usize) -> Option<u16> {
    if digits.is_empty() || digits.len() > longest {
        return None;
    }
    digits.iter().try_fold(0, |value, b| {
        b.is_ascii_digit().then(|| value * 10 + u16::from(b - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_parsed() {
        let check = |wire: &str, code: u16, enhanced: Option<&str>, lines: &[&str]| {
            let reply = HopReply::parse(wire).expect(wire);
            assert_eq!(reply.code.value(), code, "{wire:?}");
            let found = reply.enhanced.map(|e| e.to_string());
            assert_eq!(found.as_deref(), enhanced, "{wire:?}");
            assert_eq!(reply.lines, lines, "{wire:?}");
        };
        check("250 ok\r\n", 250, None, &["ok"]);
        check("250\r\n", 250, None, &[""]);
        check("250 \n", 250, None, &[""]);
        check("550 5.1.1 no\r\n", 550, Some("5.1.1"), &["no"]);
        check("550 5.1.1\r\n", 550, Some("5.1.1"), &[""]);
        check(
            "550-5.7.1 a\r\n550 5.7.1 b\r\n",
            550,
            Some("5.7.1"),
            &["a", "b"],
        );
        check("550-a\r\n550 5.7.1 b\r\n", 550, None, &["a", "5.7.1 b"]);
        check("550 4.1.1 no\r\n", 550, None, &["4.1.1 no"]);
        check("550 5.1 no\r\n", 550, None, &["5.1 no"]);
        check("550 5.1.1.1 no\r\n", 550, None, &["5.1.1.1 no"]);
        check("550 5.1000.1 no\r\n", 550, None, &["5.1000.1 no"]);
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        let check = |wire: &str, expected: ReplyError| {
            let mut input = BytesMut::from(wire);
            let result = ReplyReader::new().poll(&mut input);
            assert_eq!(result, Err(expected), "{wire:?}");
        };
        check("\r\n", ReplyError::Malformed);
        check("25\r\n", ReplyError::Malformed);
        check("199 ok\r\n", ReplyError::Malformed);
        check("600 ok\r\n", ReplyError::Malformed);
        check("250_ok\r\n", ReplyError::Malformed);
        check("HTTP/1.1 400 Bad Request\r\n", ReplyError::Malformed);
        check("250-a\r\n251 b\r\n", ReplyError::CodeChanged);
    }

    #[test]
    fn lines_and_replies_are_bounded() {
        let line = |length: usize| format!("250 {}\r\n", "x".repeat(length - 6));
        assert!(HopReply::parse(&line(REPLY_LINE_OCTETS_MAX)).is_ok());
        let past = HopReply::parse(&line(REPLY_LINE_OCTETS_MAX + 1));
        assert_eq!(past, Err(ReplyError::LineTooLong));

        let lines = |count: usize| "250-x\r\n".repeat(count - 1) + "250 x\r\n";
        assert!(HopReply::parse(&lines(REPLY_LINES_MAX)).is_ok());
        let past = HopReply::parse(&lines(REPLY_LINES_MAX + 1));
        assert_eq!(past, Err(ReplyError::TooLong));

        let whole = |octets: usize| {
            let full = REPLY_LINE_OCTETS_MAX;
            let count = octets / full;
            format!("250-{}\r\n", "x".repeat(full - 6)).repeat(count - 1)
                + &line(full + octets % full)
        };
        assert!(HopReply::parse(&whole(REPLY_OCTETS_MAX)).is_ok());
        let past = "250-\r\n".to_owned() + &whole(REPLY_OCTETS_MAX);
        assert_eq!(HopReply::parse(&past), Err(ReplyError::TooLong));
    }

    #[test]
    fn a_stream_without_line_ends_is_refused_before_it_fills_memory() {
        let (mut reader, mut input) = (ReplyReader::new(), BytesMut::new());
        for count in 1.. {
            input.extend_from_slice(b"2");
            match reader.poll(&mut input) {
                Ok(reply) => assert!(reply.is_none() && count < REPLY_LINE_OCTETS_MAX),
                Err(error) => {
                    assert_eq!(
                        (error, count),
                        (ReplyError::LineTooLong, REPLY_LINE_OCTETS_MAX)
                    );
                    break;
                }
            }
        }
    }
}
