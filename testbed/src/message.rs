//! Sample messages, each with a stamp by which a sink knows it again (RFC 5322, RFC 2045).

use crate::base64;
use crate::stamp::stamped;

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The word in its stamp.
    pub id: String,
    /// What is special about it.
    pub what: &'static str,
    /// Its octets, not stuffed.
    pub content: Vec<u8>,
    /// What the transport must offer.
    pub needs: Needs,
}

/// What a message asks of its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// RFC 5321 alone.
    Nothing,
    /// 8BITMIME (RFC 6152).
    EightBit,
    /// SMTPUTF8 (RFC 6531).
    Utf8,
    /// CHUNKING (RFC 3030): it does not end in CRLF.
    Chunking,
}

impl Needs {
    /// The parameters of MAIL that say so.
    pub fn mail_parameters(self) -> &'static str {
        match self {
            Self::Nothing | Self::Chunking => "",
            Self::EightBit => "BODY=8BITMIME",
            Self::Utf8 => "BODY=8BITMIME SMTPUTF8",
        }
    }
}

/// A message in the making.
///
/// ```
/// use testbed::message::Draft;
///
/// let content = Draft::new("spoofed-1")
///     .above("X-MS-Exchange-Organization-AuthAs", "Internal") // outside of what the stamp covers
///     .field("Subject", "Hello")
///     .body(b"Hello.\r\n")
///     .finish();
/// ```
#[derive(Debug, Clone)]
pub struct Draft {
    id: String,
    above: Vec<u8>,
    fields: Vec<u8>,
    body: Vec<u8>,
}

impl Draft {
    /// With Date, From, To and Message-ID.
    pub fn new(id: &str) -> Self {
        let draft = Self {
            id: id.to_owned(),
            above: Vec::new(),
            fields: Vec::new(),
            body: Vec::new(),
        };
        draft
            .field("Date", "Fri, 21 Nov 2025 13:52:00 +0000")
            .field("From", "\"Sender\" <sender@fabrikam.com>")
            .field("To", "\"Anna Berg\" <anna.berg@contoso.com>")
            .field("Message-ID", &format!("<{id}@fabrikam.com>"))
    }

    /// Adds a field; the value may be folded already.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields
            .extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        self
    }

    /// Adds a field above the stamp: one that a gateway may take away without doing damage.
    #[must_use]
    pub fn above(mut self, name: &str, value: &str) -> Self {
        self.above
            .extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, octets: &[u8]) -> Self {
        self.body = octets.to_vec();
        self
    }

    /// The content, stamped.
    pub fn finish(self) -> Vec<u8> {
        let below = [self.fields.as_slice(), b"\r\n", &self.body].concat();
        [self.above, stamped(&self.id, &below)].concat()
    }

    fn sample(self, what: &'static str, needs: Needs) -> Sample {
        Sample {
            id: self.id.clone(),
            what,
            content: self.finish(),
            needs,
        }
    }
}

/// One of each kind, with ids that begin with `prefix`. The one of Needs::Chunking comes last.
pub fn all(prefix: &str) -> Vec<Sample> {
    let id = |number: usize| format!("{prefix}-{number}");
    vec![
        plain(&id(1)),
        latin1(&id(2)),
        utf8_header(&id(3)),
        long_lines(&id(4), 998),
        dot_lines(&id(5)),
        attachment(&id(6), 100_000),
        many_fields(&id(7), 500),
        of_size(&id(8), 10_000),
        empty_body(&id(9)),
        header_only(&id(10)),
        no_final_newline(&id(11)),
    ]
}

/// Two lines of ASCII.
pub fn plain(id: &str) -> Sample {
    let draft = Draft::new(id)
        .field("Subject", "Lunch")
        .body(b"Today at twelve?\r\n\r\nOtto\r\n");
    draft.sample("plain text", Needs::Nothing)
}

/// Eight-bit text in ISO 8859-1, which is no UTF-8.
pub fn latin1(id: &str) -> Sample {
    mime(id, "text/plain; charset=iso-8859-1", "8bit")
        .field("Subject", "=?iso-8859-1?Q?Gr=FC=DFe?=")
        .body(b"Sch\xf6ne Gr\xfc\xdfe aus K\xf6ln, 5 \xb5m.\r\n")
        .sample("8-bit text in ISO 8859-1", Needs::EightBit)
}

/// UTF-8 in the header itself (RFC 6532).
pub fn utf8_header(id: &str) -> Sample {
    mime(id, "text/plain; charset=utf-8", "8bit")
        .field("Subject", "Grüße, 你好, Ωμέγα")
        .field("Reply-To", "Søren Ærø <søren.ærø@contoso.com>")
        .body("Zażółć gęślą jaźń.\r\n".as_bytes())
        .sample("UTF-8 in the header", Needs::Utf8)
}

/// Lines of so many octets, the CRLF not counted: 998 is the longest (RFC 5322 §2.1.1).
pub fn long_lines(id: &str, octets: usize) -> Sample {
    let line = [vec![b'x'; octets], b"\r\n".to_vec()].concat();
    Draft::new(id)
        .field("Subject", "Long lines")
        .body(&line.repeat(5))
        .sample("long lines", Needs::Nothing)
}

/// Lines that begin with dots, end in them, or are one.
pub fn dot_lines(id: &str) -> Sample {
    let body = b".\r\n..\r\n...\r\n.a\r\n. \r\na.\r\n\r\n.\r\n.\r\n\r\n";
    Draft::new(id)
        .field("Subject", "...")
        .body(body)
        .sample("lines of dots", Needs::Nothing)
}

/// A text and an attachment of so many octets in base 64.
pub fn attachment(id: &str, octets: usize) -> Sample {
    let data: Vec<u8> = (0..octets)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 7) as u8)
        .collect();
    let text = "--=_b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nSee attachment.\r\n\r\n";
    let file = "--=_b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
                Content-Disposition: attachment; filename=\"data.bin\"\r\n\r\n";
    let body = [text, file, &base64::encode(&data), "--=_b--\r\n"].concat();
    mime(id, "multipart/mixed; boundary=\"=_b\"", "7bit")
        .field("Subject", "With attachment")
        .body(body.as_bytes())
        .sample("attachment", Needs::Nothing)
}

/// So many fields more than usual, some of them folded.
pub fn many_fields(id: &str, fields: usize) -> Sample {
    let draft = (0..fields).fold(Draft::new(id), |draft, number| {
        let value = if number % 3 == 0 {
            format!("{number}\r\n\tfolded")
        } else {
            number.to_string()
        };
        draft.field(&format!("X-Field-{number}"), &value)
    });
    draft
        .field("Subject", "Many fields")
        .body(b"Below many fields.\r\n")
        .sample("many header fields", Needs::Nothing)
}

/// A message of exactly so many octets, or its bare header and one line where that is more.
pub fn of_size(id: &str, octets: usize) -> Sample {
    let draft = |body: &[u8]| Draft::new(id).field("Subject", "Of a size").body(body);
    let mut body = Vec::with_capacity(octets);
    // The stamp spells the size out, so that the header may grow by a digit: twice is enough to settle.
    let mut header = draft(b"").finish().len();
    for _ in 0..3 {
        body = filler(octets.saturating_sub(header).max(3));
        header = draft(&body).finish().len() - body.len();
    }
    draft(&body).sample("of a given size", Needs::Nothing)
}

/// Nothing below the empty line.
pub fn empty_body(id: &str) -> Sample {
    Draft::new(id)
        .field("Subject", "Empty")
        .sample("empty body", Needs::Nothing)
}

/// No empty line at all: the header is the message.
pub fn header_only(id: &str) -> Sample {
    let fields = Draft::new(id).field("Subject", "Header only").fields;
    Sample {
        id: id.to_owned(),
        what: "no empty line",
        content: stamped(id, &fields),
        needs: Needs::Nothing,
    }
}

/// A last line without CRLF, as only BDAT can say it.
pub fn no_final_newline(id: &str) -> Sample {
    Draft::new(id)
        .field("Subject", "No end")
        .body(b"one\r\ntwo")
        .sample("no final newline", Needs::Chunking)
}

fn mime(id: &str, content_type: &str, encoding: &str) -> Draft {
    Draft::new(id)
        .field("MIME-Version", "1.0")
        .field("Content-Type", content_type)
        .field("Content-Transfer-Encoding", encoding)
}

/// Lines of 72 letters, to exactly so many octets (at least 3), CRLF at the end.
fn filler(octets: usize) -> Vec<u8> {
    const LINE: &[u8] =
        b"The quick brown fox jumps over the lazy dog, again and again and again.\r\n";
    let mut text = LINE.repeat(octets / LINE.len() + 1);
    text.truncate(octets - 2);
    // Cut within a line end: the CR must not stand alone.
    if text.last() == Some(&b'\r') {
        text.pop();
        text.push(b'.');
    }
    text.extend_from_slice(b"\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Stamp;

    #[test]
    fn every_sample_is_stamped_and_has_no_bare_line_end() {
        for sample in all("s") {
            assert_eq!(
                Stamp::of(&sample.content),
                Stamp::Intact(sample.id.clone()),
                "{}",
                sample.what
            );
            let text = String::from_utf8_lossy(&sample.content).replace("\r\n", "");
            assert!(!text.contains(['\r', '\n', '\0']), "{}", sample.what);
            let ended = sample.content.ends_with(b"\r\n");
            assert_eq!(ended, sample.needs != Needs::Chunking, "{}", sample.what);
        }
    }

    #[test]
    fn the_needs_are_those_of_the_octets() {
        for sample in all("s") {
            let header_end = sample
                .content
                .windows(4)
                .position(|w| w == b"\r\n\r\n")
                .unwrap_or(sample.content.len());
            let needs = match (
                sample.content[..header_end].is_ascii(),
                sample.content.is_ascii(),
            ) {
                (false, _) => Needs::Utf8,
                (true, false) => Needs::EightBit,
                (true, true) if sample.content.ends_with(b"\r\n") => Needs::Nothing,
                (true, true) => Needs::Chunking,
            };
            assert_eq!(sample.needs, needs, "{}", sample.what);
        }
    }

    #[test]
    fn a_size_is_met_to_the_octet() {
        let least = of_size("s", 0).content.len();
        for octets in
            (least..least + 200).chain([999, 1000, 1001, 10_000, 99_999, 100_000, 100_001, 1 << 20])
        {
            let sample = of_size("s", octets);
            // One size in a row of ten thousand cannot be: there the stamp itself grows by a digit.
            let off = sample.content.len().abs_diff(octets);
            assert!(off == 0 || off == 1, "{octets}: {}", sample.content.len());
            assert_eq!(
                Stamp::of(&sample.content),
                Stamp::Intact("s".to_owned()),
                "{octets}"
            );
        }
        assert_eq!(of_size("s", 10_000).content.len(), 10_000);
        assert_eq!(of_size("s", 20 << 20).content.len(), 20 << 20);
    }
}
