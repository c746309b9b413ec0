//! The name of a message in the queue.

use std::fmt;
use std::str::FromStr;

/// Never used twice in the life of a spool; a younger message has a greater one.
///
/// Its text is 13 characters of Crockford's base 32: no I, L, O or U, and text sorts like the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueId(u64);

impl QueueId {
    /// The number behind it, for stores beside the spool.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// From a number that [`QueueId::number`] gave.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; LENGTH];
        let mut rest = self.0;
        for place in text.iter_mut().rev() {
            *place = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        f.pad(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl FromStr for QueueId {
    type Err = NotQueueId;

    /// Small letters are taken, and O, I and L for the digits they look like.
    fn from_str(text: &str) -> Result<Self, NotQueueId> {
        if text.len() != LENGTH {
            return Err(NotQueueId);
        }
        let mut number = 0_u64;
        for octet in text.bytes() {
            let value = value(octet).ok_or(NotQueueId)?;
            number = number.checked_mul(32).ok_or(NotQueueId)? | value;
        }
        Ok(Self(number))
    }
}

/// The text is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a queue identifier: it has 13 characters, digits and capital letters")]
pub struct NotQueueId;

fn value(octet: u8) -> Option<u64> {
    let octet = match octet.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    let at = ALPHABET.iter().position(|&letter| letter == octet)?;
    Some(at as u64)
}

const LENGTH: usize = 13;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_are_one() {
        let check = |number, text: &str| {
            let id = QueueId(number);
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
            assert_eq!(text.to_lowercase().parse(), Ok(id));
        };
        check(0, "0000000000000");
        check(31, "000000000000Z");
        check(1 << 38, "0000080000000");
        check(u64::MAX, "FZZZZZZZZZZZZ");
    }

    #[test]
    fn text_sorts_like_the_number() {
        let numbers = [0, 1, 9, 10, 31, 32, 1 << 38, u64::MAX];
        let texts: Vec<_> = numbers.map(|n| QueueId(n).to_string()).into();
        assert!(texts.is_sorted());
    }

    #[test]
    fn other_text_is_refused() {
        let check = |text: &str| assert_eq!(text.parse::<QueueId>(), Err(NotQueueId), "{text}");
        check("");
        check("000000000000");
        check("00000000000000");
        check("000000000000U");
        check("000000000000-");
        check("G000000000000");
        check("ZZZZZZZZZZZZZ");
        check("000000000000ä");
    }

    #[test]
    fn a_look_alike_is_what_it_looks_like() {
        assert_eq!("OOOOOOOOOOOIL".parse(), Ok(QueueId(33)));
    }
}
