//! UTF-7 (RFC 2152), code page 65000: `+` begins base64 of UTF-16, `-` or any other character ends it.

pub(super) fn decode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match octet {
            b'+' if after.first() == Some(&b'-') => {
                text.push('+');
                rest = after.get(1..).unwrap_or_default();
            }
            b'+' => rest = shifted(&mut text, after),
            0..0x80 => text.push(char::from(octet)),
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text
}

/// Decodes the base64 at the beginning of `octets` and gives what follows it.
fn shifted<'a>(text: &mut String, octets: &'a [u8]) -> &'a [u8] {
    let end = octets.iter().position(|octet| sextet(*octet).is_none());
    let (base64, after) = octets.split_at(end.unwrap_or(octets.len()));
    let mut units = Vec::with_capacity(base64.len() / 2);
    let (mut bits, mut count) = (0_u32, 0);
    for value in base64.iter().filter_map(|octet| sextet(*octet)) {
        // At most 15 bits wait for their unit.
        bits = (bits & 0x7fff) << 6 | u32::from(value);
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count & 0xffff) as u16);
        }
    }
    let decoded = char::decode_utf16(units);
    text.extend(decoded.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    after.strip_prefix(b"-").unwrap_or(after)
}

fn sextet(octet: u8) -> Option<u8> {
    Some(match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], expected: &str) {
        assert_eq!(decode(octets), expected);
    }

    #[test]
    fn examples_of_the_standard() {
        check(b"A+ImIDkQ.", "A\u{2262}\u{391}.");
        check(b"Hi Mom +Jjo-!", "Hi Mom \u{263a}!");
        check(b"+ZeVnLIqe-", "\u{65e5}\u{672c}\u{8a9e}");
        check(b"Item 3 is +AKM-1.", "Item 3 is \u{a3}1.");
        check(b"1 +- 1", "1 + 1");
    }

    #[test]
    fn what_is_wrong_loses_little() {
        check(b"+2D3eCg-", "\u{1f60a}");
        check(b"+2D0-x", "\u{fffd}x");
        check(b"a+", "a");
        check(b"caf\xe9", "caf\u{fffd}");
    }
}
