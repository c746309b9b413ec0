//! The bodies of a message: text and HTML that say the same, and the pictures that RTF holds.

use std::borrow::Cow;

use tnef_decoder::rtf::{
    self, Document, Encapsulated, EncapsulatedKind, Kind, NativeHtml, PlaceholderKind, RtfError,
};
use tnef_decoder::{Limits, LzfuError, Message};

use super::Unconvertible;
use super::plain;

/// What a message says.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    /// As text; empty: nothing.
    pub(crate) text: String,
    /// As HTML in UTF-8.
    pub(crate) html: Option<String>,
    /// Pictures that the HTML names `cid:` and [`rtf::Picture::content_id`].
    pub(crate) pictures: Vec<rtf::Picture>,
    /// Where the HTML has room for attachments, ascending.
    pub(crate) places: Vec<usize>,
    /// Objects that are in the RTF itself.
    pub(crate) objects: Vec<rtf::EmbeddedObject>,
    /// How many of them could not be read.
    pub(crate) lost_objects: usize,
    /// RTF that could not be read, as it is in the stream.
    pub(crate) unread: Option<Vec<u8>>,
}

impl Bodies {
    /// Reads them. HTML comes before RTF, which Outlook makes of it.
    pub(crate) fn read(message: &Message<'_>, limits: &Limits) -> Result<Self, Unconvertible> {
        let mut bodies = match message.html() {
            Some(html) => Self::of_html(labelled(html)),
            None => Self::of_rtf(message, limits)?,
        };
        match message.text().filter(|text| !text.trim().is_empty()) {
            Some(text) => bodies.text = text.into_owned(),
            None if bodies.text.is_empty() => {
                let html = bodies.html.as_deref();
                bodies.text = html.map(plain::of_html).unwrap_or_default();
            }
            None => {}
        }
        Ok(bodies)
    }

    fn of_html(html: String) -> Self {
        Self {
            html: Some(html),
            ..Self::default()
        }
    }

    fn of_rtf(message: &Message<'_>, limits: &Limits) -> Result<Self, Unconvertible> {
        let decompressed = match message.rtf(limits) {
            None => return Ok(Self::default()),
            Some(Ok(decompressed)) => decompressed.rtf,
            Some(Err(LzfuError::Limit(exceeded))) => return Err(exceeded.into()),
            Some(Err(_)) => return Ok(Self::unread(message)),
        };
        match Self::of_document(&decompressed, limits) {
            Ok(bodies) => Ok(bodies),
            Err(RtfError::Exceeds(exceeded)) => Err(exceeded.into()),
            Err(RtfError::NotRtf | RtfError::NotEncapsulated) => Ok(Self {
                unread: Some(decompressed).filter(|rtf| !rtf.trim_ascii().is_empty()),
                ..Self::default()
            }),
        }
    }

    fn of_document(rtf: &[u8], limits: &Limits) -> Result<Self, RtfError> {
        if Kind::of(rtf)? == Kind::Native {
            let document = Document::read(rtf, limits)?;
            let text = document.to_text(limits)?;
            return Ok(Self::of_native(text, document.into_html(limits)?));
        }
        let mut inner = rtf::de_encapsulate(rtf, limits)?;
        inner.relabel();
        Ok(match inner.kind {
            EncapsulatedKind::Html if !inner.text.trim().is_empty() => Self::of_html(inner.text),
            EncapsulatedKind::Html => Self::default(),
            EncapsulatedKind::Text => Self {
                text: inner.text,
                ..Self::default()
            },
        })
    }

    /// RTF without a word or a picture is what Outlook writes where there is nothing.
    fn of_native(text: String, native: NativeHtml) -> Self {
        let is_empty = text.trim().is_empty();
        if is_empty && native.pictures.is_empty() && native.placeholders.is_empty() {
            return Self::default();
        }
        let all = native.placeholders.len();
        let places = native.placeholders.iter();
        let places = places.filter(|place| place.kind == PlaceholderKind::Attachment);
        let places: Vec<usize> = places.map(|place| place.offset).collect();
        Self {
            text,
            lost_objects: (all - places.len()).saturating_sub(native.objects.len()),
            objects: native.objects,
            places,
            html: Some(native.html),
            pictures: native.pictures,
            unread: None,
        }
    }

    fn unread(message: &Message<'_>) -> Self {
        let octets = message
            .properties
            .binary(tnef_decoder::property_id::RTF_COMPRESSED);
        Self {
            unread: octets
                .map(<[u8]>::to_vec)
                .filter(|octets| !octets.is_empty()),
            ..Self::default()
        }
    }
}

/// HTML that says of itself that it is in UTF-8, if it names a charset at all.
fn labelled(html: Cow<'_, str>) -> String {
    let mut html = Encapsulated {
        kind: EncapsulatedKind::Html,
        text: html.into_owned(),
        attachments: Vec::new(),
    };
    html.relabel();
    html.text
}
