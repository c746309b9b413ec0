//! Header fields (RFC 5322 §2.2), folded where a line gets long.

use super::words;

/// Header fields while they are written. Whatever is put in, what comes out is ASCII, and a value never begins a field.
#[derive(Debug, Default)]
pub(crate) struct Header {
    out: String,
    /// Octets of the line that is being written.
    column: usize,
}

impl Header {
    /// A field of text, with encoded words where needed (RFC 2047).
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.begin(name);
        let words = words::unstructured(value, LINE_OCTETS - self.column);
        self.pieces(words.iter().map(String::as_str));
        self.end();
    }

    /// A field of pieces that are ASCII as they are, with folds allowed between them.
    pub(crate) fn structured<'p>(&mut self, name: &str, pieces: impl IntoIterator<Item = &'p str>) {
        self.begin(name);
        self.pieces(pieces);
        self.end();
    }

    /// A field as it is, folds and CRLF included.
    pub(crate) fn raw(&mut self, field: &str) {
        self.out.push_str(field);
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn begin(&mut self, name: &str) {
        if self.out.is_empty() {
            self.out.reserve(USUAL_OCTETS);
        }
        self.out.push_str(name);
        self.out.push(':');
        self.column = name.len() + 1;
    }

    fn pieces<'p>(&mut self, pieces: impl IntoIterator<Item = &'p str>) {
        for piece in pieces {
            // RFC 5322 §2.1.1: at most 78, but a piece cannot be folded.
            let is_first = self.out.ends_with(':');
            if self.column + 1 + piece.len() > LINE_OCTETS && !is_first {
                self.out.push_str("\r\n");
                self.column = 0;
            }
            self.out.push(' ');
            self.out.push_str(piece);
            self.column += 1 + piece.len();
        }
    }

    fn end(&mut self) {
        self.out.push_str("\r\n");
    }
}

/// The value of a field of text, as [`Header::text`] writes it, without its name.
pub(crate) fn text_value(name: &str, value: &str) -> String {
    let mut header = Header::default();
    header.text(name, value);
    value_of(header, name)
}

/// The value of a field of pieces, as [`Header::structured`] writes it, without its name.
pub(crate) fn structured_value(name: &str, pieces: &[String]) -> String {
    let mut header = Header::default();
    header.structured(name, pieces.iter().map(String::as_str));
    value_of(header, name)
}

fn value_of(header: Header, name: &str) -> String {
    let field = header.finish();
    let value = field.get(name.len() + 1..).unwrap_or_default();
    value.trim_start_matches(' ').trim_end().to_owned()
}

/// RFC 5322 §2.1.1.
pub(crate) const LINE_OCTETS: usize = 78;
/// What the fields of one part seldom exceed.
const USUAL_OCTETS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_folded_and_never_begin_a_field() {
        let check = |value: &str, expected: &str| {
            let mut header = Header::default();
            header.text("Subject", value);
            assert_eq!(header.finish(), expected);
        };
        check("Hello", "Subject: Hello\r\n");
        check("a\r\nX-Evil: 1", "Subject: a X-Evil: 1\r\n");
        check("Grüße", "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n");
        check(
            &"word ".repeat(20),
            &format!(
                "Subject: {}\r\n {}\r\n",
                ["word"; 14].join(" "),
                ["word"; 6].join(" ")
            ),
        );
        assert_eq!(text_value("Subject", "Grüße"), "=?utf-8?B?R3LDvMOfZQ==?=");
    }
}
