//! From the lines of a file to the entries of its mirror.

use std::collections::HashMap;

use book::{Entry, Key, Kind, Location, Reference, System};
use mirror::{Extent, Mirror, MirrorError};
use routing::{Address, Listed, Listing};

/// Reads a whole file into a mirror. People of lines that cannot be used stay as they were last known.
pub(super) fn fill(mirror: &mut Mirror, listing: &Listing) -> Result<(), MirrorError> {
    let kept = kept(mirror, &listing.withheld)?;
    let mut named: HashMap<&Address, u32> = HashMap::new();
    let mut round = mirror.round(Extent::Full)?;
    for listed in &listing.recipients {
        let times = named.entry(&listed.recipient.primary).or_default();
        *times += 1;
        if let Some(entry) = entry(listed, *times) {
            round.put(&entry)?;
        }
    }
    for key in &kept {
        round.seen(key)?;
    }
    round.finish(None)
}

/// A line as an entry. Its key is its address; when another line has the same, the first comes first among them.
fn entry(listed: &Listed, times: u32) -> Option<Entry> {
    let recipient = &listed.recipient;
    let address = recipient.primary.canonical();
    let key = match times {
        1 => Key::from_text(address)?,
        more => Key::from_text(&format!("{address}#{more}"))?,
    };
    let side = System::Side(recipient.side.as_str().into());
    let location = match recipient.group {
        Some(_) => Location::GroupOf(side),
        None => Location::In(side),
    };
    let mut entry = Entry::new(key, location);
    if let Some(group) = &recipient.group {
        entry.kind = Kind::Group;
        entry.flags.internal_only = group.internal_only;
        let members = group.members.iter().cloned();
        entry.members = members.map(Reference::Address).collect();
    }
    entry.primary = Some(recipient.primary.clone());
    entry.aliases.clone_from(&recipient.aliases);
    entry.routing_address.clone_from(&recipient.routing_address);
    entry.version = Some(format!("line {}", listed.line));
    Some(entry)
}

/// The keys of those whose lines cannot be used.
fn kept(mirror: &Mirror, withheld: &[Address]) -> Result<Vec<Key>, MirrorError> {
    let view = mirror.view();
    let (mut keys, mut unknown) = (Vec::new(), Vec::new());
    for address in withheld {
        match Key::from_text(address.canonical()) {
            Some(key) if view.part(&key)?.is_some() => keys.push(key),
            Some(_) | None => unknown.push(address),
        }
    }
    keys.extend(view.holders(unknown)?);
    Ok(keys)
}
