//! Whether two plain texts say the same.
//!
//! A system that makes a text for readers without TNEF wraps its lines, draws its own bullets and rules, and loses characters
//! that its character set does not have. So letters and digits are compared, and nothing else.

use crate::encoded_word;
use crate::structure::Part;

/// What one text is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// It says nothing.
    Blank,
    /// Both say the same.
    Same,
    /// It says what the other does, and more.
    More,
    /// The other says all of it, and more.
    Less,
    /// They say different things.
    Different,
}

impl Sameness {
    /// What `text` is to `other`.
    pub(crate) fn of(text: &str, other: &str) -> Self {
        let (text, other) = (letters(text), letters(other));
        match (text.is_empty(), other.is_empty()) {
            (true, _) => Self::Blank,
            (false, true) => Self::More,
            _ if text == other => Self::Same,
            _ if text.contains(&other) => Self::More,
            _ if other.contains(&text) => Self::Less,
            _ => Self::Different,
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a part of text says.
pub(crate) fn text(part: &Part, body: &[u8]) -> String {
    let octets = part.encoding.decode(body);
    let charset = part.media.text("charset").unwrap_or_default();
    encoded_word::text(&octets, &charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_count() {
        let check = |text: &str, other: &str, expected: Sameness| {
            assert_eq!(Sameness::of(text, other), expected, "{text:?} {other:?}");
        };
        check(" \r\n*~*~*\r\n", "Hello", Sameness::Blank);
        check("", "", Sameness::Blank);
        check("Hello,\r\nworld 1!", "* Hello world\u{a0}1", Sameness::Same);
        check(
            "Hello world\r\n--\r\nList footer",
            "Hello world",
            Sameness::More,
        );
        check("Hello", "", Sameness::More);
        check("Hello", "Hello world", Sameness::Less);
        check("Please see below", "Hello world", Sameness::Different);
    }
}
