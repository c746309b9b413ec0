//! `[side.NAME.tls]` and `[internet.tls]`: how we speak to hops.

use super::root::trust_roots;
use super::{Keys, Section};
use crate::config::{HopTls, NamePattern, TlsMode};

const NAMES: &[&str] = &["mode", "server_names", "trust_roots", "crl"];
pub(crate) const SIDE_KEYS: Keys = Keys {
    section: "side.NAME.tls",
    names: NAMES,
};
pub(crate) const INTERNET_KEYS: Keys = Keys {
    section: "internet.tls",
    names: NAMES,
};

pub(super) fn read(
    section: &mut Section<'_, '_>,
    mode: TlsMode,
    server_names: Vec<NamePattern>,
) -> HopTls {
    HopTls {
        mode: section.or("mode", mode),
        server_names: section.list_or("server_names", server_names),
        trust_roots: trust_roots(section),
        crl: section.file("crl"),
    }
}
