//! What a report needs of the header of the message it is about.

use memchr::{memchr, memchr_iter, memmem};

use crate::limits::{MESSAGE_ID_OCTETS_MAX, RETURNED_HEADER_OCTETS_MAX};
use crate::notice::Original;

impl<'a> Original<'a> {
    /// The fields without the empty line that ends them, the last one with its CRLF, cut between two fields.
    pub(crate) fn fields(&self) -> &'a [u8] {
        let header = self.block();
        if header.len() <= RETURNED_HEADER_OCTETS_MAX {
            return header;
        }
        let mut end = 0;
        while let Some(next) = end_of_field(header, end) {
            if next > RETURNED_HEADER_OCTETS_MAX {
                break;
            }
            end = next;
        }
        &header[..end]
    }

    /// The value of the first field of a name, with its folds.
    pub(crate) fn field(&self, name: &str) -> Option<&'a [u8]> {
        let mut rest = self.block();
        while !rest.is_empty() {
            let (field, after) = rest.split_at(end_of_field(rest, 0).unwrap_or(rest.len()));
            rest = after;
            if let Some(colon) = memchr(b':', field)
                && field[..colon]
                    .trim_ascii_end()
                    .eq_ignore_ascii_case(name.as_bytes())
            {
                return Some(&field[colon + 1..]);
            }
        }
        None
    }

    /// The Message-ID with its brackets, if it is one that may be referred to (RFC 5322 §3.6.4).
    pub(crate) fn message_id(&self) -> Option<&'a str> {
        let value = self.field("Message-ID")?.trim_ascii();
        let inner = value.strip_prefix(b"<")?.strip_suffix(b">")?;
        let is_sane = value.len() <= MESSAGE_ID_OCTETS_MAX
            && inner.contains(&b'@')
            && inner
                .iter()
                .all(|o| o.is_ascii_graphic() && !matches!(o, b'<' | b'>'));
        is_sane.then(|| str::from_utf8(value).ok())?
    }

    fn block(&self) -> &'a [u8] {
        match memmem::find(self.header, b"\r\n\r\n") {
            _ if self.header.starts_with(b"\r\n") => &[],
            Some(end) => &self.header[..end + 2],
            None => self.header,
        }
    }
}

/// Behind the line end that no continuation follows.
fn end_of_field(header: &[u8], begin: usize) -> Option<usize> {
    let mut ends = memchr_iter(b'\n', &header[begin..]).map(|at| begin + at + 1);
    ends.find(|&next| !matches!(header.get(next), Some(b' ' | b'\t')))
}
