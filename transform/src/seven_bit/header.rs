//! A header block in ASCII, with other labels where the content gets another encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Impossible, Labels};
use crate::field::{Field, fields};

/// The block, and how many of its fields were encoded.
pub(super) fn rewritten(
    header: &[u8],
    is_message: bool,
    labels: &Labels,
) -> Result<(Vec<u8>, usize), Impossible> {
    let (block, empty_line) = split_empty_line(header);
    let mut out = Vec::with_capacity(header.len() + 128);
    let mut encoded = 0;
    let mut at = 0;
    for field in fields(block) {
        let raw = &block[field.range.clone()];
        let is_label = labels.label.is_some() && field.is(LABEL);
        if is_label || !raw.is_ascii() {
            out.extend_from_slice(&questioned(&block[at..field.range.start]));
            at = field.range.end;
        }
        if !is_label && !raw.is_ascii() {
            out.extend_from_slice(encode(&field)?.as_bytes());
            encoded += 1;
        }
    }
    out.extend_from_slice(&questioned(&block[at..]));
    if !out.is_empty() && out.last() != Some(&b'\n') {
        out.extend_from_slice(b"\r\n");
    }
    add_labels(block, is_message, labels, &mut out);
    out.extend_from_slice(empty_line);
    Ok((out, encoded))
}

fn add_labels(block: &[u8], is_message: bool, labels: &Labels, out: &mut Vec<u8>) {
    let Some(label) = labels.label else {
        return;
    };
    let has = |name: &str| fields(block).any(|field| field.is(name));
    if is_message && !has("MIME-Version") {
        out.extend_from_slice(b"MIME-Version: 1.0\r\n");
    }
    if let Some(media_type) = labels.media_type
        && !has("Content-Type")
    {
        out.extend_from_slice(format!("Content-Type: {media_type}\r\n").as_bytes());
    }
    out.extend_from_slice(format!("{LABEL}: {label}\r\n").as_bytes());
}

fn split_empty_line(header: &[u8]) -> (&[u8], &[u8]) {
    let end = match header {
        [.., b'\n', b'\r', b'\n'] | [b'\r', b'\n'] => 2,
        [.., b'\n', b'\n'] | [b'\n'] => 1,
        _ => 0,
    };
    header.split_at(header.len() - end)
}

/// Lines that are no fields.
fn questioned(lines: &[u8]) -> Vec<u8> {
    super::questioned(lines)
}

/// By where encoded words may stand (RFC 2047 §5).
fn encode(field: &Field<'_>) -> Result<String, Impossible> {
    let name = String::from_utf8_lossy(field.name).into_owned();
    let value = field.unfolded();
    let is_in = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
    let words = if !field.name.is_ascii() || is_in(NEVER) {
        None
    } else if is_in(PARAMETERS) {
        parameters(&value)
    } else if is_in(ADDRESSES) {
        phrases(&value)
    } else {
        Some(unstructured(&value))
    };
    match words {
        Some(words) => Ok(folded(&name, &words)),
        None => Err(Impossible::Field(
            name.chars().filter(char::is_ascii_graphic).collect(),
        )),
    }
}

/// Words of text; those next to each other that need it are encoded together, with the blanks between them.
fn unstructured(value: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut waiting: Vec<u8> = Vec::new();
    for word in value.split(|octet| matches!(octet, b' ' | b'\t')) {
        if word.is_ascii() {
            encoded_words(&std::mem::take(&mut waiting), &mut words);
            words.push(String::from_utf8_lossy(word).into_owned());
            continue;
        }
        if !waiting.is_empty() {
            waiting.push(b' ');
        }
        waiting.extend_from_slice(word);
    }
    encoded_words(&waiting, &mut words);
    words
}

/// Encoded words of at most 75 octets, in whole characters.
fn encoded_words(text: &[u8], words: &mut Vec<String>) {
    if text.is_empty() {
        return;
    }
    let charset = charset(text);
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD_OCTETS);
        // Not within a character of UTF-8.
        while end < rest.len() && end > 1 && charset == UTF_8 && rest[end] & 0xC0 == 0x80 {
            end -= 1;
        }
        let (word, after) = rest.split_at(end);
        words.push(format!("=?{charset}?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
}

fn charset(text: &[u8]) -> &'static str {
    match str::from_utf8(text) {
        Ok(_) => UTF_8,
        Err(_) => "unknown-8bit",
    }
}

/// Display names and comments may be encoded, addresses may not.
fn phrases(value: &[u8]) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for token in tokens(value)? {
        match token {
            Token::Other(text) => {
                words.push(String::from_utf8(text).ok().filter(|t| t.is_ascii())?)
            }
            Token::Words(text) if text.is_ascii() => {
                words.push(String::from_utf8_lossy(&text).into_owned());
            }
            Token::Words(text) => encoded_words(&unquoted(&text), &mut words),
        }
    }
    Some(words)
}

/// A piece of a list of addresses.
enum Token {
    /// A display name.
    Words(Vec<u8>),
    /// An address, or what stands between.
    Other(Vec<u8>),
}

/// `None`: it has an end missing. A mailbox without angle brackets is an address, a phrase is what stands before them.
fn tokens(value: &[u8]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut waiting = Vec::new();
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        let taken = match octet {
            b'"' => quoted_end(rest)?,
            b'<' => memchr::memchr(b'>', rest)? + 1,
            b',' | b';' | b':' => 1,
            _ => {
                waiting.push(octet);
                rest = after;
                continue;
            }
        };
        let (piece, after) = rest.split_at(taken);
        rest = after;
        if octet == b'"' {
            waiting.extend_from_slice(piece);
            continue;
        }
        let text = std::mem::take(&mut waiting).trim_ascii().to_vec();
        let is_name = matches!(octet, b'<' | b':');
        let mut piece = piece.to_vec();
        if is_name && !text.is_empty() {
            tokens.push(Token::Words(text));
        } else if !text.is_empty() {
            piece = [text, piece].concat();
        }
        tokens.push(Token::Other(piece));
    }
    let text = waiting.trim_ascii().to_vec();
    if !text.is_empty() {
        tokens.push(Token::Other(text));
    }
    Some(tokens)
}

fn quoted_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A phrase without its quotes.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut octets = text.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            b'"' => {}
            b'\\' => out.extend(octets.next()),
            _ => out.push(octet),
        }
    }
    out
}

/// Parameters are encoded as RFC 2231 §4 has it; everything else there is ASCII.
fn parameters(value: &[u8]) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let end = parameter_end(rest)?;
        let (piece, after) = rest.split_at(end);
        let end = if after.is_empty() { "" } else { ";" };
        rest = after.get(1..).unwrap_or_default();
        let piece = piece.trim_ascii();
        let text = match piece.is_ascii() {
            true => String::from_utf8_lossy(piece).into_owned(),
            false => extended(piece)?,
        };
        words.push(text + end);
    }
    Some(words)
}

fn parameter_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at) {
            None | Some(b';') => return Some(at),
            Some(b'"') => at += quoted_end(&text[at..])?,
            Some(_) => at += 1,
        }
    }
}

fn extended(parameter: &[u8]) -> Option<String> {
    let equals = memchr::memchr(b'=', parameter)?;
    let (name, value) = (&parameter[..equals], &parameter[equals + 1..]);
    let name = str::from_utf8(name.trim_ascii()).ok()?;
    // A boundary is what delimits the parts; written otherwise it would delimit others.
    if !name.is_ascii() || name.ends_with('*') || name.eq_ignore_ascii_case("boundary") {
        return None;
    }
    let value = unquoted(value.trim_ascii());
    let mut text = format!("{name}*={}''", charset(&value));
    for octet in value {
        match octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_') {
            true => text.push(char::from(octet)),
            false => text.push_str(&format!("%{octet:02X}")),
        }
    }
    Some(text)
}

fn folded(name: &str, words: &[String]) -> String {
    let mut field = format!("{name}:");
    let mut column = field.len();
    for (at, word) in words.iter().enumerate() {
        if at > 0 && column + 1 + word.len() > FOLDED_OCTETS && !word.is_empty() {
            field.push_str("\r\n");
            column = 0;
        }
        field.push(' ');
        field.push_str(word);
        column += 1 + word.len();
    }
    field.push_str("\r\n");
    field
}

const LABEL: &str = "Content-Transfer-Encoding";
const UTF_8: &str = "utf-8";
/// So many octets make an encoded word that fits in a line with the name of most fields.
const WORD_OCTETS: usize = 36;
/// Lines are folded before so many octets (RFC 2047 §2).
const FOLDED_OCTETS: usize = 76;

const ADDRESSES: &[&str] = &[
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Resent-Bcc",
    "Disposition-Notification-To",
    "Errors-To",
];

const PARAMETERS: &[&str] = &["Content-Type", "Content-Disposition"];

/// Fields for programs, in which no text stands.
const NEVER: &[&str] = &[
    "Return-Path",
    "Received",
    "Date",
    "Resent-Date",
    "Message-ID",
    "Resent-Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-ID",
    "Content-Transfer-Encoding",
    "DKIM-Signature",
    "ARC-Seal",
    "ARC-Message-Signature",
    "ARC-Authentication-Results",
    "Authentication-Results",
];
