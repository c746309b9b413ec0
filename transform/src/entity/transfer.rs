//! How text is written (RFC 2045 §6): as it is, quoted-printable or base64, always in UTF-8 and in 7 bit.

use bytes::Bytes;
use memchr::{memchr, memchr_iter, memchr2};

/// A transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// As it is.
    SevenBit,
    /// Quoted-printable.
    QuotedPrintable,
    /// Base64.
    Base64,
}

impl Transfer {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    /// The encoding that keeps `text` readable and small. Its lines end with CRLF.
    pub(crate) fn of(text: &str) -> Self {
        let octets = text.as_bytes();
        if octets.is_ascii() && is_fit(octets) {
            return Self::SevenBit;
        }
        let escaped = octets
            .iter()
            .filter(|octet| !octet.is_ascii() || **octet == b'=');
        // Three octets for one, against four for three.
        match escaped.count() * 6 <= octets.len() {
            true => Self::QuotedPrintable,
            false => Self::Base64,
        }
    }
}

/// Whether every line may be written as it is: short enough (RFC 5322 §2.1.1), and none that our boundaries begin with.
fn is_fit(octets: &[u8]) -> bool {
    let mut begin = 0;
    for end in memchr_iter(b'\n', octets).chain([octets.len()]) {
        let line = octets.get(begin..end).unwrap_or_default();
        if line.len() > LINE_OCTETS_MAX + 1 || line.starts_with(b"--=_") || line.contains(&0) {
            return false;
        }
        begin = end + 1;
    }
    true
}

/// `text` with CRLF at the end of every line, the last included, and without NUL.
pub(crate) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32 + 2);
    let mut rest = text;
    while let Some(at) = memchr2(b'\r', b'\n', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str("\r\n");
        let is_pair = rest.as_bytes()[at..].starts_with(b"\r\n");
        rest = &rest[at + 1 + usize::from(is_pair)..];
    }
    out.push_str(rest);
    if !out.ends_with('\n') && !out.is_empty() {
        out.push_str("\r\n");
    }
    match memchr(0, out.as_bytes()) {
        Some(_) => out.replace('\0', ""),
        None => out,
    }
}

/// Quoted-printable (RFC 2045 §6.7) of lines that end with CRLF.
pub(crate) fn quoted_printable(text: &str) -> Bytes {
    let text = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() * 5 / 4);
    let mut begin = 0;
    for end in memchr_iter(b'\n', text).chain([text.len()]) {
        let line = text.get(begin..end).unwrap_or_default();
        quote_line(line.strip_suffix(b"\r").unwrap_or(line), &mut out);
        if end < text.len() {
            out.extend_from_slice(b"\r\n");
        }
        begin = end + 1;
    }
    out.into()
}

fn quote_line(line: &[u8], out: &mut Vec<u8>) {
    // RFC 2045 §6.7 (3): white space may get lost at the end of a line.
    let content = line.trim_ascii_end();
    let mut column = 0;
    let mut rest = line;
    while let Some(octet) = rest.first() {
        let run = rest.iter().position(|octet| !is_literal(*octet));
        let run = run.unwrap_or(rest.len());
        let safe = content.len().saturating_sub(line.len() - rest.len());
        // A dot, or `From ` at the beginning of a line, has meanings elsewhere.
        let is_special = column == 0 && (*octet == b'.' || rest.starts_with(b"From "));
        let run = if is_special { 0 } else { run.min(safe) };
        let room = QUOTED_LINE - 1 - column;
        if run > 0 && room > 0 {
            let (now, after) = rest.split_at(run.min(room));
            out.extend_from_slice(now);
            column += now.len();
            rest = after;
        } else if run == 0 && room >= 3 {
            out.extend_from_slice(&[b'=', hex(octet >> 4), hex(octet & 0xf)]);
            column += 3;
            rest = &rest[1..];
        } else {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
    }
}

fn is_literal(octet: u8) -> bool {
    (octet.is_ascii_graphic() && octet != b'=') || octet == b' ' || octet == b'\t'
}

fn hex(digit: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(digit & 0xf)]
}

/// RFC 5322 §2.1.1.
const LINE_OCTETS_MAX: usize = 998;
/// RFC 2045 §6.7 (5).
const QUOTED_LINE: usize = 76;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_follows_the_content() {
        let check = |text: &str, expected| {
            assert_eq!(Transfer::of(&canonical(text)), expected, "{text:.60}");
        };
        check("", Transfer::SevenBit);
        check("Hello\nworld", Transfer::SevenBit);
        check(&"x".repeat(998), Transfer::SevenBit);
        check(&"x".repeat(999), Transfer::QuotedPrintable);
        check("--=_twinmx", Transfer::QuotedPrintable);
        check("Das ist ein Text mit einem ü.", Transfer::QuotedPrintable);
        check("日本語", Transfer::Base64);
    }

    #[test]
    fn lines_end_with_crlf() {
        let check = |text: &str, expected: &str| assert_eq!(canonical(text), expected);
        check("", "");
        check("a", "a\r\n");
        check("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd\r\n");
        check("a\r\r\nb\0", "a\r\n\r\nb\r\n");
    }

    #[test]
    fn quoted_printable_is_read_back() {
        for text in [
            "ü = 5 €  \r\n\tend \r\n".to_owned(),
            format!("{}\r\nFrom here\r\n.\r\n", "grün ".repeat(60)),
            "=".repeat(200),
        ] {
            let written = quoted_printable(&text);
            let lines = written.split(|octet| *octet == b'\n');
            assert!(lines.clone().all(|line| line.len() <= QUOTED_LINE + 1));
            assert!(written.is_ascii());
            let eml = [b"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", &written[..]].concat();
            let parsed = mail_parser::MessageParser::new().parse(&eml).unwrap();
            assert_eq!(parsed.body_text(0).unwrap(), text);
        }
    }
}
