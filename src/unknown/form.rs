//! One name, however it is written: `first.last`, `last_first`, `firstlast`, `first.last+tag`.

/// What is compared of a local part, as hashes: what is found is only ever shown, never delivered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Its letters without separators.
    joined: u64,
    /// Its parts in the order of the alphabet.
    sorted: u64,
    /// Which letters occur.
    pub(super) present: u64,
}

impl Form {
    pub(super) fn of(local: &str) -> Self {
        let name = match local.split_once('+') {
            Some((name, _)) if !name.is_empty() => name,
            Some(_) | None => local,
        };
        let (mut joined, mut part, mut parts) = (START, START, [0_u64; PARTS]);
        let mut count = 0;
        for octet in name.bytes() {
            if SEPARATORS.contains(&octet) {
                count = (count + 1).min(PARTS - 1);
                part = START;
            } else {
                joined = step(joined, octet);
                part = step(part, octet);
                parts[count] = part;
            }
        }
        parts[..=count].sort_unstable();
        let sorted = parts.iter().fold(START, |sum, part| hash(sum ^ part));
        Self {
            joined: joined | 1,
            sorted: sorted & !1,
            present: Self::present(local),
        }
    }

    /// Which letters occur. Other than ASCII letters share their bits.
    pub(super) fn present(local: &str) -> u64 {
        local
            .chars()
            .fold(0, |bits, letter| bits | 1 << (letter as u32 % 64))
    }

    /// One of these is what alike names have in common.
    pub(super) fn keys(&self) -> [u64; 2] {
        [self.joined, self.sorted]
    }

    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.joined == other.joined || self.sorted == other.sorted
    }
}

/// One octet a letter, so that an edit is one of an octet. What is not ASCII may look the same here.
pub(super) fn letters(local: &str, letters: &mut Vec<u8>) {
    letters.clear();
    letters.extend(local.chars().map(|letter| match letter.is_ascii() {
        true => letter as u8,
        false => 0x80 | (letter as u32 % 128) as u8,
    }));
}

/// Spreads what differs over all bits (the finaliser of MurmurHash3).
pub(super) fn hash(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ value >> 33
}

/// FNV-1a.
fn step(sum: u64, octet: u8) -> u64 {
    (sum ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
}

const START: u64 = 0xcbf2_9ce4_8422_2325;
const SEPARATORS: [u8; 3] = [b'.', b'_', b'-'];
/// Parts of a name that can change places; the rest is the last one's.
const PARTS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_known_in_each_of_its_forms() {
        let check = |one: &str, other: &str, expected: bool| {
            let is_like = Form::of(one).is_like(&Form::of(other));
            assert_eq!(is_like, expected, "{one} {other}");
        };
        for (one, other) in [
            ("anna.berg", "annaberg"),
            ("anna.berg", "anna_berg"),
            ("anna.berg", "anna-berg"),
            ("anna.berg", "berg.anna"),
            ("anna.berg", "berg_anna+shop"),
            ("anna.maria.berg", "berg.anna.maria"),
            ("änne.berg", "berg.änne"),
            ("a.b.c.d", "d.c.b.a"),
        ] {
            check(one, other, true);
            check(other, one, true);
        }
        for (one, other) in [
            ("anna.berg", "anna.ber"),
            ("annaberg", "berganna"),
            ("anna", "berg"),
            ("a.b.c.d.e", "e.d.c.b.a"),
            ("+shop", "+else"),
        ] {
            check(one, other, false);
        }
    }

    #[test]
    fn a_letter_is_one_octet() {
        let mut octets = Vec::new();
        letters("aé+", &mut octets);
        assert_eq!(octets.len(), 3);
        assert_eq!((octets[0], octets[2]), (b'a', b'+'));
    }
}
