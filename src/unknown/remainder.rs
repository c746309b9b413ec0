//! What is left of the first or last letters of a name without each one or two of them.
//!
//! If two names are within two edits of each other (a letter inserted, removed or replaced, or two neighbours swapped), then
//! letters can be taken from both, at most two from each, so that the same remains. The letters of that remainder that lie among
//! the first seven of both are what remains of these seven after at most two were taken from each.

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Last,
}

/// Calls `each` with every remainder, with the number of its letters in the highest octet. Some come several times.
pub(super) fn remainders(letters: &[u8], side: Side, mut each: impl FnMut(u64)) {
    let count = letters.len().min(END);
    let mut whole = 0_u64;
    for place in 0..count {
        let letter = match side {
            Side::First => letters[place],
            Side::Last => letters[letters.len() - 1 - place],
        };
        whole |= u64::from(letter) << (8 * place);
    }
    let marked = |remainder: u64, letters: usize| remainder | (letters as u64) << 56;
    each(marked(whole, count));
    for one in 0..count {
        let without = without(whole, one);
        each(marked(without, count - 1));
        for other in one..count - 1 {
            each(marked(self::without(without, other), count - 2));
        }
    }
}

/// The letters without the one at `place`.
fn without(letters: u64, place: usize) -> u64 {
    let before = (1_u64 << (8 * place)) - 1;
    letters & before | letters >> 8 & !before
}

/// Letters at one end.
const END: usize = 7;
/// All of them, without each of them, and without each two.
pub(super) const MOST: usize = 1 + END + END * (END - 1) / 2;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str, side: Side) -> BTreeSet<u64> {
        let (mut all, mut count) = (BTreeSet::new(), 0);
        remainders(text.as_bytes(), side, |remainder| {
            all.insert(remainder);
            count += 1;
        });
        assert!(count <= MOST, "{text}");
        all
    }

    fn word(text: &str) -> u64 {
        let octets = text.bytes().enumerate();
        let letters = octets.fold(0, |sum, (place, octet)| {
            sum | u64::from(octet) << (8 * place)
        });
        letters | (text.len() as u64) << 56
    }

    #[test]
    fn one_and_two_letters_are_left_out() {
        let check = |text: &str, side: Side, expected: &[&str]| {
            let expected: BTreeSet<u64> = expected.iter().map(|text| word(text)).collect();
            assert_eq!(of(text, side), expected, "{text}");
        };
        check("", Side::First, &[""]);
        check("a", Side::First, &["a", ""]);
        check(
            "abc",
            Side::First,
            &["abc", "bc", "ac", "ab", "a", "b", "c"],
        );
        check("abc", Side::Last, &["cba", "cb", "ca", "ba", "a", "b", "c"]);
        assert!(of("abcdefgh", Side::First).contains(&word("abcdefg")));
        assert!(of("abcdefgh", Side::Last).contains(&word("hgfedcb")));
        assert_eq!(of("abcdefgh", Side::First).len(), MOST);
    }

    proptest! {
        /// What is near is found.
        #[test]
        fn near_names_share_a_remainder(one in "[ab.]{0,12}", other in "[ab.]{0,12}") {
            if strsim::osa_distance(&one, &other) <= 2 {
                for side in [Side::First, Side::Last] {
                    let shared = of(&one, side).intersection(&of(&other, side)).count();
                    prop_assert!(shared > 0, "{} {} {:?}", one, other, side);
                }
            }
        }
    }
}
