//! Base 64 (RFC 4648 §4) in lines of 64 characters, for PEM and for MIME bodies.

/// Encodes; every line, the last included, ends in CRLF.
pub(crate) fn encode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() / 3 * 4 + octets.len() / 24 + 8);
    for line in octets.chunks(48) {
        line.chunks(3)
            .for_each(|group| encode_group(group, &mut text));
        text.push_str("\r\n");
    }
    text
}

fn encode_group(group: &[u8], text: &mut String) {
    let octet = |i: usize| group.get(i).copied().map_or(0, u32::from);
    let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
    for position in 0..4 {
        if position <= group.len() {
            let index = (bits >> (18 - 6 * position)) & 0x3f;
            text.push(char::from(ALPHABET[index as usize]));
        } else {
            text.push('=');
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_come_out() {
        let check =
            |input: &str, expected: &str| assert_eq!(encode(input.as_bytes()), expected, "{input}");
        check("", "");
        check("f", "Zg==\r\n");
        check("fo", "Zm8=\r\n");
        check("foo", "Zm9v\r\n");
        check("foob", "Zm9vYg==\r\n");
        check("fooba", "Zm9vYmE=\r\n");
        check("foobar", "Zm9vYmFy\r\n");
    }

    #[test]
    fn lines_are_64_characters_long() {
        let text = encode(&[0; 49]);
        assert_eq!(text, format!("{}\r\nAA==\r\n", "A".repeat(64)));
    }
}
