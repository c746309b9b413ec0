//! What an entity has to look like once it is written and read again.

use super::{Body, Entity};

/// One part, in the order in which parts begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected<'e> {
    /// How many parts it is within.
    pub(crate) depth: usize,
    /// Its type.
    pub(crate) media_type: &'e str,
    /// Its name as a file.
    pub(crate) name: Option<&'e str>,
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
    /// All of its parts, itself first: what was meant, not what is written.
    pub(crate) fn outline(&self) -> Vec<Expected<'_>> {
        let mut expected = Vec::new();
        let mut waiting = vec![(self, 0)];
        while let Some((entity, depth)) = waiting.pop() {
            expected.push(entity.expected(depth));
            match &entity.body {
                Body::Parts { parts, .. } => {
                    waiting.extend(parts.iter().rev().map(|part| (part, depth + 1)));
                }
                Body::Message { content, .. } => waiting.push((content, depth + 1)),
                Body::Text { .. } | Body::Verbatim(_) | Body::Base64(_) => {}
            }
        }
        expected
    }

    fn expected(&self, depth: usize) -> Expected<'_> {
        Expected {
            depth,
            name: self.meant.name.as_deref(),
            media_type: match &*self.meant.media_type {
                "" => "text/plain",
                media_type => media_type,
            },
            body: match &self.body {
                Body::Text { text, .. } => ExpectedBody::Decoded(text.len() as u64),
                Body::Verbatim(octets) => ExpectedBody::Verbatim(octets.len() as u64),
                Body::Base64(octets) => ExpectedBody::Decoded(octets.len() as u64),
                Body::Parts { .. } | Body::Message { .. } => ExpectedBody::Composite,
            },
        }
    }
}
