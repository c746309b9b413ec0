//! A MIME entity that we make (RFC 2045, RFC 2046).

use bytes::Bytes;

use crate::segment::{Segment, Segments};

/// Header fields and body, or parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    header: Bytes,
    body: Body,
}

/// What stands below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// As it is written.
    Octets(Bytes),
    /// To be written in base64.
    Base64(Bytes),
    /// `multipart/*`.
    Parts {
        boundary: String,
        parts: Vec<Entity>,
    },
    /// `message/rfc822`: the header of the message, but for the fields of its content.
    Message { header: Bytes, content: Box<Entity> },
}

impl Default for Body {
    fn default() -> Self {
        Self::Octets(Bytes::new())
    }
}

impl Entity {
    /// The fields of the content (`Content-Type` and its like), each with its CRLF, without the empty line.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Its header fields, the empty line and its body.
    pub fn into_segments(self) -> Segments {
        let mut out = Segments::default();
        self.write(&mut out);
        out
    }

    /// The same in two: the fields of the content, and what comes after the empty line.
    pub fn into_header_and_body(self) -> (Bytes, Segments) {
        let mut out = Segments::default();
        self.body.write(&mut out);
        (self.header, out)
    }

    fn write(self, out: &mut Segments) {
        out.push(self.header);
        out.push(Bytes::from_static(b"\r\n"));
        self.body.write(out);
    }
}

impl Body {
    fn write(self, out: &mut Segments) {
        match self {
            Self::Octets(octets) => out.push(octets),
            Self::Base64(octets) => out.0.push(Segment::Base64(octets)),
            Self::Parts { boundary, parts } => {
                for part in parts {
                    out.push(format!("--{boundary}\r\n"));
                    part.write(out);
                    out.push(Bytes::from_static(b"\r\n"));
                }
                out.push(format!("--{boundary}--\r\n"));
            }
            Self::Message { header, content } => {
                out.push(header);
                content.write(out);
            }
        }
    }
}
