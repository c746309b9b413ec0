//! Who is in a group, where its owner cannot reach everybody.
//!
//! Only direct members, by their addresses: so a change in one group changes one recipient. Who they are and where they
//! live is looked up when somebody writes to the group.

use book::{Entry, Kind, Location, Person, Reference, Shelf};
use routing::{Address, Group};

use super::shelf::{Said, ShelfError, Shelved};
use crate::config::GroupExpansion;

/// What is known of somebody's members, if it is a group that can be expanded here. The entry that decides where it
/// lives also says who is in it.
pub(super) fn group(person: &Person, shelves: &[Shelved<'_>]) -> Result<Option<Group>, ShelfError> {
    let winner = person.merged.winner;
    let Some((source, entry)) = winner.and_then(|winner| person.entries.get(winner)) else {
        return Ok(None);
    };
    let shelf = &shelves[*source];
    let expands = shelf.source.group_expansion == GroupExpansion::Gateway;
    // Who is in a dynamic group, its system alone knows.
    if !expands || entry.kind != Kind::Group {
        return Ok(None);
    }
    if let Said::Formerly(snapshot) = &shelf.said {
        let view = entry.primary.as_ref();
        let view = view.and_then(|primary| snapshot.lookup(primary));
        return Ok(view.and_then(|view| view.to_recipient()?.group));
    }
    members(entry, shelf).map(Some)
}

fn members(entry: &Entry, shelf: &Shelved<'_>) -> Result<Group, ShelfError> {
    let mut addresses = Vec::with_capacity(entry.members.len());
    let mut nameless = 0;
    for member in &entry.members {
        match address(member, shelf)? {
            Some(address) => addresses.push(address),
            None => nameless += 1,
        }
    }
    let mut group = Group::of(addresses);
    group.nameless = nameless;
    group.internal_only = entry.flags.internal_only;
    Ok(group)
}

/// By what a member can be reached; `None` where the source has no such object, or no address of it.
fn address(member: &Reference, shelf: &Shelved<'_>) -> Result<Option<Address>, ShelfError> {
    let name = match member {
        Reference::Address(address) => return Ok(Some(address.clone())),
        Reference::Object(name) => name,
    };
    let found = shelf.named(name)?;
    Ok(found.iter().find_map(|entry| match &entry.location {
        // Nobody here has a contact's own address.
        Location::External(address) if shelf.side(entry).is_none() => Some(address.clone()),
        _ => entry.addresses().next().cloned(),
    }))
}
