//! RTF bodies (MS-OXRTFEX): the HTML or text inside, and documents of their own as HTML and as text.
//!
//! The input is RTF as [MS-OXRTFCP] decompresses it.

mod budget;
mod characters;
mod encapsulated;
mod error;
mod font;
mod kind;
mod native;
mod symbol;
pub mod token;

pub use encapsulated::{Encapsulated, EncapsulatedKind, de_encapsulate};
pub use error::RtfError;
pub use kind::Kind;
pub use native::{
    NativeHtml, Picture, PictureKind, Placeholder, PlaceholderKind, to_html, to_text,
};
