//! Johab, code page 1361 (KS X 1001 annex 3): a Hangul syllable is three groups of five bits; everything else is a
//! rearranged KS X 1001 and is decoded as EUC-KR.

use encoding_rs::EUC_KR;

pub(super) fn decode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        rest = match *rest {
            [] => return text,
            [single @ 0..0x80, ref after @ ..] => {
                text.push(char::from(single));
                after
            }
            [lead, trail, ref after @ ..] => match pair(lead, trail) {
                Some(character) => {
                    text.push(character);
                    after
                }
                None => skip(&mut text, rest),
            },
            [_] => skip(&mut text, rest),
        };
    }
}

/// One octet that begins nothing.
fn skip<'a>(text: &mut String, rest: &'a [u8]) -> &'a [u8] {
    text.push(char::REPLACEMENT_CHARACTER);
    rest.get(1..).unwrap_or_default()
}

fn pair(lead: u8, trail: u8) -> Option<char> {
    match lead {
        0x84..=0xd3 => syllable(u16::from_be_bytes([lead, trail])),
        0xd9..=0xde | 0xe0..=0xf9 => symbol(lead, trail),
        _ => None,
    }
}

/// Five bits each for the first consonant, the vowel and the last consonant, each of which may be absent.
fn syllable(bits: u16) -> Option<char> {
    let group = |shift: u16| bits >> shift & 0x1f;
    let first = match group(10) {
        1 => None,
        n @ 2..=20 => Some(n - 2),
        _ => return None,
    };
    let vowel = match group(5) {
        2 => None,
        n @ 3..=7 => Some(n - 3),
        n @ 10..=15 => Some(n - 5),
        n @ 18..=23 => Some(n - 7),
        n @ 26..=29 => Some(n - 9),
        _ => return None,
    };
    let last = match group(0) {
        1 => 0,
        n @ 2..=17 => n - 1,
        n @ 19..=29 => n - 2,
        _ => return None,
    };
    match (first, vowel, last) {
        (Some(first), Some(vowel), last) => {
            let index = (u32::from(first) * 21 + u32::from(vowel)) * 28 + u32::from(last);
            char::from_u32(0xac00 + index)
        }
        (Some(first), None, 0) => FIRST.chars().nth(first.into()),
        (None, Some(vowel), 0) => char::from_u32(0x314f + u32::from(vowel)),
        (None, None, 0) => Some('\u{3164}'),
        (None, None, last) => LAST.chars().nth(usize::from(last) - 1),
        _ => None,
    }
}

/// Two rows of KS X 1001 share a first octet.
fn symbol(lead: u8, trail: u8) -> Option<char> {
    let lead = u16::from(lead);
    let row = match lead {
        0..0xe0 => 2 * (lead - 0xd9),
        _ => 2 * lead - 0x197,
    };
    let column = u16::from(match trail {
        0x31..=0x7e => trail - 0x31,
        0x91..=0xfe => trail - 0x43,
        _ => return None,
    });
    let (row, column) = (row + column / 94, column % 94);
    let euc = [
        u8::try_from(row + 0xa1).ok()?,
        u8::try_from(column + 0xa1).ok()?,
    ];
    let (text, malformed) = EUC_KR.decode_without_bom_handling(&euc);
    text.chars().next().filter(|_| !malformed)
}

/// Compatibility letters of the first consonants.
const FIRST: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
/// And of the last ones.
const LAST: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], expected: &str) {
        assert_eq!(decode(octets), expected, "{octets:02x?}");
    }

    #[test]
    fn syllables_letters_and_symbols() {
        check(b"abc", "abc");
        check(&[0xd0, 0x65, 0x8b, 0x69], "한글");
        check(&[0x88, 0x61, 0xd3, 0xb7, 0xd3, 0xbd], "가힝힣");
        check(&[0x88, 0x41, 0x84, 0x42, 0x84, 0x61], "ㄱㄱㅏ");
        check(&[0xd9, 0x31, 0xe0, 0x31, 0xf9, 0xfe], "\u{3000}伽詰");
    }

    #[test]
    fn what_is_no_pair_loses_one_octet() {
        check(&[0xff, b'a'], "\u{fffd}a");
        check(&[0x88, 0x00, b'a'], "\u{fffd}\0a");
        check(&[b'a', 0x88], "a\u{fffd}");
    }
}
