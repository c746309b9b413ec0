//! The one place where header fields and status fields are written (RFC 5322 §2.2, RFC 3464 §2.1.1).
//!
//! Whatever the value holds, what comes out is one field: line ends and controls do not pass, lines are folded before
//! blanks only, and no line holds only blanks.

use crate::limits::{BLANKS_MAX, FIELD_OCTETS_MAX, FOLD_OCTETS, WORD_OCTETS_MAX};

/// Writes `name: value` with its CRLF; an empty value writes nothing.
pub(crate) fn put(out: &mut Vec<u8>, name: &'static str, value: &str) {
    let value = clean(value);
    if value.is_empty() {
        return;
    }
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    let mut column = name.len() + 1;
    let spaced = format!(" {value}");
    for (at, word) in words(&spaced).enumerate() {
        if at > 0 && column + word.len() > FOLD_OCTETS {
            out.extend_from_slice(b"\r\n");
            column = 0;
        }
        out.extend_from_slice(word.as_bytes());
        column += word.len();
    }
    out.extend_from_slice(b"\r\n");
}

/// Without controls, without words that no line could hold, and cut.
fn clean(value: &str) -> String {
    let mut clean = String::with_capacity(value.len());
    let (mut word, mut blanks) = (0, 0);
    for c in value.trim().chars() {
        let c = match c {
            '\t' | '\r' | '\n' => ' ',
            _ if c.is_control() => '?',
            _ => c,
        };
        if clean.len() + c.len_utf8() > FIELD_OCTETS_MAX {
            break;
        }
        if c == ' ' {
            (word, blanks) = (0, blanks + 1);
            if blanks <= BLANKS_MAX {
                clean.push(c);
            }
            continue;
        }
        if word + c.len_utf8() > WORD_OCTETS_MAX {
            clean.push(' ');
            word = 0;
        }
        (word, blanks) = (word + c.len_utf8(), 0);
        clean.push(c);
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Each word with the blanks before it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.find(|c| c != ' ')?;
        let end = rest[begin..].find(' ').map_or(rest.len(), |at| begin + at);
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}
