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
