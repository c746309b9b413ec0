//! RTF bodies: what they encapsulate ([MS-OXRTFEX]), and documents of their own as HTML and as text.
//!
//! The input is RTF as [MS-OXRTFCP] decompresses it. [`Kind::of`] says what it carries. [`de_encapsulate`] gives the HTML or
//! the text that a body once was, as it was; [`Document`] reads RTF that never was anything else and writes it anew. Text is
//! UTF-8 then, whatever the code pages of its fonts were.
//!
//! Malformed RTF is read as far as it makes sense. What [`Limits`](crate::Limits) bounds here: tokens, groups within groups,
//! pictures, and the octets that are written; each step is linear in its input. No code from a document can run: text is
//! escaped, and a link has one of a few schemes. Held by `fuzz_targets/tnef_rtf.rs`.
//!
//! [MS-OXRTFEX]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxrtfex/
//! [MS-OXRTFCP]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxrtfcp/

mod budget;
mod characters;
mod encapsulated;
mod error;
mod font;
mod kind;
mod meta;
mod native;
mod symbol;
pub mod token;

pub use encapsulated::{Encapsulated, EncapsulatedKind, de_encapsulate};
pub use error::RtfError;
pub use kind::Kind;
pub use native::{
    Document, EmbeddedObject, NativeHtml, Picture, PictureKind, Placeholder, PlaceholderKind,
    to_html, to_text,
};

#[cfg(test)]
mod tests;
