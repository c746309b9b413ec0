//! What we say to a client: the single home of reply codes and texts (RFC 5321 §4.2, RFC 3463).
//!
//! The words are constants. What comes from elsewhere (a hop's text, a queue id, our host name) reaches the client
//! only through [`Insert`], one typed hole for one printable line.

use std::fmt;

use bytes::{BufMut, BytesMut};

use crate::hop_reply::HopReply;
use crate::limits::INSERT_OCTETS_MAX;

mod table;

/// A reply code, 200 to 599.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl Code {
    /// The code, if it is one.
    pub const fn new(value: u16) -> Option<Self> {
        match value {
            200..=599 => Some(Self(value)),
            _ => None,
        }
    }

    /// The number.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// What its first digit means.
    pub const fn class(self) -> Class {
        match self.0 / 100 {
            2 => Class::Positive,
            3 => Class::Intermediate,
            4 => Class::Transient,
            _ => Class::Permanent,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a reply means for the command it answers (RFC 5321 §4.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 2yz: done.
    Positive,
    /// 3yz: go on.
    Intermediate,
    /// 4yz: not now.
    Transient,
    /// 5yz: never.
    Permanent,
}

/// An enhanced status code (RFC 3463 §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u8,
    /// What it is about: address, mailbox, system, network, protocol, content, policy.
    pub subject: u16,
    /// The case within the subject.
    pub detail: u16,
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// Subject and detail of an enhanced code. The class digit always comes from the reply code, so that 451 with
/// "5.x.x" cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub struct Detail {
    subject: u16,
    detail: u16,
}

impl Detail {
    /// `subject.detail`, as in RFC 3463 §3.
    pub const fn new(subject: u16, detail: u16) -> Self {
        Self { subject, detail }
    }

    const fn of_class(self, class: Class) -> Option<Enhanced> {
        let class = match class {
            Class::Positive => 2,
            Class::Intermediate => return None,
            Class::Transient => 4,
            Class::Permanent => 5,
        };
        Some(Enhanced {
            class,
            subject: self.subject,
            detail: self.detail,
        })
    }
}

/// A reply in our own words. All of them are constants of this type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    code: Code,
    detail: Option<Detail>,
    text: &'static str,
}

impl Reply {
    /// The code.
    pub const fn code(self) -> Code {
        self.code
    }

    /// The enhanced code, for all replies that carry one.
    pub const fn enhanced(self) -> Option<Enhanced> {
        match self.detail {
            Some(detail) => detail.of_class(self.code.class()),
            None => None,
        }
    }

    /// The sentence.
    pub const fn text(self) -> &'static str {
        self.text
    }

    /// The reply with something of the case at hand behind its sentence.
    pub fn with(self, insert: Insert) -> Answer {
        Answer {
            insert: Some(insert),
            ..self.into()
        }
    }

    const fn new(code: u16, detail: Option<Detail>, text: &'static str) -> Self {
        match Code::new(code) {
            Some(code) => Self { code, detail, text },
            None => panic!("not a reply code"),
        }
    }
}

/// One line of printable ASCII, at most [`INSERT_OCTETS_MAX`] octets: what may stand in a reply beside our own words.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Insert(Box<str>);

impl Insert {
    /// Makes any text fit: blanks and line breaks become one blank, what is not printable ASCII becomes `?`, the rest
    /// is cut.
    pub fn new(text: &str) -> Self {
        let mut line = String::new();
        for word in text.split_ascii_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word.chars().map(printable).take(INSERT_OCTETS_MAX));
            if line.len() >= INSERT_OCTETS_MAX {
                break;
            }
        }
        line.truncate(INSERT_OCTETS_MAX);
        line.truncate(line.trim_end().len());
        Self(line.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Insert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn printable(c: char) -> char {
    match c {
        '!'..='~' => c,
        _ => '?',
    }
}

/// What we say: a [`Reply`], or a hop's code with our sentence, with at most one insert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    code: Code,
    detail: Option<Detail>,
    text: &'static str,
    insert: Option<Insert>,
}

impl Answer {
    /// A hop's code and enhanced code (the sentence's where it gave none), our sentence, the hop's text behind it.
    pub fn of_hop(hop: &HopReply, sentence: Reply) -> Self {
        let detail = hop.enhanced.map(|e| Detail::new(e.subject, e.detail));
        let insert = Insert::new(&hop.text());
        Self {
            code: hop.code,
            detail: detail.or(sentence.detail),
            text: sentence.text,
            insert: (!insert.0.is_empty()).then_some(insert),
        }
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The enhanced code, whose class is the code's.
    pub fn enhanced(&self) -> Option<Enhanced> {
        self.detail
            .and_then(|detail| detail.of_class(self.code.class()))
    }

    /// The class of the code.
    pub fn class(&self) -> Class {
        self.code.class()
    }

    /// Our sentence, without the insert.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Writes the reply line with its CRLF.
    pub fn write_to(&self, out: &mut BytesMut) {
        let insert = self.insert.as_ref().map_or("", Insert::as_str);
        out.reserve(CODES_OCTETS + self.text.len() + insert.len());
        put_number(self.code.0, out);
        if let Some(enhanced) = self.enhanced() {
            for (mark, number) in [
                (b' ', u16::from(enhanced.class)),
                (b'.', enhanced.subject),
                (b'.', enhanced.detail),
            ] {
                out.put_u8(mark);
                put_number(number, out);
            }
        }
        out.put_u8(b' ');
        out.put_slice(self.text.as_bytes());
        if !insert.is_empty() {
            out.put_slice(b": ");
            out.put_slice(insert.as_bytes());
        }
        out.put_slice(b"\r\n");
    }
}

/// Four replies a message are worth more than the formatting machinery.
fn put_number(number: u16, out: &mut BytesMut) {
    if number >= 10 {
        put_number(number / 10, out);
    }
    out.put_u8(b'0' + (number % 10) as u8);
}

/// Both codes with their blanks, the colon before an insert, and CRLF.
const CODES_OCTETS: usize = 20;

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            code: reply.code,
            detail: reply.detail,
            text: reply.text,
            insert: None,
        }
    }
}

/// The reply line without its CRLF.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced() {
            write!(f, " {enhanced}")?;
        }
        write!(f, " {}", self.text)?;
        match &self.insert {
            Some(insert) if !insert.0.is_empty() => write!(f, ": {insert}"),
            Some(_) | None => Ok(()),
        }
    }
}

/// Writes the greeting, which starts with our name (RFC 5321 §4.2).
pub(crate) fn write_greeting(hostname: &Insert, out: &mut BytesMut) {
    let Reply { code, text, .. } = Reply::GREETING;
    out.put_slice(format!("{code} {hostname} {text}\r\n").as_bytes());
}

/// Writes the lines of a 250 to EHLO or HELO (RFC 5321 §4.1.1.1): our name, then one keyword a line.
pub(crate) fn write_hello(hostname: &Insert, keywords: &[String], out: &mut BytesMut) {
    let code = Reply::SENDER_OK.code;
    let mut line = hostname.as_str();
    for keyword in keywords {
        out.put_slice(format!("{code}-{line}\r\n").as_bytes());
        line = keyword;
    }
    out.put_slice(format!("{code} {line}\r\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::REPLY_LINE_SENT_OCTETS_MAX;

    #[test]
    fn every_refusal_carries_an_enhanced_code_and_every_line_fits() {
        for reply in Reply::ALL {
            let refusal = matches!(reply.code.class(), Class::Transient | Class::Permanent);
            assert!(!refusal || reply.enhanced().is_some(), "{reply:?}");
            let longest = reply.with(Insert::new(&"x".repeat(999)));
            let mut line = BytesMut::new();
            longest.write_to(&mut line);
            assert_eq!(line, format!("{longest}\r\n").as_bytes());
            assert!(line.len() <= REPLY_LINE_SENT_OCTETS_MAX, "{reply:?}");
            let printable = reply.text.bytes().all(|b| (b' '..=b'~').contains(&b));
            assert!(printable && !reply.text.ends_with('.'), "{reply:?}");
        }
    }

    #[test]
    fn inserts_are_one_printable_line_of_bounded_length() {
        let check = |text: &str, expected: &str| assert_eq!(Insert::new(text).as_str(), expected);
        check("queued as 4711", "queued as 4711");
        check("two\r\n250 lines", "two 250 lines");
        check("  tab\tnul\0 über ", "tab nul? ?ber");
        check("", "");
        check(
            &"x".repeat(INSERT_OCTETS_MAX),
            &"x".repeat(INSERT_OCTETS_MAX),
        );
        check(
            &"x".repeat(INSERT_OCTETS_MAX + 1),
            &"x".repeat(INSERT_OCTETS_MAX),
        );
        let blank_at_the_cut = "x".repeat(INSERT_OCTETS_MAX - 1) + " y";
        check(&blank_at_the_cut, &"x".repeat(INSERT_OCTETS_MAX - 1));
    }

    #[test]
    fn the_class_digit_is_the_codes() {
        let check = |reply: &str, sentence: Reply, expected: &str| {
            let hop = HopReply::parse(reply).expect("a reply");
            assert_eq!(Answer::of_hop(&hop, sentence).to_string(), expected);
        };
        let sentence = Reply::HOP_REFUSED;
        let said = sentence.text;
        check(
            "550 5.1.1 no such user\r\n",
            sentence,
            &format!("550 5.1.1 {said}: no such user"),
        );
        check(
            "450 5.1.1 confused\r\n",
            sentence,
            &format!("450 4.0.0 {said}: 5.1.1 confused"),
        );
        check("554\r\n", sentence, &format!("554 5.0.0 {said}"));
        check(
            "554-one\r\n554 two\r\n",
            sentence,
            &format!("554 5.0.0 {said}: one two"),
        );
    }
}
