//! Header fields as their octets, for what signatures cover.

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a [u8],
    /// Behind the colon, with the line ends that it has but the last.
    pub(crate) value: &'a [u8],
}

/// The fields of a header block, from its beginning; what is no field is left out.
pub(crate) fn fields(header: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut rest = header;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (line, behind) = rest.split_at(end(rest));
            rest = behind;
            if let Some(colon) = line.iter().position(|octet| *octet == b':') {
                let value = &line[colon + 1..];
                return Some(Field {
                    name: line[..colon].trim_ascii(),
                    value: value.strip_suffix(b"\r\n").unwrap_or(value),
                });
            }
        }
        None
    })
}

/// Where a line with its continuations ends.
fn end(header: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = header[from..].iter().position(|octet| *octet == b'\n') {
        from += at + 1;
        if !matches!(header.get(from), Some(b' ' | b'\t')) {
            return from;
        }
    }
    header.len()
}

impl Field<'_> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The relaxed form, without its line end (RFC 6376 §3.4.2).
    pub(crate) fn relaxed(&self, out: &mut Vec<u8>) {
        out.extend(self.name.iter().map(u8::to_ascii_lowercase));
        out.push(b':');
        let words = self.value.split(|octet| b" \t\r\n".contains(octet));
        for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
            if index > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
    }

    /// The value of a tag in a list of tags (RFC 6376 §3.2).
    pub(crate) fn tag(&self, name: &str) -> Option<&[u8]> {
        self.value.split(|octet| *octet == b';').find_map(|tag| {
            let equals = tag.iter().position(|octet| *octet == b'=')?;
            let is_it = tag[..equals].trim_ascii() == name.as_bytes();
            is_it.then(|| tag[equals + 1..].trim_ascii())
        })
    }

    /// The instance of a field of an ARC set (RFC 8617 §4.2.1).
    pub(crate) fn instance(&self) -> Option<u32> {
        std::str::from_utf8(self.tag("i")?).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_their_folds() {
        let header = b"A: X\r\nB : Y\t\r\n\tZ  \r\nno field\r\nC:\r\n\r\n";
        let found: Vec<_> = fields(header).collect();
        assert_eq!(found.len(), 3);
        for (field, relaxed) in found.iter().zip(["a:X", "b:Y Z", "c:"]) {
            let mut out = Vec::new();
            field.relaxed(&mut out);
            assert_eq!(out, relaxed.as_bytes()); // RFC 6376 §3.4.5
        }
    }

    #[test]
    fn tags() {
        let field = fields(b"ARC-Seal: a=rsa-sha256;\r\n i = 12 ; cv=pass; d=a.test\r\n").next();
        let field = field.expect("a field");
        assert_eq!(field.instance(), Some(12));
        assert_eq!(field.tag("cv"), Some(&b"pass"[..]));
        assert_eq!(field.tag("x"), None);
    }
}
