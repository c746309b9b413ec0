//! What the header of a part says about it.

use crate::field::fields;
use crate::limits::BOUNDARY_OCTETS_MAX;
use crate::media_type::{MediaType, file_name};
use crate::transfer_encoding::TransferEncoding;

/// A part whose header has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// How many parts it is within.
    pub(crate) depth: usize,
    /// Where its header begins.
    pub(crate) header_at: u64,
    /// Where its body begins.
    pub(crate) body_at: u64,
    /// The header block with the empty line, if there is one.
    pub(crate) header: Vec<u8>,
    /// What its body is.
    pub(crate) kind: Kind,
    /// Content-Type, or what stands where there is none (RFC 2045 §5.2, RFC 2046 §5.1.5).
    pub(crate) media: MediaType,
    /// Content-Disposition.
    pub(crate) disposition: MediaType,
    /// Content-Transfer-Encoding.
    pub(crate) encoding: TransferEncoding,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Octets.
    Leaf,
    /// Parts between delimiters.
    Multipart,
    /// A message with a header block of its own.
    Message,
}

impl Part {
    pub(super) fn read(
        header: Vec<u8>,
        header_at: u64,
        body_at: u64,
        depth: usize,
        in_digest: bool,
        global: Kind,
    ) -> Self {
        let mut media = None;
        let mut disposition = None;
        let mut encoding = None;
        for field in fields(&header) {
            if field.is("Content-Type") && media.is_none() {
                media = Some(MediaType::read(field.value));
            } else if field.is("Content-Disposition") && disposition.is_none() {
                disposition = Some(MediaType::read(field.value));
            } else if field.is("Content-Transfer-Encoding") && encoding.is_none() {
                encoding = Some(TransferEncoding::read(field.value));
            }
        }
        let unsaid: &[u8] = match in_digest {
            true => b"message/rfc822",
            false => b"text/plain",
        };
        let media = media.filter(|media| media.value.contains('/'));
        let media = media.unwrap_or_else(|| MediaType::read(unsaid));
        let encoding = encoding.unwrap_or_default();
        Self {
            depth,
            header_at,
            body_at,
            kind: kind(&media, encoding, global),
            media,
            disposition: disposition.unwrap_or_default(),
            encoding,
            header,
        }
    }

    /// What delimits the parts of a multipart, without the dashes.
    pub(crate) fn boundary(&self) -> Option<Vec<u8>> {
        (self.kind == Kind::Multipart).then(|| boundary(&self.media))?
    }

    /// The name it has as a file.
    pub(crate) fn file_name(&self) -> Option<String> {
        file_name(&self.media, &self.disposition)
    }
}

/// Composite types may not be encoded (RFC 2045 §6.4); one that is, is octets to us. So is a multipart without a boundary that
/// can be looked for. A message/global may have more than ASCII in its header, and be encoded (RFC 6532 §3.5); what it is
/// otherwise is for the caller to say.
fn kind(media: &MediaType, encoding: TransferEncoding, global: Kind) -> Kind {
    match media.top() {
        _ if !encoding.is_identity() => Kind::Leaf,
        "multipart" if boundary(media).is_some() => Kind::Multipart,
        "message" if matches!(media.sub(), "rfc822" | "news") => Kind::Message,
        "message" if media.sub() == "global" => global,
        _ => Kind::Leaf,
    }
}

/// Blanks at its end cannot be told from those of the line (RFC 2046 §5.1.1).
fn boundary(media: &MediaType) -> Option<Vec<u8>> {
    let boundary = media.parameter("boundary")?;
    let boundary = boundary.trim_ascii_end();
    let is_usable = !boundary.is_empty() && boundary.len() <= BOUNDARY_OCTETS_MAX;
    is_usable.then(|| boundary.to_vec())
}
