//! Text of other than ASCII in a header (RFC 2047): the Subject of the original, and names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::limits::{AUTHOR_OCTETS_MAX, ENCODED_WORD_OCTETS_MAX};
use crate::printable;

/// A Subject as it may stand in our own: words that are well formed stay encoded, what only looks like one is left
/// out, raw UTF-8 is encoded.
pub(crate) fn for_header(value: &[u8], octets_max: usize) -> String {
    let text = printable::line(&String::from_utf8_lossy(value), value.len() * 3);
    let mut words: Vec<String> = Vec::new();
    let mut octets = 0;
    let is_ascii = text.is_ascii();
    for part in text.split(' ') {
        let is_word = Word::parse(part).is_some();
        if part.contains("=?") && !is_word {
            continue;
        }
        let room = octets_max.saturating_sub(octets);
        if part.len() > room {
            // Half of an encoded word means nothing.
            let shown = if is_word { "..." } else { part };
            words.push(printable::line(shown, room.min(part.len() - 1)));
            break;
        }
        octets += part.len() + 1;
        words.push(part.to_owned());
    }
    let text = words.join(" ");
    match is_ascii {
        true => text,
        false => encode(&text),
    }
}

/// A Subject as a human reads it; empty where we cannot tell.
pub(crate) fn for_text(value: &[u8], octets_max: usize) -> String {
    let text = String::from_utf8_lossy(value);
    if !text.contains("=?") {
        return printable::line(&text, octets_max);
    }
    let mut decoded = String::new();
    let mut after_word = false;
    for part in text.split_ascii_whitespace() {
        let word = Word::parse(part);
        // Blanks between two of them say nothing (RFC 2047 §6.2).
        if !(decoded.is_empty() || after_word && word.is_some()) {
            decoded.push(' ');
        }
        after_word = word.is_some();
        match word.map(|word| word.decode()) {
            None => decoded.push_str(part),
            Some(Some(text)) => decoded.push_str(&text),
            Some(None) => return String::new(),
        }
    }
    printable::line(&decoded, octets_max)
}

/// A display name: quoted, or encoded where it is not ASCII (RFC 5322 §3.4).
pub(crate) fn phrase(name: &str) -> String {
    let name = printable::line(name, AUTHOR_OCTETS_MAX);
    let is_plain =
        |c: char| c == ' ' || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    match name {
        _ if !name.is_ascii() => encode(&name),
        _ if name.chars().all(is_plain) && !name.contains("=?") => name,
        _ => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// As encoded words, each of whole characters (RFC 2047 §5).
fn encode(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK_OCTETS));
        words.push(format!("{UTF_8_BASE64}{}?=", STANDARD.encode(chunk)));
        rest = after;
    }
    words.join(" ")
}

/// A well-formed encoded word (RFC 2047 §2).
struct Word<'a> {
    charset: &'a str,
    octets: Vec<u8>,
}

impl<'a> Word<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix("=?")?.strip_suffix("?=")?;
        let mut parts = inner.split('?');
        let (charset, kind, coded) = (parts.next()?, parts.next()?, parts.next()?);
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.:+*".contains(c);
        let is_sound = text.len() <= ENCODED_WORD_OCTETS_MAX
            && parts.next().is_none()
            && !charset.is_empty()
            && charset.chars().all(is_token)
            && !coded.is_empty()
            && coded.bytes().all(|o| o.is_ascii_graphic());
        if !is_sound {
            return None;
        }
        let octets = match kind {
            "B" | "b" => STANDARD.decode(coded).ok()?,
            "Q" | "q" => q(coded)?,
            _ => return None,
        };
        Some(Self { charset, octets })
    }

    fn decode(&self) -> Option<String> {
        let charset = self.charset.split('*').next()?.to_ascii_lowercase();
        match &*charset {
            "utf-8" | "us-ascii" => String::from_utf8(self.octets.clone()).ok(),
            "iso-8859-1" => Some(self.octets.iter().map(|&octet| char::from(octet)).collect()),
            _ => None,
        }
    }
}

fn q(coded: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(coded.len());
    let mut rest = coded.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        octets.push(match first {
            b'_' => b' ',
            b'=' => {
                let (pair, after) = rest.split_at_checked(2)?;
                rest = after;
                let is_hex = pair.iter().all(u8::is_ascii_hexdigit);
                let pair = str::from_utf8(pair).ok().filter(|_| is_hex)?;
                u8::from_str_radix(pair, 16).ok()?
            }
            _ => first,
        });
    }
    Some(octets)
}

const UTF_8_BASE64: &str = "=?utf-8?B?";
/// 60 characters of base64, which with `=?utf-8?B?` and `?=` stay within a word.
const CHUNK_OCTETS: usize = 45;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_known() {
        let check = |text: &str, expected: Option<&str>| {
            let found = Word::parse(text).and_then(|word| word.decode());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("=?utf-8?B?w7w=?=", Some("ü"));
        check("=?UTF-8*de?b?w7w=?=", Some("ü"));
        check("=?iso-8859-1?Q?=FC_=5F?=", Some("ü _"));
        check("=?utf-8?B?w7w?=", None); // not padded
        check("=?utf-8?Q?=F?=", None);
        check("=?utf-8?Q?=+1?=", None);
        check("=?utf-8?Q??=", None);
        check("=??Q?a?=", None);
        check("=?utf-8?X?a?=", None);
        check("=?utf-8?Q?a?b?=", None);
        check("=?utf-8?Q?=FF?=", None);
        check("=?nobody-knows?Q?a?=", None);
        let long = |octets: usize| format!("=?utf-8?Q?{}?=", "x".repeat(octets - 12));
        let most = ENCODED_WORD_OCTETS_MAX;
        check(&long(most), Some(&"x".repeat(most - 12)));
        check(&long(most + 1), None);
    }

    #[test]
    fn subjects_for_humans() {
        let check = |value: &str, expected: &str| {
            assert_eq!(for_text(value.as_bytes(), 100), expected, "{value}");
        };
        check(" The\r\n budget ", "The budget");
        check("=?utf-8?B?w7w=?= =?utf-8?B?w7w=?= x", "üü x");
        check("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b");
        check("=?koi8-r?Q?=C1?=", "");
        check("Größe", "Größe");
    }

    #[test]
    fn what_we_encode_is_within_the_length_of_a_word() {
        for text in ["ü".repeat(100), "漢".repeat(100), "😀x".repeat(50)] {
            let encoded = encode(&text);
            assert!(
                encoded
                    .split(' ')
                    .all(|word| word.len() <= ENCODED_WORD_OCTETS_MAX)
            );
            assert_eq!(for_text(encoded.as_bytes(), 1000), text);
        }
    }

    #[test]
    fn a_name_at_the_limit_and_one_past() {
        let exact = "x".repeat(AUTHOR_OCTETS_MAX);
        assert_eq!(phrase(&exact), exact);
        let past = phrase(&format!("{exact}y"));
        assert_eq!(
            past,
            format!("\"{}...\"", "x".repeat(AUTHOR_OCTETS_MAX - 3))
        );
    }
}
