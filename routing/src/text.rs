//! The octets of an exported file as lines.

use std::borrow::Cow;

/// UTF-8 without a byte order mark. Windows tools export UTF-16 of either order, with a mark or, seen by its zero
/// octets, without.
pub(crate) fn decode(octets: &[u8]) -> Cow<'_, [u8]> {
    match octets {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [1..=255, 0, 1..=255, 0, ..] => utf_16(octets, u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => utf_16(octets, u16::from_be_bytes),
        _ => Cow::Borrowed(octets),
    }
}

fn utf_16(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let units = octets.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Cow::Owned(text.into_bytes())
}

/// The lines of a text with their numbers from 1, ended by LF or CRLF.
#[derive(Clone)]
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            number: 0,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.number += 1;
        Some((self.number, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let check =
            |octets: &[u8], expected: &str| assert_eq!(&*decode(octets), expected.as_bytes());
        check(b"address", "address");
        check(b"\xef\xbb\xbfaddress", "address");
        check(b"\xff\xfea\0\xfc\0", "aü");
        check(b"\xfe\xff\0a\0\xfc", "aü");
        check(b"a\0b\0", "ab");
        check(b"\0a\0b", "ab");
        check(b"\xff\xfe\x00\xd8a\0", "\u{fffd}a");
        check(b"\xff\xfea", "");
        check(b"", "");
    }

    #[test]
    fn lines_end_in_lf_or_crlf() {
        let lines: Vec<_> = Lines::of(b"a\r\n\nb\rc\nd").collect();
        let expected: Vec<(u64, &[u8])> = vec![(1, b"a"), (2, b""), (3, b"b\rc"), (4, b"d")];
        assert_eq!(lines, expected);
    }
}
