//! The plain text that an entity begins with.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memmem;

use super::{Body, Entity};

impl Entity {
    /// What a reader of plain text alone is shown, in UTF-8 as all text that we make. `None`: there is no such part.
    pub(crate) fn plain(&self) -> Option<Cow<'_, str>> {
        let entity = self.way_to_plain().last()?;
        let octets = match &entity.body {
            Body::Text { text, .. } => text,
            Body::Base64(octets) => octets,
            Body::Verbatim(_) | Body::Parts { .. } | Body::Message { .. } => return None,
        };
        let is_plain = entity.media_type() == "text/plain";
        is_plain.then(|| String::from_utf8_lossy(octets))
    }

    /// Puts somebody else's part in the place of that text. `false`: it has a boundary of ours in it, or there is no such
    /// place.
    pub(crate) fn replace_plain(&mut self, header: Bytes, body: Bytes) -> bool {
        let new = Self::verbatim(header, body);
        let has_place = self.has_place_for(&new);
        if has_place {
            let is_seven_bit = new.is_all_seven_bit();
            self.put(new, Place::Plain, is_seven_bit);
        }
        has_place
    }

    /// The same in the place of text and HTML. `false` also where the type of the body is told further up, as another one.
    pub(crate) fn replace_body(&mut self, header: Bytes, body: Bytes) -> bool {
        let new = Self::verbatim(header, body);
        let has_place = self.has_place_for(&new)
            && (new.media_type() == "multipart/alternative" || !self.is_related());
        if has_place {
            let is_seven_bit = new.is_all_seven_bit();
            self.put(new, Place::Body, is_seven_bit);
        }
        has_place
    }

    /// Whether there is HTML beside that text.
    pub(crate) fn has_html(&self) -> bool {
        let is_html = |part: &Self| part.media_type() == "text/html";
        self.way_to_plain().any(|entity| match &entity.body {
            Body::Parts { parts, .. } => parts.iter().any(is_html),
            _ => false,
        })
    }

    /// Whether a file of these octets is in it, but for those of messages within.
    pub(crate) fn holds_file(&self, octets: &[u8]) -> bool {
        match &self.body {
            Body::Base64(file) => file == octets,
            Body::Parts { parts, .. } => parts.iter().any(|part| part.holds_file(octets)),
            Body::Text { .. } | Body::Verbatim(_) | Body::Message { .. } => false,
        }
    }

    /// The entities that hold that text, from the outermost, and at last the text.
    fn way_to_plain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |entity| match &entity.body {
            Body::Parts { parts, .. } => parts.first(),
            _ => None,
        })
    }

    fn has_place_for(&self, new: &Self) -> bool {
        let Body::Verbatim(body) = &new.body else {
            return false;
        };
        self.way_to_plain().all(|entity| match &entity.body {
            Body::Parts { boundary, parts } => {
                !parts.is_empty() && memmem::find(body, boundary.as_bytes()).is_none()
            }
            _ => true,
        })
    }

    fn is_related(&self) -> bool {
        self.way_to_plain()
            .any(|entity| entity.media_type() == "multipart/related")
    }

    fn is_all_seven_bit(&self) -> bool {
        self.header.is_ascii() && self.is_seven_bit()
    }

    /// As deep as what we make, which is bounded.
    fn put(&mut self, new: Self, place: Place, is_seven_bit: bool) {
        let is_alternative = self.media_type() == "multipart/alternative";
        let Body::Parts { parts, .. } = &mut self.body else {
            *self = new;
            return;
        };
        if is_alternative && place == Place::Body {
            parts.retain(|part| part.media_type() != "text/html");
            if parts.len() == 1 {
                *self = new;
                return;
            }
        }
        if let Some(first) = parts.first_mut() {
            first.put(new, place, is_seven_bit);
        }
        if !is_seven_bit {
            self.header = eight_bit(&self.header);
        }
    }
}

/// What somebody else's part stands in the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The plain text.
    Plain,
    /// The plain text and the HTML beside it.
    Body,
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
