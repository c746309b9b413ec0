//! An SMTP reply as a client sees it (RFC 5321 §4.2).

use std::fmt;

/// A reply: its code and the text of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The text of each line, an enhanced status code included.
    pub lines: Vec<String>,
}

impl Reply {
    /// The lines joined by one blank.
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// The enhanced status code (RFC 3463) that the first line begins with, as it is spelled.
    pub fn enhanced(&self) -> Option<&str> {
        let word = self.lines.first()?.split(' ').next()?;
        let parts: Vec<&str> = word.split('.').collect();
        let numeric =
            |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        (parts.len() == 3 && parts.iter().all(numeric)).then_some(word)
    }

    /// A 2xx code.
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// A 4xx code.
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// A 5xx code.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }
}

/// The code and the text in one line.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text())
    }
}

/// One line of a reply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReplyLine {
    pub(crate) code: u16,
    pub(crate) text: String,
    pub(crate) last: bool,
}

impl ReplyLine {
    /// `None`: no reply line at all.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let digits = line.get(..3).filter(|d| d.iter().all(u8::is_ascii_digit))?;
        let code = digits
            .iter()
            .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let (last, text) = match line.get(3) {
            None => (true, &line[3..]),
            Some(b' ') => (true, &line[4..]),
            Some(b'-') => (false, &line[4..]),
            Some(_) => return None,
        };
        Some(Self {
            code,
            text: String::from_utf8_lossy(text).into_owned(),
            last,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_line_is_a_code_a_separator_and_a_text() {
        let check = |line: &str, expected: Option<(u16, &str, bool)>| {
            let expected = expected.map(|(code, text, last)| ReplyLine {
                code,
                text: text.to_owned(),
                last,
            });
            assert_eq!(ReplyLine::parse(line.as_bytes()), expected, "{line}");
        };
        check("250 ok", Some((250, "ok", true)));
        check("250-ok", Some((250, "ok", false)));
        check("250", Some((250, "", true)));
        check("250_ok", None);
        check("25", None);
        check("", None);
        check("+OK ready", None);
    }

    #[test]
    fn an_enhanced_code_is_three_numbers_at_the_beginning() {
        let check = |text: &str, expected: Option<&str>| {
            let reply = Reply {
                code: 550,
                lines: vec![text.to_owned()],
            };
            assert_eq!(reply.enhanced(), expected, "{text}");
        };
        check("5.1.1 unknown", Some("5.1.1"));
        check("5.7.133", Some("5.7.133"));
        check("5.1 unknown", None);
        check("sorry 5.1.1", None);
        check("1.2.3.4 blocked", None);
        check("5.1.x no", None);
    }
}
