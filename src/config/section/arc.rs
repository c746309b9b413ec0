//! `[arc]`: in whose name mail is sealed.

use super::{Keys, Section};
use crate::config::ArcIdentity;
use crate::config::value::domain_name::DomainName;

pub(crate) const KEYS: Keys = Keys {
    section: "arc",
    names: &["domain", "selector", "private_key"],
};

pub(super) fn read(section: &mut Section<'_, '_>) -> Option<ArcIdentity> {
    if !section.is_present() {
        return None;
    }
    let domain = section.required::<DomainName>("domain", "domain = \"contoso.com\"");
    let selector = section.required::<DomainName>("selector", "selector = \"arc2026\"");
    let private_key = section.file("private_key");
    if private_key.is_none() {
        section.miss("private_key", "private_key = \"/etc/twinmx/arc.key\"");
    }
    Some(ArcIdentity {
        domain: domain?.0,
        selector: selector?.0,
        private_key: private_key?,
    })
}
