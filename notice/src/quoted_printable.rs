//! The quoted-printable encoding (RFC 2045 §6.7).

/// Encodes text whose lines end in CRLF; a CR or LF alone is encoded.
pub(crate) fn encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut column = 0;
    let mut rest = text;
    while let Some((&octet, after)) = rest.split_first() {
        if rest.starts_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
            (rest, column) = (&rest[2..], 0);
            continue;
        }
        rest = after;
        let ends_line = after.is_empty() || after.starts_with(b"\r\n");
        let is_plain = match octet {
            b' ' | b'\t' => !ends_line,
            b'=' => false,
            b'!'..=b'~' => true,
            _ => false,
        };
        let width = if is_plain { 1 } else { 3 };
        // One column is for the `=` of a soft line end.
        if column + width > LINE_OCTETS - 1 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        match is_plain {
            true => out.push(octet),
            false => out.extend_from_slice(format!("={octet:02X}").as_bytes()),
        }
        column += width;
    }
    out
}

const LINE_OCTETS: usize = 76;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                encode(text.as_bytes()).escape_ascii().to_string(),
                expected.as_bytes().escape_ascii().to_string()
            );
        };
        check("a=b\r\nc", "a=3Db\r\nc");
        check("ü", "=C3=BC");
        check("a \r\nb\t", "a=20\r\nb=09");
        check("a\rb\nc\0", "a=0Db=0Ac=00");
        check(&"x".repeat(75), &"x".repeat(75));
        check(&"x".repeat(76), &format!("{}=\r\nx", "x".repeat(75)));
        check(
            &format!("{}=", "x".repeat(73)),
            &format!("{}=\r\n=3D", "x".repeat(73)),
        );
    }
}
