//! Text of other than ASCII in a header (RFC 2047).

use base64::Engine as _;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::transfer_encoding::LENIENT;

/// Replaces encoded words by what they mean; what is none stays.
pub(crate) fn decode(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    let mut after_word = false;
    while let Some(begin) = rest.find("=?") {
        let (before, from) = rest.split_at(begin);
        match word(&from[2..]) {
            Some((decoded, after)) => {
                // Blanks between two of them say nothing (§6.2).
                if !(after_word && before.trim().is_empty()) {
                    text.push_str(before);
                }
                text.push_str(&decoded);
                rest = after;
                after_word = true;
            }
            None => {
                text.push_str(before);
                text.push_str("=?");
                rest = &from[2..];
                after_word = false;
            }
        }
    }
    text.push_str(rest);
    text
}

/// `charset?B?text?=`, and what follows it.
fn word(from: &str) -> Option<(String, &str)> {
    let (charset, from) = from.split_once('?')?;
    let (kind, from) = from.split_once('?')?;
    let (coded, rest) = from.split_once("?=")?;
    let octets = match kind {
        "B" | "b" => LENIENT.decode(coded.trim_end_matches('=')).ok()?,
        "Q" | "q" => q(coded),
        _ => return None,
    };
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((text(&octets, charset), rest))
}

fn q(coded: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(coded.len());
    let mut rest = coded.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let pair = after.get(..2).and_then(|pair| str::from_utf8(pair).ok());
        let escaped = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        octets.push(match (first, escaped) {
            (b'=', Some(octet)) => {
                rest = &after[2..];
                octet
            }
            (b'_', _) => b' ',
            _ => first,
        });
    }
    octets
}

/// Octets of a character set by its name; one that nobody knows is read as UTF-8 or, if it is none, as windows-1252.
pub(crate) fn text(octets: &[u8], charset: &str) -> String {
    let named = Encoding::for_label(charset.as_bytes());
    let guessed = match str::from_utf8(octets) {
        Ok(_) => UTF_8,
        Err(_) => WINDOWS_1252,
    };
    let encoding = named.unwrap_or(guessed);
    encoding.decode_without_bom_handling(octets).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        let check = |value: &str, expected: &str| assert_eq!(decode(value), expected, "{value}");
        check("plain", "plain");
        check("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße");
        check("=?iso-8859-1?q?a_=E4=?= b", "a ä= b");
        check("=?utf-8?B?w6Q=?=\r\n =?utf-8?B?w7Y=?= x", "äö x");
        check("=?nobody-knows?Q?=C3=A4?=", "ä");
        check("=?utf-8*en?Q?a?=", "a");
        check("=?utf-8?X?a?= =? ?", "=?utf-8?X?a?= =? ?");
    }
}
