//! Names: used once, and known where they are used.

use std::collections::BTreeMap;

use book::System;

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::nearest::nearest;
use crate::config::reading::Reading;
use crate::config::{Config, Directory, UnknownRecipient, Words};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    unique(
        "listener",
        config.listeners.iter().map(|one| one.name.as_str()),
        reading,
    );
    unique(
        "directory",
        config.directories.iter().map(|one| one.name.as_str()),
        reading,
    );
    let sides: Vec<&str> = config.sides.iter().map(|side| side.name.as_str()).collect();
    let listeners: Vec<&str> = config
        .listeners
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let proofs = config.sides.iter().filter_map(|side| {
        let path = KeyPath::of("side").key(&side.name).key("accept");
        Some((side.accept.as_ref()?, path))
    });
    let upstreams = config.upstreams.iter().map(|one| {
        let path = KeyPath::of("upstream").key(&one.name);
        (&one.accept, path)
    });
    for (accept, path) in proofs.chain(upstreams) {
        let path = path.key("listeners");
        for (index, name) in accept.listeners.iter().enumerate() {
            known("listener", name, &listeners, &path.index(index), reading);
        }
    }
    for (index, name) in config
        .internet
        .iter()
        .flat_map(|internet| &internet.from)
        .enumerate()
    {
        known(
            "side",
            name,
            &sides,
            &KeyPath::of("internet.from").index(index),
            reading,
        );
    }
    if let Some(name) = config
        .internet
        .as_ref()
        .and_then(|one| one.through.as_ref())
    {
        let path = KeyPath::of("internet.next_hop").index(0);
        known("side", name, &sides, &path, reading);
        through(config, name, &path, reading);
    }
    for (index, directory) in config.directories.iter().enumerate() {
        let section = KeyPath::of("directory").index(index);
        for (path, name) in named_sides(directory, &section) {
            known("side", &name, &sides, &path, reading);
        }
    }
    for domain in &config.domains {
        if let UnknownRecipient::Side(name) = &domain.unknown_recipient {
            let path = KeyPath::of("domain")
                .key(&domain.name)
                .key("unknown_recipient");
            if known("side", name, &sides, &path, reading) {
                reachable(config, name, &path, reading);
            }
        }
    }
}

/// The sides that a source names, and where.
fn named_sides(directory: &Directory, section: &KeyPath) -> Vec<(KeyPath, String)> {
    match &directory.words {
        Words::Csv => Vec::new(),
        Words::Ldif(attributes) => {
            let path = section.key("attributes").key("default_side");
            let name = attributes.default_side.iter();
            name.map(|name| (path.clone(), name.clone())).collect()
        }
        Words::Preset(preset) => {
            let sides = section.key("sides");
            let named = preset.sides();
            let named = named.map(|(system, side)| (sides.key(system.name()), side.to_owned()));
            let by_rule = preset.systems().filter_map(|(rule, system)| match system {
                System::Side(name) => Some((section.key(rule.name()), name.into())),
                _ => None,
            });
            named.chain(by_rule).collect()
        }
    }
}

/// A way out through a side needs its hops, and the side's own mail cannot go back there.
fn through(config: &Config, name: &str, path: &KeyPath, reading: &mut Reading) {
    let side = config.sides.iter().find(|side| side.name == *name);
    let says = match side {
        Some(side) if side.next_hop.is_empty() => {
            format!("side `{name}` has no next hop, so no mail goes out through it")
        }
        Some(_)
            if config
                .internet
                .iter()
                .any(|one| one.from.iter().any(|from| from == name)) =>
        {
            format!("mail of side `{name}` would go out through the side it came from")
        }
        Some(_) | None => return,
    };
    reading.refuse(path, Fault::new(Code::NO_NEXT_HOP, says));
}

fn unique<'n>(section: &str, names: impl Iterator<Item = &'n str>, reading: &mut Reading) {
    let mut seen = BTreeMap::new();
    for (index, name) in names.enumerate() {
        let path = KeyPath::of(section).index(index).key("name");
        if !reading.sound(&path) {
            continue;
        }
        if let Some(first) = seen.get(name) {
            let fault = Fault::new(
                Code::DUPLICATE,
                format!("two sections [[{section}]] are called `{name}`"),
            )
            .label("again here");
            reading.refuse_pair(&path, first, "first here", fault);
        } else {
            seen.insert(name, path);
        }
    }
}

fn known(what: &str, name: &str, names: &[&str], path: &KeyPath, reading: &mut Reading) -> bool {
    // A lower-case quoted domain key may have been written otherwise; its place is then the section's.
    if names.contains(&name)
        || !reading.sound(path)
        || !reading.sound(&KeyPath::default()) && names.is_empty()
    {
        return names.contains(&name);
    }
    let fault = Fault::new(Code::UNKNOWN_NAME, format!("unknown {what} `{name}`"));
    let fault = match nearest(name, names.iter().copied()) {
        Some(near) => fault.label(format!("did you mean `{near}`?")),
        None if names.is_empty() => fault,
        None => fault.label(format!("known: {}", names.join(", "))),
    };
    reading.refuse(path, fault);
    false
}

fn reachable(config: &Config, name: &str, path: &KeyPath, reading: &mut Reading) {
    let hops = KeyPath::of("side").key(name).key("next_hop");
    let only_sends = config
        .sides
        .iter()
        .any(|side| side.name == name && side.next_hop.is_empty());
    if only_sends && reading.sound(&hops) {
        let fault = Fault::new(
            Code::NO_NEXT_HOP,
            format!("side `{name}` has no next hop to take mail for unknown recipients"),
        );
        reading.refuse(path, fault.label("this side only sends"));
    }
}
