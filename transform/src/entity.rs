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

use crate::media_type::{MediaType, file_name};
use crate::segment::{Segment, Segments};
use header::Header;
use transfer::{Transfer, quoted_printable};

/// Header fields and body, or parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    header: Bytes,
    meant: Meant,
    body: Body,
}

/// What a reader has to find in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Meant {
    /// In lower case.
    media_type: String,
    name: Option<String>,
}

/// What stands below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// Text that we made, and how it is written, unless as it is.
    Text { text: Bytes, written: Option<Bytes> },
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
        Self::Text {
            text: Bytes::new(),
            written: None,
        }
    }
}

impl Entity {
    /// The fields of the content (`Content-Type` and its like), each with its CRLF, without the empty line.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Its header fields, the empty line and its body.
    pub fn segments(&self) -> Segments {
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
        let label = Label {
            parameters: &parameters,
            ..label
        };
        let quoted = (transfer == Transfer::QuotedPrintable).then(|| quoted_printable(&text));
        let text = Bytes::from(text);
        let body = match transfer {
            Transfer::Base64 => Body::Base64(text),
            _ => Body::Text {
                text,
                written: quoted,
            },
        };
        Self::labelled(label, transfer.as_str(), body)
    }

    /// Fields of a report, which are ASCII and have short lines.
    pub(crate) fn fields(media_type: &str, fields: String) -> Self {
        let label = Label {
            media_type,
            ..Label::default()
        };
        let body = Body::Text {
            text: fields.into(),
            written: None,
        };
        Self::labelled(label, "7bit", body)
    }

    /// Octets, in base64.
    pub(crate) fn file(label: Label<'_>, octets: Bytes) -> Self {
        Self::labelled(label, "base64", Body::Base64(octets))
    }

    /// What others wrote, with its own content fields.
    pub(crate) fn verbatim(header: Bytes, body: Bytes) -> Self {
        let (media, disposition) = MediaType::of(&header);
        let meant = Meant {
            name: file_name(&media, &disposition),
            media_type: media.value,
        };
        let body = Body::Verbatim(body);
        Self {
            header,
            meant,
            body,
        }
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
        let body = Body::Parts {
            boundary: chosen.clone(),
            parts,
        };
        Self::labelled(label, encoding, body)
    }

    /// A message with the header fields of `header` and its content.
    pub(crate) fn message(label: Label<'_>, header: String, content: Self) -> Self {
        let encoding = seven_or_eight(content.is_seven_bit());
        let body = Body::Message {
            header: header.into(),
            content: Box::new(content),
        };
        Self::labelled(label, encoding, body)
    }

    fn labelled(label: Label<'_>, encoding: &str, body: Body) -> Self {
        Self {
            header: content_fields(label, encoding),
            meant: Meant {
                media_type: label.media_type.to_ascii_lowercase(),
                name: label.name.map(str::to_owned),
            },
            body,
        }
    }

    /// Type and subtype, in lower case.
    pub(crate) fn media_type(&self) -> &str {
        &self.meant.media_type
    }

    fn holds(&self, boundary: &[u8]) -> bool {
        match &self.body {
            Body::Verbatim(octets) => memmem::find(octets, boundary).is_some(),
            Body::Text { .. } | Body::Base64(_) => false,
            Body::Parts { parts, .. } => parts.iter().any(|part| part.holds(boundary)),
            Body::Message { content, .. } => {
                content.holds(boundary) || memmem::find(&content.header, boundary).is_some()
            }
        }
    }

    fn is_seven_bit(&self) -> bool {
        match &self.body {
            Body::Verbatim(octets) => octets.is_ascii(),
            Body::Text { .. } | Body::Base64(_) => true,
            Body::Parts { parts, .. } => parts.iter().all(Self::is_seven_bit),
            Body::Message { content, .. } => content.is_seven_bit(),
        }
    }

    fn write(&self, out: &mut Segments) {
        out.push(self.header.clone());
        out.push(Bytes::from_static(b"\r\n"));
        self.body.write(out);
    }
}

impl Body {
    fn write(&self, out: &mut Segments) {
        match self {
            Self::Text { text, written } => out.push(written.as_ref().unwrap_or(text).clone()),
            Self::Verbatim(octets) => out.push(octets.clone()),
            Self::Base64(octets) => out.0.push(Segment::Base64(octets.clone())),
            Self::Parts { boundary, parts } => {
                for part in parts {
                    out.push(["\r\n--", boundary, "\r\n"].concat());
                    part.write(out);
                }
                out.push(["\r\n--", boundary, "--\r\n"].concat());
            }
            Self::Message { header, content } => {
                out.push(header.clone());
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
