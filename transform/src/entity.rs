//! A MIME entity that we make (RFC 2045, RFC 2046).

use crate::segment::Segments;

/// Header fields and body, or parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {}

impl Entity {
    /// Its header fields, the empty line and its body.
    pub fn into_segments(self) -> Segments {
        Segments::default()
    }
}
