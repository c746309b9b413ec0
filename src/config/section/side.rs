//! `[side.NAME]`: a mail system that holds part of the recipients.

use toml::de::DeTable;

use super::root::name_fault;
use super::{Keys, Section, accept, format, hop_tls, identity};
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::value::domain_name::DomainName;
use crate::config::{Side, SideKind};

pub(crate) const KEYS: Keys = Keys {
    section: "side.NAME",
    names: &[
        "kind",
        "next_hop",
        "recipient",
        "routing_domains",
        "max_connections",
        "recipients_per_transaction",
        "tls",
        "identity",
        "accept",
        "format",
    ],
};

/// Names that mean something else wherever a side is named.
const RESERVED: &[&str] = &["internet"];

pub(super) fn read_all(root: &mut Section<'_, '_>) -> Vec<Side> {
    let names = root.names("side");
    if names.is_empty() && !root.has("side") {
        root.miss("side", "[side.cloud] with kind = \"exchange-online\"");
    }
    let parent = root.path.key("side");
    names
        .into_iter()
        .map(|(name, table)| read(root.reading, parent.key(name), name, table))
        .collect()
}

fn read(reading: &mut Reading, path: KeyPath, name: &str, table: &DeTable<'_>) -> Side {
    if let Some(fault) = name_fault(name) {
        reading.refuse(&path, fault);
    } else if RESERVED.contains(&name) {
        let fault = Fault::new(Code::BAD_VALUE, format!("a side cannot be called `{name}`"));
        reading.refuse(
            &path,
            fault.note(
                "choose another name; this one means every sender that no side's proof covers",
            ),
        );
    }
    let mut section = Section::open(reading, path, &KEYS, Some(table));
    let kind = section
        .required("kind", "kind = \"smtp\"")
        .unwrap_or(SideKind::Smtp);
    Side {
        name: name.to_owned(),
        kind,
        next_hop: section.list("next_hop"),
        recipient: section.or("recipient", kind.recipient()),
        routing_domains: section
            .list::<DomainName>("routing_domains")
            .into_iter()
            .map(|name| name.0)
            .collect(),
        max_connections: section.bounded::<u64>("max_connections", 20, 1..=1_000) as usize,
        recipients_per_transaction: section.bounded::<u64>(
            "recipients_per_transaction",
            100,
            1..=1_000,
        ) as usize,
        tls: hop_tls::read(
            &mut section.child("tls", &hop_tls::SIDE_KEYS),
            kind.tls_mode(),
            kind.server_names(),
        ),
        identities: identity::read_all(&mut section),
        accept: accept::read(&mut section.child("accept", &accept::KEYS), kind),
        format: format::read(&mut section.child("format", &format::KEYS), kind),
    }
}
