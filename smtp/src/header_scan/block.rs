//! A whole header block.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::{CRLF, is_blank, size_of_line, trim_end};
use crate::content::Content;
use crate::trace_field::TraceField;

/// The header block of a message, with the empty line that ended it (unless the message ended first).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeaderBlock {
    octets: Bytes,
    /// Octets of the fields, without the empty line.
    size: usize,
    changed: bool,
}

impl HeaderBlock {
    pub(super) fn new(octets: Bytes, size: usize) -> Self {
        Self {
            octets,
            size,
            changed: false,
        }
    }

    /// The fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        Fields(&self.octets[..self.size])
    }

    /// The block without the fields for which `unwanted` is true.
    pub fn without(&self, mut unwanted: impl FnMut(&Field<'_>) -> bool) -> Self {
        let mut kept = BytesMut::new();
        let mut dropped = 0;
        for field in self.fields() {
            match unwanted(&field) {
                true => dropped += field.raw.len(),
                false => kept.extend_from_slice(field.raw),
            }
        }
        if dropped == 0 {
            return self.clone();
        }
        kept.extend_from_slice(&self.octets[self.size..]);
        Self {
            octets: kept.freeze(),
            size: self.size - dropped,
            changed: true,
        }
    }

    /// The block with a field of ours above all others (RFC 5321 §4.4).
    pub fn prepend(&self, field: &TraceField) -> Self {
        let field = field.as_str().as_bytes();
        Self {
            octets: [field, &self.octets].concat().into(),
            size: field.len() + self.size,
            changed: true,
        }
    }

    /// Octets of the fields, without the empty line.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Whether this is the block as it was received.
    pub fn is_unchanged(&self) -> bool {
        !self.changed
    }

    /// The octets, with the empty line.
    pub fn into_content(self) -> Content {
        Content::new(self.octets)
    }
}

/// One field, or one line that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field<'a> {
    raw: &'a [u8],
    colon: Option<usize>,
}

impl<'a> Field<'a> {
    /// The name, without the blanks that may stand before the colon, also where the colon stands only after a fold.
    /// Empty for a line that is no field.
    pub fn name(&self) -> &'a [u8] {
        trim_end(&self.raw[..self.colon.unwrap_or(0)])
    }

    /// Everything between the colon and the last CRLF, folds included.
    pub fn value(&self) -> &'a [u8] {
        let value = match self.colon {
            Some(colon) => &self.raw[colon + 1..],
            None => self.raw,
        };
        value.strip_suffix(CRLF).unwrap_or(value)
    }

    /// The field as it stands in the message, with its last CRLF.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let mut size = size_of_line(self.0)?;
        while self.0.get(size).is_some_and(is_blank) {
            size += size_of_line(&self.0[size..])?;
        }
        let (raw, rest) = self.0.split_at(size);
        self.0 = rest;
        let colon = memchr(b':', raw);
        Some(Field { raw, colon })
    }
}
