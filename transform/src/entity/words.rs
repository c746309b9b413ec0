//! Encoded words (RFC 2047), phrases and mailboxes (RFC 5322 §3.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tnef_decoder::icalendar::Person;

/// Text as words between which a fold may stand. `room` is what is left of the first line.
pub(crate) fn unstructured(text: &str, room: usize) -> Vec<String> {
    let text = plain(text);
    let fits = |word: &str| word.len() < LITERAL_OCTETS_MAX;
    let is_literal = is_printable(&text)
        && !text.contains("=?")
        && !text.starts_with(' ')
        && !text.contains("  ")
        && text.split(' ').all(fits);
    match is_literal {
        true => text.split(' ').map(str::to_owned).collect(),
        false => encoded(&text, room),
    }
}

/// Text as encoded words in UTF-8, each of whole characters (RFC 2047 §5 (3)).
pub(crate) fn encoded(text: &str, room: usize) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut most = payload(room);
    while !rest.is_empty() {
        let end = whole_characters(rest, most);
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
        most = payload(WORD_OCTETS_MAX + 1);
    }
    words
}

/// A display name as pieces.
pub(crate) fn phrase(name: &str) -> Vec<String> {
    let name = plain(name.trim());
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c);
    if !is_printable(&name) || name.contains("=?") || name.len() > PHRASE_OCTETS_MAX {
        return encoded(&name, PHRASE_OCTETS_MAX);
    }
    match name.chars().all(is_atom) && !name.contains("  ") && !name.is_empty() {
        true => name.split(' ').map(str::to_owned).collect(),
        false => vec![quoted(&name)],
    }
}

/// A quoted string (RFC 5322 §3.2.4) of printable ASCII.
pub(crate) fn quoted(text: &str) -> String {
    if !text.contains(['\\', '"']) {
        return ["\"", text, "\""].concat();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    ["\"", &escaped, "\""].concat()
}

/// A mailbox as pieces. One without a usable address becomes a group of nobody (RFC 5322 §3.4, RFC 6854), so that the name
/// is told.
pub(crate) fn mailbox(person: &Person) -> Vec<String> {
    let name = person.name.as_deref().map(str::trim);
    let name = name.filter(|name| !name.is_empty() && *name != person.address);
    if is_address(&person.address) {
        let mut pieces = name.map(phrase).unwrap_or_default();
        pieces.push(match name {
            Some(_) => format!("<{}>", person.address),
            None => person.address.clone(),
        });
        return pieces;
    }
    let shown = name.unwrap_or(&person.address);
    let mut pieces = phrase(if shown.is_empty() { "unknown" } else { shown });
    if let Some(last) = pieces.last_mut() {
        last.push_str(":;");
    }
    pieces
}

/// Several of them.
pub(crate) fn mailboxes(people: &[Person]) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for person in people {
        if let Some(last) = pieces.last_mut() {
            last.push(',');
        }
        pieces.extend(mailbox(person));
    }
    pieces
}

/// Whether a header can name it without SMTPUTF8.
pub(crate) fn is_address(address: &str) -> bool {
    let is_plain = |octet: u8| octet.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&octet);
    let halves = address.rsplit_once('@');
    halves.is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && address.len() <= ADDRESS_OCTETS_MAX
    }) && address.bytes().all(is_plain)
}

/// Without what a header cannot hold: each run of controls becomes a space.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.trim_end().to_owned();
    }
    let pieces = text.split(char::is_control);
    let pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
    pieces.join(" ").trim_end().to_owned()
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|octet| (b' '..=b'~').contains(&octet))
}

/// What an encoded word in so much room can carry.
fn payload(room: usize) -> usize {
    let room = room.saturating_sub(1).min(WORD_OCTETS_MAX);
    (room.saturating_sub(WORD_FRAME) / 4 * 3).max(4)
}

fn whole_characters(text: &str, most: usize) -> usize {
    match text.len() <= most {
        true => text.len(),
        false => text.floor_char_boundary(most).max(1),
    }
}

/// RFC 2047 §2.
const WORD_OCTETS_MAX: usize = 75;
/// `=?utf-8?B?` and `?=`.
const WORD_FRAME: usize = 12;
/// A longer word is encoded, so that it can be folded.
const LITERAL_OCTETS_MAX: usize = 76;
/// A longer name is encoded, so that it can be folded.
const PHRASE_OCTETS_MAX: usize = 60;
/// RFC 5321 §4.5.3.1.3, without the angle brackets.
const ADDRESS_OCTETS_MAX: usize = 254;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_what_a_header_can_hold() {
        let check = |name: &str, address: &str, expected: &str| {
            let person = Person {
                address: address.to_owned(),
                name: (!name.is_empty()).then(|| name.to_owned()),
                sent_by: None,
            };
            assert_eq!(mailbox(&person).join(" "), expected);
        };
        check(
            "Anna Berg",
            "anna@contoso.com",
            "Anna Berg <anna@contoso.com>",
        );
        check(
            "Berg, Anna",
            "anna@contoso.com",
            "\"Berg, Anna\" <anna@contoso.com>",
        );
        check("", "anna@contoso.com", "anna@contoso.com");
        check(
            "Groß",
            "b@contoso.com",
            "=?utf-8?B?R3Jvw58=?= <b@contoso.com>",
        );
        check("Bernd", "/o=Contoso/cn=bernd", "Bernd:;");
        check("Bernd", "bernd@contoso.com>\r\nBcc: x@y.z", "Bernd:;");
        check(
            "a\r\nBcc: x@y.z",
            "a@contoso.com",
            "\"a Bcc: x@y.z\" <a@contoso.com>",
        );
        check("", "", "unknown:;");
    }

    #[test]
    fn encoded_words_hold_whole_characters() {
        let text = "日本語のとても長い件名".repeat(8);
        let words = unstructured(&text, 69);
        assert!(words.len() > 3);
        assert!(words.iter().all(|word| word.len() <= WORD_OCTETS_MAX));
        let decode = |word: &String| {
            let inner = word.strip_prefix("=?utf-8?B?").unwrap();
            let octets = STANDARD.decode(inner.strip_suffix("?=").unwrap()).unwrap();
            String::from_utf8(octets).unwrap()
        };
        assert_eq!(words.iter().map(decode).collect::<String>(), text);
    }
}
