//! Listeners: each its own name and address, and those that demand a proof can get one.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{Accept, Config, Listener};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    duplicate_addresses(&config.listeners, reading);
    for (index, listener) in config.listeners.iter().enumerate() {
        unprovable(
            config,
            listener,
            &KeyPath::of(format!("listener[{index}]")),
            reading,
        );
    }
}

fn duplicate_addresses(listeners: &[Listener], reading: &mut Reading) {
    let mut seen = BTreeMap::new();
    for (index, listener) in listeners.iter().enumerate() {
        let path = KeyPath::of(format!("listener[{index}].address"));
        if listener.address.port() == 0 || !reading.sound(&path) {
            continue;
        }
        if let Some(first) = seen.get(&listener.address) {
            let fault = Fault::new(
                Code::DUPLICATE,
                format!("two listeners at {}", listener.address),
            )
            .label("again here");
            reading.refuse_pair(&path, first, "first here", fault);
        } else {
            seen.insert(listener.address, path);
        }
    }
}

fn unprovable(config: &Config, listener: &Listener, path: &KeyPath, reading: &mut Reading) {
    let known = reading.sound(&KeyPath::of("side"))
        && reading.sound(&KeyPath::of("tls"))
        && reading.sound(path);
    if !listener.require_proof || !known {
        return;
    }
    let counts =
        |accept: &Accept| accept.listeners.is_empty() || accept.listeners.contains(&listener.name);
    if !config
        .sides
        .iter()
        .filter_map(|side| side.accept.as_ref())
        .chain(config.upstreams.iter().map(|one| &one.accept))
        .any(counts)
    {
        let fault = Fault::new(
            Code::UNPROVABLE_LISTENER,
            format!("nobody can speak on listener `{}`", listener.name),
        );
        reading.refuse(
            &path.key("require_proof"),
            fault.label("no side's proof counts here"),
        );
    }
}
