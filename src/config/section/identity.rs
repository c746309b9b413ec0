//! `[[side.NAME.identity]]`: the certificates we show.

use super::{Keys, Section};
use crate::config::{HopIdentity, Identity, IdentityOrigin};

pub(crate) const KEYS: Keys = Keys {
    section: "side.NAME.identity",
    names: &["origin", "certificate", "private_key"],
};

pub(super) fn read_all(side: &mut Section<'_, '_>) -> Vec<HopIdentity> {
    let tables = side.tables("identity");
    tables
        .into_iter()
        .filter_map(|(path, table)| read(Section::open(side.reading, path, &KEYS, Some(table))))
        .collect()
}

fn read(mut section: Section<'_, '_>) -> Option<HopIdentity> {
    let origin = section.or("origin", IdentityOrigin::Any);
    for (key, example) in [
        ("certificate", "certificate = \"/etc/twinmx/mx.pem\""),
        ("private_key", "private_key = \"/etc/twinmx/mx.key\""),
    ] {
        if !section.has(key) {
            section.miss(key, example);
        }
    }
    let (certificate, private_key) = (section.file("certificate"), section.file("private_key"));
    Some(HopIdentity {
        origin,
        identity: Identity {
            certificate: certificate?,
            private_key: private_key?,
        },
    })
}
