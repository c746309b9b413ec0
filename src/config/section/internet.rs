//! `[internet]`: the way out to foreign domains.

use super::{Keys, Section, hop_tls};
use crate::config::{Internet, TlsMode};

pub(crate) const KEYS: Keys = Keys {
    section: "internet",
    names: &["next_hop", "from", "tls"],
};

pub(super) fn read(root: &mut Section<'_, '_>) -> Option<Internet> {
    let mut section = root.child("internet", &KEYS);
    if !section.is_present() {
        return None;
    }
    if !section.has("next_hop") {
        section.miss("next_hop", "next_hop = [\"smarthost.corp.contoso.com:25\"]");
    }
    Some(Internet {
        next_hop: section.list("next_hop"),
        from: section.list("from"),
        tls: hop_tls::read(
            &mut section.child("tls", &hop_tls::INTERNET_KEYS),
            TlsMode::Opportunistic,
            Vec::new(),
        ),
    })
}
