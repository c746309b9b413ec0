//! RTF that is a document of its own: as HTML and as text.

mod css;
mod document;
mod escape;
mod flow;
mod grid;
mod html;
mod link;
mod list;
mod picture;
mod plain;
mod reader;
mod scope;
mod style;
mod table;
mod words;

pub use html::{NativeHtml, Placeholder, PlaceholderKind};
pub use picture::{Picture, PictureKind};

use super::encapsulated::{EncapsulatedKind, de_encapsulate};
use super::error::RtfError;
use super::kind::Kind;
use crate::limits::Limits;

/// `rtf` as HTML, whatever it encapsulates: text, looks, lists, tables, links and pictures. Everything that comes from the
/// document is escaped and no link runs a script.
pub fn to_html(rtf: &[u8], limits: &Limits) -> Result<NativeHtml, RtfError> {
    let document = reader::read(rtf, limits)?;
    html::write(document, limits)
}

/// `rtf` as plain text: what it encapsulates if that is text, otherwise the document's text with lists, tables (a tab between
/// cells) and links (`text <address>`). Lines end with CRLF.
pub fn to_text(rtf: &[u8], limits: &Limits) -> Result<String, RtfError> {
    if Kind::of(rtf)? == Kind::EncapsulatedText {
        let encapsulated = de_encapsulate(rtf, limits)?;
        debug_assert_eq!(encapsulated.kind, EncapsulatedKind::Text);
        return Ok(encapsulated.text);
    }
    let document = reader::read(rtf, limits)?;
    plain::write(&document, limits)
}

#[cfg(test)]
mod tests;
