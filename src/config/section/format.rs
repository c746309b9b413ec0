//! `[side.NAME.format]`: what a side can read, and what it sends.

use super::{Keys, Section};
use crate::config::{BareNewline, Format, SideKind, VCard};

pub(crate) const KEYS: Keys = Keys {
    section: "side.NAME.format",
    names: &["tnef", "vcard", "arc_seal", "bare_newline"],
};

pub(super) fn read(section: &mut Section<'_, '_>, kind: SideKind) -> Format {
    Format {
        tnef: section.or("tnef", kind.tnef()),
        vcard: section.or("vcard", VCard::V4),
        arc_seal: section.or("arc_seal", false),
        bare_newline: section.or("bare_newline", BareNewline::Refuse),
    }
}
