//! The plain text that an entity begins with.

use bytes::Bytes;
use memchr::memmem;

use super::{Body, Entity};
use crate::field::field;
use crate::media_type::MediaType;
use crate::transfer_encoding::TransferEncoding;

impl Entity {
    /// What a reader of plain text alone is shown, in UTF-8 as all text that we make. `None`: there is no such part.
    pub(crate) fn plain(&self) -> Option<String> {
        let mut entity = self;
        while let Body::Parts { parts, .. } = &entity.body {
            entity = parts.first()?;
        }
        let octets = match &entity.body {
            Body::Octets(octets) => TransferEncoding::of(&entity.header).decode(octets),
            Body::Base64(octets) => octets.to_vec(),
            Body::Verbatim(_) | Body::Parts { .. } | Body::Message { .. } => return None,
        };
        let is_plain = media_type(&entity.header).value == "text/plain";
        is_plain.then(|| String::from_utf8_lossy(&octets).into_owned())
    }

    /// Puts somebody else's part in the place of that text. `false`: it has a boundary of ours in it, or there is no such
    /// place.
    pub(crate) fn replace_plain(&mut self, header: Bytes, body: Bytes) -> bool {
        let is_eight_bit = !header.is_ascii() || !body.is_ascii();
        let mut within = &*self;
        while let Body::Parts { boundary, parts } = &within.body {
            let Some(first) = parts.first() else {
                return false;
            };
            if memmem::find(&body, boundary.as_bytes()).is_some() {
                return false;
            }
            within = first;
        }
        self.put_first(Self::verbatim(header, body), is_eight_bit);
        true
    }

    /// As deep as what we make, which is bounded.
    fn put_first(&mut self, new: Self, is_eight_bit: bool) {
        if is_eight_bit && matches!(self.body, Body::Parts { .. }) {
            self.header = eight_bit(&self.header);
        }
        match &mut self.body {
            Body::Parts { parts, .. } if !parts.is_empty() => {
                parts[0].put_first(new, is_eight_bit);
            }
            _ => *self = new,
        }
    }
}

pub(super) fn media_type(header: &[u8]) -> MediaType {
    let field = field(header, "Content-Type");
    field.map_or_else(MediaType::default, |field| MediaType::read(field.value))
}

/// A multipart is labelled as the widest of its parts (RFC 2045 §6.4).
fn eight_bit(header: &[u8]) -> Bytes {
    const SEVEN: &[u8] = b"Content-Transfer-Encoding: 7bit";
    let Some(at) = memmem::find(header, SEVEN) else {
        return Bytes::copy_from_slice(header);
    };
    let after = &header[at + SEVEN.len()..];
    let label: &[u8] = b"Content-Transfer-Encoding: 8bit";
    [&header[..at], label, after].concat().into()
}
