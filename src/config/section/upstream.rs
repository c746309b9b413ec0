//! `[upstream.NAME]`: a mail filter in front of us, which speaks for the internet.

use toml::de::DeTable;

use super::root::name_fault;
use super::{Keys, Section};
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::value::domain_name::DomainName;
use crate::config::{Accept, Eku, Require, Upstream};
use crate::limits::RECEIVED_FIELDS;

pub(crate) const KEYS: Keys = Keys {
    section: "upstream.NAME",
    names: &[
        "certificate_names",
        "networks",
        "require",
        "eku",
        "client_ca",
        "crl",
        "listeners",
        "received_hops",
        "authserv_id",
        "trust_results",
    ],
};

pub(super) fn read_all(root: &mut Section<'_, '_>) -> Vec<Upstream> {
    let names = root.names("upstream");
    let parent = root.path.key("upstream");
    names
        .into_iter()
        .map(|(name, table)| read(root.reading, parent.key(name), name, table))
        .collect()
}

fn read(reading: &mut Reading, path: KeyPath, name: &str, table: &DeTable<'_>) -> Upstream {
    if let Some(fault) = name_fault(name) {
        reading.refuse(&path, fault);
    }
    let mut section = Section::open(reading, path, &KEYS, Some(table));
    let section = &mut section;
    Upstream {
        name: name.to_owned(),
        accept: Accept {
            certificate_names: section.list("certificate_names"),
            tenant_id: None,
            networks: section.list("networks"),
            require: section.or("require", Require::Any),
            eku: section.or("eku", Eku::Either),
            client_ca: section.file("client_ca"),
            crl: section.file("crl"),
            listeners: section.list("listeners"),
            may_send_as: Vec::new(),
        },
        received_hops: section.bounded::<u64>("received_hops", 1, 1..=RECEIVED_FIELDS as u64)
            as usize,
        authserv_id: section
            .optional::<DomainName>("authserv_id")
            .map(|name| name.0),
        trust_results: section.or("trust_results", false),
    }
}
