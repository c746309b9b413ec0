//! RTF that is a document of its own: as HTML and as text.

mod css;
mod digits;
mod document;
mod escape;
mod flow;
mod grid;
mod html;
mod link;
mod list;
mod object;
mod picture;
mod plain;
mod reader;
mod style;
mod table;

pub use document::Document;
pub use html::{NativeHtml, Placeholder, PlaceholderKind};
pub use object::EmbeddedObject;
pub use picture::{Picture, PictureKind};

use super::encapsulated::de_encapsulate;
use super::error::RtfError;
use super::kind::Kind;
use crate::limits::Limits;

impl Document {
    /// Reads `rtf`, whatever it encapsulates.
    pub fn read(rtf: &[u8], limits: &Limits) -> Result<Self, RtfError> {
        reader::read(rtf, limits)
    }

    /// As plain text with lists, tables (a tab between cells) and links (`text <address>`). Lines end with CRLF.
    pub fn to_text(&self, limits: &Limits) -> Result<String, RtfError> {
        plain::write(self, limits)
    }

    /// As HTML: text, looks, lists, tables, links and pictures. Everything that comes from the document is escaped and no
    /// link runs a script.
    pub fn into_html(self, limits: &Limits) -> Result<NativeHtml, RtfError> {
        html::write(self, limits)
    }
}

/// `rtf` as HTML, see [`Document::into_html`].
pub fn to_html(rtf: &[u8], limits: &Limits) -> Result<NativeHtml, RtfError> {
    Document::read(rtf, limits)?.into_html(limits)
}

/// `rtf` as plain text: what it encapsulates if that is text, otherwise see [`Document::to_text`].
pub fn to_text(rtf: &[u8], limits: &Limits) -> Result<String, RtfError> {
    if Kind::of(rtf)? == Kind::EncapsulatedText {
        return Ok(de_encapsulate(rtf, limits)?.text);
    }
    Document::read(rtf, limits)?.to_text(limits)
}

#[cfg(test)]
mod tests;
