//! Parameters of content fields (RFC 2045 §5.1, RFC 2231).
//!
//! A file name that is short ASCII stands as it is. Any other stands twice: as RFC 2231 has it, and in encoded words within
//! quotes, which no RFC allows and which older readers, Notes among them, understand alone.

use crate::percent::percent;

use super::header::LINE_OCTETS;
use super::words;

/// A parameter with a value we chose, or with one that is checked to be harmless.
pub(crate) fn parameter(name: &str, value: &str) -> String {
    let is_token = |octet: u8| octet.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&octet);
    match !value.is_empty() && value.bytes().all(is_token) {
        true => [name, "=", value].concat(),
        false => {
            let value = words::plain(value);
            let ascii: String = value.chars().filter(char::is_ascii).collect();
            format!("{name}={}", words::quoted(&ascii))
        }
    }
}

/// `name` of Content-Type.
pub(crate) fn name(value: &str) -> Vec<String> {
    legacy("name", value)
}

/// `filename` of Content-Disposition (RFC 2183 §2.3).
pub(crate) fn filename(value: &str) -> Vec<String> {
    let mut parameters = match is_simple("filename", value) {
        true => Vec::new(),
        false => extended("filename", value),
    };
    parameters.extend(legacy("filename", value));
    parameters
}

fn is_simple(name: &str, value: &str) -> bool {
    let is_plain = |octet: u8| (b' '..=b'~').contains(&octet) && octet != b'%';
    let frame = name.len() + "; =\"\"".len();
    value.bytes().all(is_plain) && !value.contains("=?") && value.len() + frame < LINE_OCTETS
}

/// As it is, or in encoded words. The quotation mark stands before the first and after the last.
fn legacy(name: &str, value: &str) -> Vec<String> {
    if is_simple(name, value) {
        return vec![[name, "=", &words::quoted(value)].concat()];
    }
    let room = LINE_OCTETS - name.len() - "; =\"\"".len();
    let mut pieces = words::encoded(value, room);
    if let Some(first) = pieces.first_mut() {
        *first = format!("{name}=\"{first}");
    }
    if let Some(last) = pieces.last_mut() {
        last.push('"');
    }
    pieces
}

/// RFC 2231 §3 and §4: percent-encoded UTF-8, in several pieces if it is long.
fn extended(name: &str, value: &str) -> Vec<String> {
    let whole = format!("{name}*=UTF-8''{}", percent(value, ATTRIBUTE));
    if whole.len() < LINE_OCTETS - 2 {
        return vec![whole];
    }
    let mut pieces: Vec<String> = Vec::new();
    let mut piece = String::new();
    let begin = |number: usize| match number {
        0 => format!("{name}*0*=UTF-8''"),
        _ => format!("{name}*{number}*="),
    };
    for character in value.chars() {
        let encoded = percent(character.encode_utf8(&mut [0; 4]), ATTRIBUTE);
        if piece.is_empty() {
            piece = begin(pieces.len());
        } else if piece.len() + encoded.len() > LINE_OCTETS - 2 {
            pieces.push(std::mem::take(&mut piece));
            piece = begin(pieces.len());
        }
        piece.push_str(&encoded);
    }
    pieces.push(piece);
    pieces
}

/// RFC 2231 §7: what an attribute may hold besides.
const ATTRIBUTE: &[u8] = b"!#$&+-.^_`{}~|";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_every_way_that_is_needed() {
        let check = |value: &str, expected: &[&str]| assert_eq!(filename(value), expected);
        check("a.txt", &["filename=\"a.txt\""]);
        check("a b (1).txt", &["filename=\"a b (1).txt\""]);
        check("a\"b.txt", &["filename=\"a\\\"b.txt\""]);
        check(
            "ä.txt",
            &[
                "filename*=UTF-8''%C3%A4.txt",
                "filename=\"=?utf-8?B?w6QudHh0?=\"",
            ],
        );
        check(
            "50%.txt",
            &[
                "filename*=UTF-8''50%25.txt",
                "filename=\"=?utf-8?B?NTAlLnR4dA==?=\"",
            ],
        );
        let long = "日".repeat(60);
        assert!(
            filename(&long)
                .iter()
                .all(|piece| piece.len() < LINE_OCTETS)
        );
        assert!(filename(&long)[0].starts_with("filename*0*=UTF-8''%E6%97%A5"));
        assert!(filename(&long)[1].starts_with("filename*1*=%E6"));
    }

    #[test]
    fn no_value_ends_its_parameter() {
        let check = |value: &str, expected: &str| assert_eq!(parameter("x", value), expected);
        check("utf-8", "x=utf-8");
        check("a; b=\"c\"", "x=\"a; b=\\\"c\\\"\"");
        check("a\r\nX-Evil: 1", "x=\"a X-Evil: 1\"");
        check("", "x=\"\"");
    }
}
