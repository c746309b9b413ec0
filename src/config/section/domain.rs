//! `[domain."NAME"]`: the domains whose recipients we know.

use toml::de::{DeTable, DeValue};

use super::root::name_fault;
use super::{Keys, Section};
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::nearest::nearest;
use crate::config::value::domain_name::DomainName;
use crate::config::value::mail_address::MailAddress;
use crate::config::value::{Value, text};
use crate::config::{Authentication, Domain, OwnSenders, SendingService, UnknownRecipient};

pub(crate) const KEYS: Keys = Keys {
    section: "domain.\"NAME\"",
    names: &[
        "unknown_recipient",
        "postmaster",
        "authentication",
        "own_senders",
        "own_sender_services",
    ],
};

pub(super) fn read_all(root: &mut Section<'_, '_>) -> Vec<Domain> {
    let names = root.names("domain");
    if names.is_empty() && !root.has("domain") {
        root.miss("domain", "[domain.\"contoso.com\"]");
    }
    let parent = root.path.key("domain");
    let mut domains = Vec::new();
    for (name, table) in names {
        let written = parent.key(name);
        let Some(parsed) = DomainName::parse(name).filter(|_| !is_split(table)) else {
            root.reading.refuse(&written, not_a_domain(name));
            continue;
        };
        // The checks know a domain by its A-labels, however it is spelt here.
        let path = parent.key(&parsed.0);
        root.reading.stands_also(&written, path.clone());
        domains.push(read(
            Section::open(root.reading, path, &KEYS, Some(table)),
            parsed.0,
        ));
    }
    domains
}

/// `[domain.contoso.com]` without quotes is a table `com` within a table `contoso`.
fn is_split(table: &DeTable<'_>) -> bool {
    table.iter().any(|(key, value)| {
        value.get_ref().is_table() && !KEYS.names.contains(&key.get_ref().as_ref())
    })
}

fn not_a_domain(name: &str) -> Fault {
    const NOTE: &str = "write the whole name in quotes: [domain.\"contoso.com\"]";
    Fault::bad(format!("`{name}` is not a domain name"), NOTE)
}

fn read(mut section: Section<'_, '_>, name: String) -> Domain {
    Domain {
        name,
        unknown_recipient: section.or("unknown_recipient", UnknownRecipient::Reject),
        postmaster: section
            .optional::<MailAddress>("postmaster")
            .map(|address| address.to_string()),
        authentication: section.or("authentication", Authentication::Off),
        own_senders: section.or("own_senders", OwnSenders::Report),
        own_sender_services: services(&mut section),
    }
}

fn services(section: &mut Section<'_, '_>) -> Vec<SendingService> {
    let services: Vec<SendingService> = section.list("own_sender_services");
    let most = authentication::limits::SERVICES_MAX;
    if services.len() > most {
        let fault = Fault::new(Code::OUT_OF_BOUNDS, "too many services");
        section.refuse(
            "own_sender_services",
            fault.label(format!("at most {most}")),
        );
    }
    services
}

impl Value for UnknownRecipient {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        match (written, written.strip_prefix("side:")) {
            ("reject", _) => Ok(Self::Reject),
            ("defer", _) => Ok(Self::Defer),
            (_, Some(side)) => {
                name_fault(side).map_or_else(|| Ok(Self::Side(side.to_owned())), Err)
            }
            _ => {
                let fault = Fault::bad(
                    format!("`{written}` is not one of the words possible here"),
                    "write \"reject\", \"defer\" or \"side:NAME\"",
                );
                Err(match nearest(written, ["reject", "defer"]) {
                    Some(word) => fault.label(format!("did you mean `{word}`?")),
                    None => fault,
                })
            }
        }
    }
}
