//! Quoted-printable, undone (RFC 2045 §6.7).

use memchr::memchr2;

/// What of a line is not decided yet: an escape that is cut, or blanks that may stand before a line end.
#[derive(Debug, Clone, Default)]
pub(crate) struct QuotedPrintable {
    pending: Vec<u8>,
}

impl QuotedPrintable {
    pub(crate) fn push(&mut self, octets: &[u8], decoded: &mut Vec<u8>) {
        let mut joined = std::mem::take(&mut self.pending);
        let octets = match joined.is_empty() {
            true => octets,
            false => {
                joined.extend_from_slice(octets);
                &joined
            }
        };
        let rest = decode(octets, decoded, false);
        self.pending = octets[octets.len() - rest..].to_vec();
    }

    pub(crate) fn finish(self, decoded: &mut Vec<u8>) {
        decode(&self.pending, decoded, true);
    }
}

/// Says how many octets at the end are not decided.
fn decode(octets: &[u8], decoded: &mut Vec<u8>, is_end: bool) -> usize {
    let mut rest = octets;
    while !rest.is_empty() {
        let Some(at) = memchr2(b'=', b'\n', rest) else {
            return tail(rest, decoded, is_end);
        };
        let (text, from) = rest.split_at(at);
        if from[0] == b'\n' {
            line(text, decoded);
            rest = &from[1..];
            continue;
        }
        let Some(taken) = escape(&from[1..], is_end) else {
            decoded.extend_from_slice(text);
            return from.len();
        };
        decoded.extend_from_slice(text);
        match taken {
            Escape::Octet(octet) => {
                decoded.push(octet);
                rest = &from[3..];
            }
            Escape::LineEnd(octets) => rest = &from[1 + octets..],
            Escape::None => {
                decoded.push(b'=');
                rest = &from[1..];
            }
        }
    }
    0
}

enum Escape {
    Octet(u8),
    /// A soft line break, of so many octets after the sign.
    LineEnd(usize),
    /// The sign stands for itself.
    None,
}

/// `None`: more has to come.
fn escape(after: &[u8], is_end: bool) -> Option<Escape> {
    if let [high, low, ..] = after
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        return Some(Escape::Octet(high << 4 | low));
    }
    // Blanks may have been added behind it on the way.
    let blanks = after.iter().take_while(|o| matches!(o, b' ' | b'\t'));
    let blanks = blanks.count();
    match &after[blanks..] {
        [b'\n', ..] => Some(Escape::LineEnd(blanks + 1)),
        [b'\r', b'\n', ..] => Some(Escape::LineEnd(blanks + 2)),
        [] | [b'\r'] if is_end => Some(Escape::LineEnd(after.len())),
        [] | [b'\r'] if blanks < BLANKS_MAX => None,
        [one] if blanks == 0 && !is_end && hex(*one).is_some() => None,
        _ => Some(Escape::None),
    }
}

/// A line and its end, without the blanks before it: they were added on the way.
fn line(text: &[u8], decoded: &mut Vec<u8>) {
    let (text, end): (_, &[u8]) = match text.strip_suffix(b"\r") {
        Some(text) => (text, b"\r\n"),
        None => (text, b"\n"),
    };
    decoded.extend_from_slice(trimmed(text));
    decoded.extend_from_slice(end);
}

fn tail(rest: &[u8], decoded: &mut Vec<u8>, is_end: bool) -> usize {
    let text = trimmed(rest.strip_suffix(b"\r").unwrap_or(rest));
    decoded.extend_from_slice(text);
    let undecided = &rest[text.len()..];
    if is_end || undecided.len() <= BLANKS_MAX {
        return undecided.len();
    }
    decoded.extend_from_slice(undecided);
    0
}

fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|o| !matches!(o, b' ' | b'\t'));
    &text[..end.map_or(0, |end| end + 1)]
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Blanks longer than any line may be are kept wherever they stand, so that little is held back.
const BLANKS_MAX: usize = crate::limits::LINE_OCTETS_MAX;
