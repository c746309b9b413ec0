//! Content-Type and Content-Disposition: a value with parameters (RFC 2045 §5.1, RFC 2183, RFC 2231).

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::encoded_word;
use crate::field::field;
use crate::limits::PARAMETERS_MAX;

/// A value and its parameters, read leniently: what cannot be read is left out. Most parts are asked for one parameter or
/// none, so parameters are kept as they are written and read when they are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// `multipart/mixed`, `attachment`; in lower case.
    pub(crate) value: String,
    written: Vec<u8>,
}

/// Its name and its value, without quotes.
type Parameter<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

impl MediaType {
    pub(crate) fn read(field: &[u8]) -> Self {
        let mut tokens = Tokens {
            rest: field.trim_ascii(),
        };
        let mut value = lossy(tokens.until(b";").trim_ascii()).into_owned();
        value.make_ascii_lowercase();
        let written = tokens.rest.to_vec();
        Self { value, written }
    }

    /// Content-Type and Content-Disposition of a header block.
    pub(crate) fn of(header: &[u8]) -> (Self, Self) {
        let read = |name| field(header, name).map_or_else(Self::default, |f| Self::read(f.value));
        (read("Content-Type"), read("Content-Disposition"))
    }

    /// `multipart` of `multipart/mixed`.
    pub(crate) fn top(&self) -> &str {
        self.value
            .split_once('/')
            .map_or(&*self.value, |(top, _)| top)
    }

    /// `mixed` of `multipart/mixed`.
    pub(crate) fn sub(&self) -> &str {
        self.value.split_once('/').map_or("", |(_, sub)| sub)
    }

    /// A parameter as it is written, its quotes taken off.
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let is_it = |written: &[u8]| written.eq_ignore_ascii_case(name.as_bytes());
        let mut found = self.parameters().filter(|(written, _)| is_it(written));
        found.next().map(|(_, value)| value)
    }

    /// A parameter that is text: in one piece or several, with a character set or not (RFC 2231 §3 and §4), or in encoded
    /// words, which are not allowed there and common.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let mut whole = None;
        let mut pieces = BTreeMap::new();
        for (written, value) in self.parameters() {
            let Some((begin, rest)) = written.split_at_checked(name.len()) else {
                continue;
            };
            match rest {
                _ if !begin.eq_ignore_ascii_case(name.as_bytes()) => {}
                [] if whole.is_none() => whole = Some(value),
                [b'*', rest @ ..] => {
                    if let Some((number, is_encoded)) = piece(rest) {
                        pieces.entry(number).or_insert((is_encoded, value));
                    }
                }
                _ => {}
            }
        }
        joined(pieces).or_else(|| Some(encoded_word::decode(&lossy(&whole?))))
    }

    fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        let mut tokens = Tokens {
            rest: &self.written,
        };
        std::iter::from_fn(move || tokens.parameter()).take(PARAMETERS_MAX)
    }
}

/// The name that a part has as a file.
pub(crate) fn file_name(media: &MediaType, disposition: &MediaType) -> Option<String> {
    let name = disposition.text("filename");
    name.or_else(|| media.text("name"))
}

/// What follows the first asterisk of a name: which piece it is, and whether it is percent-encoded.
fn piece(written: &[u8]) -> Option<(usize, bool)> {
    let (number, is_encoded) = match written.strip_suffix(b"*") {
        Some(number) => (number, true),
        None if written.is_empty() => (&b"0"[..], true),
        None => (written, false),
    };
    Some((str::from_utf8(number).ok()?.parse().ok()?, is_encoded))
}

/// The pieces from the first to the last before a gap.
fn joined(pieces: BTreeMap<usize, (bool, Cow<'_, [u8]>)>) -> Option<String> {
    let mut charset = String::new();
    let mut octets = Vec::new();
    for (expected, (number, (is_encoded, value))) in pieces.iter().enumerate() {
        if *number != expected {
            break;
        }
        let mut value = &**value;
        if *is_encoded && *number == 0 {
            let mut quotes = value.splitn(3, |octet| *octet == b'\'');
            if let (Some(name), Some(_language), Some(rest)) =
                (quotes.next(), quotes.next(), quotes.next())
            {
                charset = lossy(name).into_owned();
                value = rest;
            }
        }
        match is_encoded {
            true => unpercent(value, &mut octets),
            false => octets.extend_from_slice(value),
        }
    }
    (!octets.is_empty()).then(|| encoded_word::text(&octets, &charset))
}

/// Almost all of it is UTF-8, and then not looked at octet by octet.
fn lossy(octets: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(octets),
    }
}

fn unpercent(value: &[u8], octets: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| str::from_utf8(pair).ok());
        let coded = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, coded) {
            (b'%', Some(octet)) => {
                octets.push(octet);
                rest = &after[2..];
            }
            _ => {
                octets.push(first);
                rest = after;
            }
        }
    }
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    /// `name=value` and the semicolon after it; those without a value are passed over.
    fn parameter(&mut self) -> Option<Parameter<'a>> {
        loop {
            while let [b';', rest @ ..] = self.rest {
                self.rest = rest;
            }
            if self.rest.is_empty() {
                return None;
            }
            let name = self.until(b";=");
            let Some(rest) = self.rest.strip_prefix(b"=") else {
                continue;
            };
            self.rest = rest;
            return Some((name, self.until(b";")));
        }
    }

    /// Up to one of these outside of quotes and comments, or to the end; without quotes, comments and blanks around it.
    fn until(&mut self, ends: &[u8]) -> Cow<'a, [u8]> {
        self.rest = self.rest.trim_ascii_start();
        let special =
            |octet: &u8| ends.contains(octet) || matches!(octet, b'"' | b'(' | b'\r' | b'\n');
        let plain = self.rest.iter().position(special);
        let (text, after) = self.rest.split_at(plain.unwrap_or(self.rest.len()));
        if after.first().is_none_or(|octet| ends.contains(octet)) {
            self.rest = after;
            return Cow::Borrowed(text.trim_ascii_end());
        }
        match self.quoted_alone(ends) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.until_slowly(ends)),
        }
    }

    /// A quoted value without an escape, and nothing but blanks after it: the usual one.
    fn quoted_alone(&mut self, ends: &[u8]) -> Option<&'a [u8]> {
        let inner = self.rest.strip_prefix(b"\"")?;
        let end = memchr::memchr3(b'"', b'\\', b'\n', inner)?;
        let after = inner[end..].strip_prefix(b"\"")?.trim_ascii_start();
        let is_end = after.first().is_none_or(|octet| ends.contains(octet));
        is_end.then(|| {
            self.rest = after;
            &inner[..end]
        })
    }

    fn until_slowly(&mut self, ends: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        let mut significant = 0;
        while let Some((&octet, rest)) = self.rest.split_first() {
            if ends.contains(&octet) {
                break;
            }
            self.rest = rest;
            match octet {
                b'"' => {
                    self.quoted(&mut text);
                    significant = text.len();
                }
                b'(' => self.comment(),
                b' ' | b'\t' | b'\r' | b'\n' if text.is_empty() => {}
                b' ' | b'\t' | b'\r' | b'\n' => text.push(octet),
                _ => {
                    text.push(octet);
                    significant = text.len();
                }
            }
        }
        text.truncate(significant);
        text
    }

    fn quoted(&mut self, text: &mut Vec<u8>) {
        let end = memchr::memchr3(b'"', b'\\', b'\n', self.rest);
        if let Some(end) = end.filter(|end| self.rest[*end] == b'"') {
            text.extend_from_slice(&self.rest[..end]);
            self.rest = &self.rest[end + 1..];
            return;
        }
        while let Some((&octet, rest)) = self.rest.split_first() {
            self.rest = rest;
            match (octet, rest.split_first()) {
                (b'"', _) => return,
                (b'\\', Some((&escaped, after))) => {
                    text.push(escaped);
                    self.rest = after;
                }
                (b'\r' | b'\n', _) => {}
                _ => text.push(octet),
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 1;
        while let Some((&octet, rest)) = self.rest.split_first() {
            self.rest = rest;
            match octet {
                b'\\' => self.rest = rest.get(1..).unwrap_or_default(),
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_parameters_are_read() {
        let check = |field: &str, value: &str, name: &str, parameter: Option<&str>| {
            let read = MediaType::read(field.as_bytes());
            assert_eq!(read.value, value, "{field:?}");
            assert_eq!(read.text(name).as_deref(), parameter, "{field:?}");
        };
        check("", "", "a", None);
        check(" Text/Plain", "text/plain", "charset", None);
        check("a/b; Name=c", "a/b", "name", Some("c"));
        check("a/b;name=\"c;\\\"d\"; x=y", "a/b", "name", Some("c;\"d"));
        check("a/b;;\r\n\tname = c (d;e) ;", "a/b", "name", Some("c"));
        check("a/b (why; x=y); name=c", "a/b", "name", Some("c"));
        check("a/b; name; name=c", "a/b", "name", Some("c"));
        check("a/b; name=a b.txt", "a/b", "name", Some("a b.txt"));
        check("a/b; name=\"unclosed", "a/b", "name", Some("unclosed"));
        check("a/b; name*=utf-8''%e2%82%AC%", "a/b", "name", Some("€%"));
        check(
            "a/b; name*1=il.dat; name*0=winma",
            "a/b",
            "name",
            Some("winmail.dat"),
        );
        check(
            "a/b; name*0*=iso-8859-1'en'%e4; name*1=\"%\"",
            "a/b",
            "name",
            Some("ä%"),
        );
        check("a/b; name=x; name*=''y", "a/b", "name", Some("y"));
        check("a/b; name*0=a; name*2=c", "a/b", "name", Some("a"));
        check(
            "a/b; name=\"=?utf-8?Q?a=C3=A4?=\"",
            "a/b",
            "name",
            Some("aä"),
        );
        check("a/b; name*99999999999999999999=x", "a/b", "name", None);
    }

    #[test]
    fn tops_and_subs() {
        let read = MediaType::read(b"Multipart/Mixed; x=y");
        assert_eq!((read.top(), read.sub()), ("multipart", "mixed"));
        let read = MediaType::read(b"attachment");
        assert_eq!((read.top(), read.sub()), ("attachment", ""));
    }

    #[test]
    fn parameters_are_bounded() {
        let many = |count: usize| {
            let filler = "a=b;".repeat(count);
            MediaType::read(format!("x/y;{filler}name=z").as_bytes()).text("name")
        };
        assert_eq!(many(PARAMETERS_MAX - 1).as_deref(), Some("z"));
        assert_eq!(many(PARAMETERS_MAX), None);
    }
}
