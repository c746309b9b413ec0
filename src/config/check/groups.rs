//! Groups that are expanded here: one message becomes mail for several sides.

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{Config, Directory, GroupExpansion};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    for (index, directory) in config.directories.iter().enumerate() {
        let section = KeyPath::of("directory").index(index);
        let path = section.key("group_expansion");
        let expands = directory.group_expansion == GroupExpansion::Gateway;
        if !expands || !reading.sound(&path) {
            continue;
        }
        if reading.sound(&section.key("kind")) {
            without_members(directory, &path, reading);
        }
        if config.internet.is_none() && reading.sound(&KeyPath::of("internet")) {
            without_way_out(directory, &path, reading);
        }
    }
}

fn without_members(directory: &Directory, path: &KeyPath, reading: &mut Reading) {
    if directory.tells_members() {
        return;
    }
    let (name, kind) = (&directory.name, directory.kind());
    let fault = Fault::new(
        Code::NO_MEMBERS,
        format!("source `{name}` of kind \"{kind}\" does not tell who is in a group"),
    );
    reading.refuse(
        path,
        fault.note("leave the key out; the owner of its groups expands them"),
    );
}

/// A message for several sides is kept while one of them is down, and then there are reports about it.
fn without_way_out(directory: &Directory, path: &KeyPath, reading: &mut Reading) {
    let fault = Fault::new(
        Code::GROUPS_NO_WAY_OUT,
        format!(
            "groups of source `{}` would become mail for several sides, and reports about it have no way out",
            directory.name
        ),
    );
    reading.refuse(
        path,
        fault.note(
            "give [internet] a next_hop, or leave the key out: the owner of a group expands it",
        ),
    );
}
