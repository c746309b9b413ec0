//! Domains: each with one meaning, somebody to write to, and a source of its people.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{Config, Domain, UnknownRecipient};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    ambiguous(config, reading);
    for domain in &config.domains {
        postmaster(config, domain, reading);
    }
    let guessed = |domain: &Domain| matches!(domain.unknown_recipient, UnknownRecipient::Side(_));
    let known = reading.sound(&KeyPath::of("directory")) && reading.sound(&KeyPath::of("domain"));
    if config.directories.is_empty() && known && !config.domains.iter().all(guessed) {
        let fault = Fault::new(
            Code::NO_DIRECTORY,
            "there is no directory source, so nobody is known",
        );
        reading.warn(&KeyPath::of("directory"), fault);
    }
}

/// A domain is ours by `[domain]`, or one side's routing domain; never twice.
fn ambiguous(config: &Config, reading: &mut Reading) {
    let ours = config
        .domains
        .iter()
        .map(|domain| (domain.name.as_str(), path_of(domain)));
    let routing = config.sides.iter().flat_map(|side| {
        let path = KeyPath::of("side").key(&side.name).key("routing_domains");
        let places = (0..).map(move |index| path.index(index));
        side.routing_domains.iter().map(String::as_str).zip(places)
    });
    let mut seen: BTreeMap<&str, KeyPath> = BTreeMap::new();
    for (name, path) in ours.chain(routing).collect::<Vec<_>>() {
        if name.is_empty() {
            continue;
        }
        if let Some(first) = seen.get(name) {
            let fault = Fault::new(Code::AMBIGUOUS_DOMAIN, format!("`{name}` has two meanings"))
                .label("again here");
            reading.refuse_pair(&path, first, "first here", fault);
        } else {
            seen.insert(name, path);
        }
    }
}

fn postmaster(config: &Config, domain: &Domain, reading: &mut Reading) {
    let path = path_of(domain).key("postmaster");
    if !reading.sound(&path) {
        return;
    }
    let Some(address) = &domain.postmaster else {
        let fault = Fault::new(
            Code::NO_POSTMASTER,
            format!("nobody reads postmaster@{}", domain.name),
        );
        return reading.warn(&path, fault);
    };
    let at = address.rsplit_once('@').map_or("", |(_, at)| at);
    let routing = config
        .sides
        .iter()
        .flat_map(|side| &side.routing_domains)
        .any(|name| name == at);
    if !routing
        && !config.domains.iter().any(|domain| domain.name == at)
        && reading.sound(&KeyPath::of("domain"))
    {
        let fault = Fault::new(
            Code::FOREIGN_ADDRESS,
            format!("`{at}` is not one of our domains"),
        );
        reading.refuse(&path, fault.label("this mail would have no way to go"));
    }
}

fn path_of(domain: &Domain) -> KeyPath {
    KeyPath::of("domain").key(&domain.name)
}
