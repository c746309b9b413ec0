//! Encodings that switch between ASCII and a 7-bit double-byte set: ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922) with
//! GB 2312 alone, and HZ (RFC 1843).

use encoding_rs::Encoding;

const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;

/// Shift out and in by their control characters; the announcing escape sequences say nothing more.
pub(super) fn iso_2022(octets: &[u8], set: &'static Encoding) -> String {
    let mut eight_bit = Vec::with_capacity(octets.len());
    let mut shifted = false;
    let mut rest = octets;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match octet {
            SHIFT_OUT => shifted = true,
            SHIFT_IN => shifted = false,
            0x1b => rest = designation(after),
            b'\r' | b'\n' => {
                shifted = false;
                eight_bit.push(octet);
            }
            0x21..=0x7e if shifted => eight_bit.push(octet | 0x80),
            _ => eight_bit.push(octet),
        }
    }
    set.decode_without_bom_handling(&eight_bit).0.into_owned()
}

/// What follows an escape that designates a set: `$ ) C` and its like.
fn designation(after: &[u8]) -> &[u8] {
    match after {
        [b'$', b')' | b'*' | b'+', _, rest @ ..] => rest,
        _ => after,
    }
}

/// Shift by `~{` and `~}`; `~~` is a tilde, and one before a line end joins lines.
pub(super) fn hz(octets: &[u8], set: &'static Encoding) -> String {
    let mut eight_bit = Vec::with_capacity(octets.len());
    let mut shifted = false;
    let mut rest = octets;
    loop {
        rest = match *rest {
            [] => return set.decode_without_bom_handling(&eight_bit).0.into_owned(),
            [b'~', b'{', ref after @ ..] if !shifted => {
                shifted = true;
                after
            }
            [b'~', b'}', ref after @ ..] if shifted => {
                shifted = false;
                after
            }
            [b'~', b'~', ref after @ ..] if !shifted => {
                eight_bit.push(b'~');
                after
            }
            [b'~', b'\n', ref after @ ..] if !shifted => after,
            [octet, ref after @ ..] => {
                let upper = match octet {
                    b'\n' => {
                        shifted = false;
                        0
                    }
                    0x21..=0x7e if shifted => 0x80,
                    _ => 0,
                };
                eight_bit.push(octet | upper);
                after
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_KR, GBK};

    use super::*;

    #[test]
    fn korean_and_chinese_by_control_characters() {
        let korean = b"\x1b$)C\x0e\x30\x21\x0f a";
        assert_eq!(iso_2022(korean, EUC_KR), "가 a");
        let chinese = b"a\x1b$)A\x0e\x3d\x3b\x0fb\n";
        assert_eq!(iso_2022(chinese, GBK), "a交b\n");
        assert_eq!(iso_2022(b"\x0e\x30\nab", EUC_KR), "\u{fffd}\nab");
    }

    #[test]
    fn chinese_by_tildes() {
        assert_eq!(hz(b"a~~b ~{<:Ky2;~}c", GBK), "a~b 己所不c");
        assert_eq!(hz(b"join~\ned", GBK), "joined");
        assert_eq!(hz(b"~{<:\nplain", GBK), "己\nplain");
        assert_eq!(hz(b"~", GBK), "~");
    }
}
