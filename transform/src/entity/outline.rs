//! What an entity has to look like once it is written and read again.

use super::plain::media_type;
use super::{Body, Entity};
use crate::field::field;
use crate::media_type::MediaType;
use crate::transfer_encoding::TransferEncoding;

/// One part, in the order in which parts begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    /// How many parts it is within.
    pub(crate) depth: usize,
    /// Its type.
    pub(crate) media_type: String,
    /// Its name as a file.
    pub(crate) name: Option<String>,
    /// Its body.
    pub(crate) body: ExpectedBody,
}

/// What a body has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpectedBody {
    /// So many octets once it is decoded.
    Decoded(u64),
    /// So many octets as they are; what parts they have is somebody else's affair.
    Verbatim(u64),
    /// Parts, or a message.
    Composite,
}

impl Entity {
    /// All of its parts, itself first.
    pub(crate) fn outline(&self) -> Vec<Expected> {
        let mut expected = Vec::new();
        let mut waiting = vec![(self, 0)];
        while let Some((entity, depth)) = waiting.pop() {
            expected.push(entity.expected(depth));
            match &entity.body {
                Body::Parts { parts, .. } => {
                    waiting.extend(parts.iter().rev().map(|part| (part, depth + 1)));
                }
                Body::Message { content, .. } => waiting.push((content, depth + 1)),
                Body::Octets(_) | Body::Verbatim(_) | Body::Base64(_) => {}
            }
        }
        expected
    }

    fn expected(&self, depth: usize) -> Expected {
        let media = media_type(&self.header);
        let disposition = field(&self.header, "Content-Disposition");
        let filename = disposition.and_then(|f| MediaType::read(f.value).text("filename"));
        Expected {
            depth,
            name: filename.or_else(|| media.text("name")),
            media_type: match media.value.is_empty() {
                true => "text/plain".to_owned(),
                false => media.value,
            },
            body: self.expected_body(),
        }
    }

    fn expected_body(&self) -> ExpectedBody {
        match &self.body {
            Body::Octets(octets) => {
                let encoding = TransferEncoding::of(&self.header);
                ExpectedBody::Decoded(match encoding.is_identity() {
                    true => octets.len() as u64,
                    false => encoding.decode(octets).len() as u64,
                })
            }
            Body::Verbatim(octets) => ExpectedBody::Verbatim(octets.len() as u64),
            Body::Base64(octets) => ExpectedBody::Decoded(octets.len() as u64),
            Body::Parts { .. } | Body::Message { .. } => ExpectedBody::Composite,
        }
    }
}
