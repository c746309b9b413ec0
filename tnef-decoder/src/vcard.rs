//! vCards: people and groups (RFC 6350, and RFC 2426 for readers of version 3).

mod address;
mod fields;

pub use address::{AddressKind, PostalAddress};
pub use fields::{Card, Dated, EmailAddress, Member, Name, Phone, PhoneKind, Photo, Subject};

use crate::content_line::ContentLines;

/// The version to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Version {
    /// RFC 2426.
    V3,
    /// RFC 6350.
    #[default]
    V4,
}

impl Card {
    /// Its text: UTF-8, lines of at most 75 octets, CRLF.
    pub fn to_text(&self, version: Version) -> String {
        let mut lines = ContentLines::default();
        lines.component("VCARD", |lines| self.write(version, lines));
        lines.finish()
    }
}

#[cfg(test)]
mod tests;
