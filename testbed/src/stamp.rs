//! The stamp in a message's header by which a receiver knows it again and sees whether anything below the stamp changed.

/// What a stamp says about its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// Everything below the stamp is as it was.
    Intact(String),
    /// The message of this id is not what it was.
    Damaged(String),
    /// No stamp in the header.
    Absent,
}

/// The name of the field.
pub const FIELD: &str = "X-Testbed-Stamp";

/// Puts the stamp over `below`, the rest of a message. The id is one word.
pub fn stamped(id: &str, below: &[u8]) -> Vec<u8> {
    let body = unended(below);
    let field = format!("{FIELD}: {id} {} {:016x}\r\n", body.len(), hash(body));
    [field.as_bytes(), below].concat()
}

impl Stamp {
    /// Looks for the stamp in the header and compares. Fields above it may be new: trace fields are (RFC 5321 §4.4).
    pub fn of(content: &[u8]) -> Self {
        let mut rest = content;
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
            let (line, below) = (&rest[..end], &rest[end + 2..]);
            if line.is_empty() {
                break;
            }
            if let Some(value) = value(line) {
                return Self::compare(value, below);
            }
            rest = below;
        }
        Self::Absent
    }

    fn compare(value: &str, below: &[u8]) -> Self {
        let mut words = value.split_ascii_whitespace();
        let Some(id) = words.next() else {
            return Self::Absent;
        };
        let body = unended(below);
        let expected = format!("{} {:016x}", body.len(), hash(body));
        let said: Vec<&str> = words.collect();
        if said.join(" ") == expected {
            Self::Intact(id.to_owned())
        } else {
            Self::Damaged(id.to_owned())
        }
    }
}

fn value(line: &[u8]) -> Option<&str> {
    let (name, value) = line.split_at_checked(FIELD.len() + 1)?;
    let is_stamp = name
        .strip_suffix(b":")
        .is_some_and(|n| n.eq_ignore_ascii_case(FIELD.as_bytes()));
    if is_stamp {
        std::str::from_utf8(value).ok()
    } else {
        None
    }
}

/// DATA cannot say whether a message ended in CRLF (RFC 5321 §4.1.1.4), so the stamp does not either.
fn unended(body: &[u8]) -> &[u8] {
    body.strip_suffix(b"\r\n").unwrap_or(body)
}

/// FNV-1a: finds accidents, not forgers.
fn hash(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_tells_intact_from_damaged() {
        let message =
            String::from_utf8(stamped("m-1", b"Subject: x\r\n\r\nbody\r\n")).expect("ASCII");
        let intact = || Stamp::Intact("m-1".to_owned());
        let damaged = || Stamp::Damaged("m-1".to_owned());
        let check = |content: String, expected: Stamp| {
            assert_eq!(Stamp::of(content.as_bytes()), expected, "{content}")
        };
        check(message.clone(), intact());
        check(format!("Received: from a\r\n\tby b\r\n{message}"), intact());
        check(message.trim_end().to_owned(), intact());
        check(message.replace("body", "bodY"), damaged());
        check(
            message.replace("Subject", "X-Evil: 1\r\nSubject"),
            damaged(),
        );
        check(format!("{message}\r\n"), damaged());
        check(message[..message.len() - 4].to_owned(), damaged());
        check(message.replace(FIELD, "X-Other"), Stamp::Absent);
        check(format!("\r\n{message}"), Stamp::Absent);
        check(message.replace(FIELD, &FIELD.to_uppercase()), intact());
        check(String::new(), Stamp::Absent);
    }
}
