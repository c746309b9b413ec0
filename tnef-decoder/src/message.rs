//! A message: one stream, decoded (MS-OXTNEF §2.1).
//!
//! What is wrong at one place takes nothing away elsewhere: it is a [`Tolerance`]. Only octets that are no TNEF, and more of
//! something than the [`Limits`] allow, are errors. Held by `fuzz_targets/tnef_message.rs`.

mod draft;

use std::borrow::Cow;

use crate::attachment::Attachment;
use crate::code_pages::CodePages;
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::lzfu::{self, Decompressed, LzfuError};
use crate::properties::Properties;
use crate::property_id as id;
use crate::recipient::Recipients;
use crate::stream::{Stream, StreamError};
use crate::tolerance::Tolerance;
use crate::value::Value;

use draft::Draft;

/// All that one stream says.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// By which its writer tells attachments apart.
    pub key: u16,
    /// What kind of item it is, by today's names.
    pub class: Cow<'a, str>,
    /// attMessageClass as it is written.
    pub class_written: Option<Cow<'a, str>>,
    /// Its properties.
    pub properties: Properties<'a>,
    /// Its recipient table.
    pub recipients: Recipients<'a>,
    /// What is attached, in the order of the stream.
    pub attachments: Vec<Attachment<'a>>,
    /// What is odd about the stream.
    pub tolerated: Vec<Tolerance>,
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is no TNEF.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// After the signature nothing can be read.
    #[error("the {octets} octets after the signature of TNEF are no attributes")]
    NoAttributes {
        /// How many they are.
        octets: usize,
    },
    /// It has more of something than its reader allows.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
}

impl<'a> Message<'a> {
    /// Reads a stream. Messages within it are read by [`Attachment::embedded`], and counted by [`Limits::depth`].
    pub fn decode(octets: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        Self::decode_at(octets, limits, 0)
    }

    pub(crate) fn decode_at(
        octets: &'a [u8],
        limits: &Limits,
        depth: usize,
    ) -> Result<Self, DecodeError> {
        LimitExceeded::check(Limit::Depth, depth, limits.depth)?;
        let mut stream = Stream::bounded(octets, limits.attributes)?;
        let mut draft = Draft::new(octets, limits, depth);
        loop {
            let at = stream.position();
            match stream.next() {
                Some(attribute) => draft.add(&attribute, at)?,
                None => return draft.finish(&stream),
            }
        }
    }

    /// What it says about its code pages.
    pub fn code_pages(&self) -> CodePages {
        self.properties.code_pages()
    }

    /// The key that the outer message's header repeats if this belongs to it (MS-OXCMAIL §2.1.3.2.26), without the NUL at its
    /// end.
    pub fn correlation_key(&self) -> Option<&'a [u8]> {
        let key = match self.properties.get(id::TNEF_CORRELATION_KEY)? {
            Value::Binary(key) | Value::String8(key) => key,
            _ => return None,
        };
        Some(key.strip_suffix(&[0]).unwrap_or(key))
    }

    /// The subject.
    pub fn subject(&self) -> Option<Cow<'a, str>> {
        self.properties.text(id::SUBJECT)
    }

    /// The plain text body.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        self.properties.text(id::BODY)
    }

    /// The HTML body, decoded.
    pub fn html(&self) -> Option<Cow<'a, str>> {
        let html = match self.properties.get(id::HTML)? {
            Value::Binary(octets) | Value::String8(octets) => self.code_pages().html(octets),
            value => value.text(self.code_pages().of_text())?,
        };
        (!html.trim().is_empty()).then_some(html)
    }

    /// The RTF body, of at most [`Limits::decoded_octets`].
    pub fn rtf(&self, limits: &Limits) -> Option<Result<Decompressed, LzfuError>> {
        let octets = self.properties.binary(id::RTF_COMPRESSED)?;
        Some(lzfu::decompress(octets, limits.decoded_octets))
    }
}
