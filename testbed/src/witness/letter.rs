//! A message that is known again by its number.

use crate::sink::Message;

/// Message number so and so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Letter(pub usize);

impl Letter {
    /// The message, if it is a letter.
    pub fn of(message: &Message) -> Option<Self> {
        let subject = message.field("Subject");
        let number = subject.first()?.strip_prefix("number ")?;
        number.parse().ok().map(Self)
    }

    /// Its octets. Every tenth is half a mebibyte: too large to be kept in memory; the others have at most 10 KiB.
    pub fn content(self) -> Vec<u8> {
        let Self(number) = self;
        let lines = match number % 10 {
            0 => 10_000,
            few => few * 20,
        };
        self.of_lines(lines)
    }

    /// As many lines of 50 octets or so.
    pub fn of_lines(self, lines: usize) -> Vec<u8> {
        let Self(number) = self;
        let mut text =
            format!("Subject: number {number}\r\nMessage-ID: <{number}@{DOMAIN}>\r\n\r\n");
        for line in 0..lines {
            text.push_str(&format!(
                "line {line} of number {number}, and nothing else\r\n"
            ));
        }
        text.into_bytes()
    }
}

/// The letter that a report speaks of: whose Message-ID it refers to.
pub fn mentioned(report: &Message) -> Option<Letter> {
    let text = String::from_utf8_lossy(&report.content);
    let (before, _) = text.split_once(&format!("@{DOMAIN}>"))?;
    let (_, number) = before.rsplit_once('<')?;
    number.parse().ok().map(Letter)
}

const DOMAIN: &str = "letters.example.net";
