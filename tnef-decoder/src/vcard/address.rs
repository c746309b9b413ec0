//! Where somebody can be found.

use super::Version;
use crate::content_line::ContentLines;

/// ADR.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostalAddress {
    /// What there is.
    pub kind: AddressKind,
    /// Post office box.
    pub box_number: String,
    /// Street and number, several lines.
    pub street: String,
    /// Town.
    pub locality: String,
    /// State or province.
    pub region: String,
    /// Postal code.
    pub code: String,
    /// Country.
    pub country: String,
}

/// What is at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AddressKind {
    /// Work.
    Work,
    /// Home.
    Home,
    /// Neither.
    #[default]
    Other,
}

impl PostalAddress {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.fields().iter().all(|field| field.trim().is_empty())
    }

    pub(super) fn write(&self, version: Version, lines: &mut ContentLines) {
        if self.is_empty() {
            return;
        }
        let line = lines.line("ADR");
        let line = line.parameter_if("TYPE", self.kind.as_str(version));
        line.texts(self.fields(), ';');
    }

    /// In the order of RFC 6350 §6.3.1; the second one, the extended address, is never used.
    fn fields(&self) -> [&str; 7] {
        [
            &self.box_number,
            "",
            &self.street,
            &self.locality,
            &self.region,
            &self.code,
            &self.country,
        ]
    }
}

impl AddressKind {
    /// RFC 6350 §5.6 and RFC 2426 §3.2.1.
    pub(super) fn as_str(self, version: Version) -> Option<&'static str> {
        match (self, version) {
            (Self::Work, Version::V4) => Some("work"),
            (Self::Home, Version::V4) => Some("home"),
            (Self::Work, Version::V3) => Some("WORK"),
            (Self::Home, Version::V3) => Some("HOME"),
            (Self::Other, _) => None,
        }
    }
}
