//! Header fields as they are written (RFC 5322 §2.2).

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// One field of a header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Before the colon, as written.
    pub(crate) name: &'a [u8],
    /// After the colon, with its line ends.
    pub(crate) value: &'a [u8],
    /// Where all of it is, the line end included.
    pub(crate) range: Range<usize>,
}

impl Field<'_> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value on one line, without what is around it.
    pub(crate) fn unfolded(&self) -> Vec<u8> {
        let mut line = self.value.to_vec();
        line.retain(|octet| !matches!(octet, b'\r' | b'\n'));
        line.trim_ascii().to_vec()
    }
}

/// The fields of a header block in their order. A line that is neither field nor continuation is passed over.
pub(crate) fn fields(header: &[u8]) -> Fields<'_> {
    Fields { header, at: 0 }
}

/// The first field of a name.
pub(crate) fn field<'a>(header: &'a [u8], name: &str) -> Option<Field<'a>> {
    fields(header).find(|field| field.is(name))
}

/// See [`fields`].
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    header: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while self.at < self.header.len() {
            let begin = self.at;
            let end = end_of_field(self.header, begin);
            self.at = end;
            let raw = &self.header[begin..end];
            if let Some((name, value)) = split(raw) {
                let range = begin..end;
                return Some(Field { name, value, range });
            }
        }
        None
    }
}

/// Behind the line end that no continuation follows.
fn end_of_field(header: &[u8], begin: usize) -> usize {
    for line_end in memchr_iter(b'\n', &header[begin..]) {
        let next = begin + line_end + 1;
        if !matches!(header.get(next), Some(b' ' | b'\t')) {
            return next;
        }
    }
    header.len()
}

fn split(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', raw)?;
    // Blanks before the colon are obsolete, and read (RFC 5322 §4.5).
    let name = raw[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| (name, &raw[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_apart() {
        let check = |header: &str, expected: &[(&str, &str)]| {
            let found: Vec<(String, String)> = fields(header.as_bytes())
                .map(|field| {
                    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
                    (text(field.name), text(&field.unfolded()))
                })
                .collect();
            let found: Vec<(&str, &str)> = found.iter().map(|(n, v)| (&**n, &**v)).collect();
            assert_eq!(found, expected, "{header:?}");
        };
        check("", &[]);
        check("A: b\r\n", &[("A", "b")]);
        check("A: b", &[("A", "b")]);
        check(
            "A:\r\n\tb\r\n  c\r\nD:\r\n\r\n",
            &[("A", "b  c"), ("D", "")],
        );
        check("A : b\nC: d\n\n", &[("A", "b"), ("C", "d")]);
        check("no field\r\nA: b\r\n: c\r\n\r\n", &[("A", "b")]);
        check(" continues nothing\r\nA: b\r\n", &[("A", "b")]);
    }

    #[test]
    fn ranges_hold_all_of_a_field() {
        let header = b"A: b\r\nC: d\r\n e\r\n\r\n";
        let field = field(header, "c").expect("it is there");
        assert_eq!(&header[field.range], b"C: d\r\n e\r\n");
    }
}
