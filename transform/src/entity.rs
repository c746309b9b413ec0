//! A MIME entity that we make (RFC 2045, RFC 2046).
//!
//! Everything is 7 bit but what is verbatim. Boundaries begin with `=_`, which neither base64 nor quoted-printable can hold,
//! and text that has such a line is quoted; so only what is verbatim has to be searched for a boundary.

pub(crate) mod header;
pub(crate) mod outline;
pub(crate) mod parameter;
mod plain;
pub(crate) mod transfer;
pub(crate) mod words;

use bytes::Bytes;
use memchr::memmem;

use crate::segment::{Segment, Segments};
use header::Header;
use transfer::Transfer;

/// Header fields and body, or parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    header: Bytes,
    body: Body,
}

/// What stands below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// As it is written; we made it.
    Octets(Bytes),
    /// As somebody else wrote it.
    Verbatim(Bytes),
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

/// How a part is to be shown (RFC 2183 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Within the message.
    Inline,
    /// Beside it.
    Attachment,
}

/// What a part says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Label<'l> {
    /// Type and subtype; they are checked already.
    pub(crate) media_type: &'l str,
    /// Other parameters of the type.
    pub(crate) parameters: &'l [(&'l str, &'l str)],
    /// The name of the file.
    pub(crate) name: Option<&'l str>,
    /// How it is shown.
    pub(crate) disposition: Option<Disposition>,
    /// By which HTML refers to it, without angle brackets.
    pub(crate) content_id: Option<&'l str>,
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

    /// Text in UTF-8, in the encoding that suits it.
    pub(crate) fn text(label: Label<'_>, text: &str) -> Self {
        let text = transfer::canonical(text);
        let transfer = Transfer::of(&text);
        let parameters = [label.parameters, &[("charset", "utf-8")]].concat();
        let header = content_fields(
            Label {
                parameters: &parameters,
                ..label
            },
            transfer.as_str(),
        );
        let body = match transfer {
            Transfer::SevenBit => Body::Octets(text.into()),
            Transfer::QuotedPrintable => Body::Octets(transfer::quoted_printable(&text)),
            Transfer::Base64 => Body::Base64(text.into()),
        };
        Self { header, body }
    }

    /// Fields of a report, which are ASCII and have short lines.
    pub(crate) fn fields(media_type: &str, fields: String) -> Self {
        let label = Label {
            media_type,
            ..Label::default()
        };
        Self {
            header: content_fields(label, "7bit"),
            body: Body::Octets(fields.into()),
        }
    }

    /// Octets, in base64.
    pub(crate) fn file(label: Label<'_>, octets: Bytes) -> Self {
        Self {
            header: content_fields(label, "base64"),
            body: Body::Base64(octets),
        }
    }

    /// What others wrote, with its own content fields.
    pub(crate) fn verbatim(header: Bytes, body: Bytes) -> Self {
        let body = Body::Verbatim(body);
        Self { header, body }
    }

    /// Parts within one. `boundary` makes one boundary after another.
    pub(crate) fn multipart(
        label: Label<'_>,
        parts: Vec<Self>,
        mut boundary: impl FnMut() -> String,
    ) -> Self {
        let mut chosen = boundary();
        while parts.iter().any(|part| part.holds(chosen.as_bytes())) {
            chosen = boundary();
        }
        let parameters = [label.parameters, &[("boundary", &chosen)]].concat();
        let label = Label {
            parameters: &parameters,
            ..label
        };
        let encoding = seven_or_eight(parts.iter().all(Self::is_seven_bit));
        Self {
            header: content_fields(label, encoding),
            body: Body::Parts {
                boundary: chosen,
                parts,
            },
        }
    }

    /// A message with the header fields of `header` and its content.
    pub(crate) fn message(label: Label<'_>, header: String, content: Self) -> Self {
        Self {
            header: content_fields(label, seven_or_eight(content.is_seven_bit())),
            body: Body::Message {
                header: header.into(),
                content: Box::new(content),
            },
        }
    }

    /// Type and subtype.
    pub(crate) fn media_type(&self) -> String {
        let header = String::from_utf8_lossy(&self.header);
        let value = header.strip_prefix("Content-Type: ").unwrap_or_default();
        let end = value.find([';', '\r']).unwrap_or(value.len());
        value[..end].to_owned()
    }

    fn holds(&self, boundary: &[u8]) -> bool {
        match &self.body {
            Body::Verbatim(octets) => memmem::find(octets, boundary).is_some(),
            Body::Octets(_) | Body::Base64(_) => false,
            Body::Parts { parts, .. } => parts.iter().any(|part| part.holds(boundary)),
            Body::Message { content, .. } => {
                content.holds(boundary) || memmem::find(&content.header, boundary).is_some()
            }
        }
    }

    fn is_seven_bit(&self) -> bool {
        match &self.body {
            Body::Verbatim(octets) => octets.is_ascii(),
            Body::Octets(_) | Body::Base64(_) => true,
            Body::Parts { parts, .. } => parts.iter().all(Self::is_seven_bit),
            Body::Message { content, .. } => content.is_seven_bit(),
        }
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
            Self::Octets(octets) | Self::Verbatim(octets) => out.push(octets),
            Self::Base64(octets) => out.0.push(Segment::Base64(octets)),
            Self::Parts { boundary, parts } => {
                for part in parts {
                    out.push(format!("\r\n--{boundary}\r\n"));
                    part.write(out);
                }
                out.push(format!("\r\n--{boundary}--\r\n"));
            }
            Self::Message { header, content } => {
                out.push(header);
                content.write(out);
            }
        }
    }
}

fn content_fields(label: Label<'_>, encoding: &str) -> Bytes {
    let mut header = Header::default();
    let mut parameters: Vec<String> = vec![label.media_type.to_owned()];
    let others = label.parameters.iter();
    parameters.extend(others.map(|(name, value)| parameter::parameter(name, value)));
    if let Some(name) = label.name {
        add(&mut parameters, parameter::name(name));
    }
    header.structured(
        "Content-Type",
        separated(parameters).iter().map(String::as_str),
    );
    header.structured("Content-Transfer-Encoding", [encoding]);
    if let Some(id) = label.content_id {
        header.structured("Content-ID", [format!("<{id}>").as_str()]);
    }
    if let Some(disposition) = label.disposition {
        let mut pieces = vec![disposition.as_str().to_owned()];
        if let Some(name) = label.name {
            add(&mut pieces, parameter::filename(name));
        }
        let pieces = separated(pieces);
        header.structured("Content-Disposition", pieces.iter().map(String::as_str));
    }
    header.finish().into()
}

/// Further words of a value stay with it.
fn add(parameters: &mut Vec<String>, pieces: Vec<String>) {
    parameters.extend(pieces);
}

/// A semicolon stands before each parameter, not before the further words of a value.
fn separated(mut pieces: Vec<String>) -> Vec<String> {
    for at in 1..pieces.len() {
        let is_word = pieces[at].starts_with("=?");
        if !is_word {
            pieces[at - 1].push(';');
        }
    }
    pieces
}

fn seven_or_eight(is_seven: bool) -> &'static str {
    match is_seven {
        true => "7bit",
        false => "8bit",
    }
}

impl Disposition {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }
}

#[cfg(test)]
mod tests;
