//! Who is behind a group, through the groups within it, as its own source says.
//!
//! For administrators: a group that has members on several systems and an owner that reaches only its own should be
//! known before mail is lost. Who gets a message is decided from the snapshot and not here. Loops end where they close,
//! depth and number are bounded, and a group that only its own system can expand is told.

use std::collections::{HashSet, VecDeque};

use routing::Address;

use crate::limits::{EXPANSION_DEPTH_MAX, EXPANSION_MAX};
use crate::{Entry, Key, Kind, Reference};

/// The members of a group in the end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Expansion {
    /// The first address of each, once.
    pub addresses: Vec<Address>,
    /// References to objects that the source does not have, or of which it has no address.
    pub missing: Vec<String>,
    /// Groups within that only their system can expand.
    pub opaque: Vec<Key>,
    /// Whether a group is within itself.
    pub loops: bool,
    /// Whether a bound was met, so that this is not all.
    pub cut: bool,
}

/// Expands a group. `find` looks a reference up in the same source.
pub fn expand<E>(
    group: &Entry,
    mut find: impl FnMut(&Reference) -> Result<Option<Entry>, E>,
) -> Result<Expansion, E> {
    let mut found = Expansion::default();
    let mut groups: HashSet<Key> = HashSet::from([group.key.clone()]);
    let mut addresses: HashSet<Address> = HashSet::new();
    // Each with the groups above it.
    let mut waiting: VecDeque<(Vec<Key>, Vec<Reference>)> = VecDeque::new();
    waiting.push_back((vec![group.key.clone()], group.members.clone()));
    while let Some((above, members)) = waiting.pop_front() {
        for reference in &members {
            if found.count() + waiting.len() >= EXPANSION_MAX {
                found.cut = true;
                return Ok(found);
            }
            match (find(reference)?, reference) {
                (Some(entry), _) if above.contains(&entry.key) => found.loops = true,
                (Some(entry), _) if entry.kind.is_group() && !groups.insert(entry.key.clone()) => {}
                (Some(entry), _) if entry.kind == Kind::DynamicGroup => {
                    found.opaque.push(entry.key)
                }
                (Some(entry), _) if entry.kind == Kind::Group => {
                    if above.len() >= EXPANSION_DEPTH_MAX {
                        found.cut = true;
                        continue;
                    }
                    let further = above.iter().cloned().chain([entry.key]).collect();
                    waiting.push_back((further, entry.members));
                }
                (Some(entry), _) => match entry.addresses().next() {
                    Some(address) if addresses.insert(address.clone()) => {
                        found.addresses.push(address.clone());
                    }
                    Some(_) => {}
                    None => found.missing.push(entry.key.to_string()),
                },
                (None, Reference::Address(address)) if !addresses.insert(address.clone()) => {}
                (None, Reference::Address(address)) => found.addresses.push(address.clone()),
                (None, Reference::Object(name)) => found.missing.push(name.clone()),
            }
        }
    }
    Ok(found)
}

impl Expansion {
    fn count(&self) -> usize {
        self.addresses.len() + self.missing.len() + self.opaque.len()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::{Location, System};

    fn entry(name: &str, kind: Kind, members: &[&str]) -> Entry {
        let system = Location::In(System::Cloud);
        let mut entry = Entry::new(Key::from_text(name).unwrap(), system);
        entry.kind = kind;
        if !name.starts_with('z') {
            entry.primary = Some(Address::parse(&format!("{name}@contoso.com")).unwrap());
        }
        let reference = |text: &&str| match Address::parse(text) {
            Ok(address) => Reference::Address(address),
            Err(_) => Reference::Object((*text).to_owned()),
        };
        entry.members = members.iter().map(reference).collect();
        entry
    }

    fn expanded(all: &[Entry]) -> Expansion {
        let find = |reference: &Reference| {
            Ok::<_, Infallible>(match reference {
                Reference::Object(name) => {
                    let found = all.iter().find(|entry| entry.key.as_str() == name);
                    found.cloned()
                }
                Reference::Address(_) => None,
            })
        };
        expand(&all[0], find).unwrap_or_else(|never| match never {})
    }

    #[test]
    fn everybody_is_found_once_and_loops_end() {
        let found = expanded(&[
            entry("g1", Kind::Group, &["c1", "g2", "x@example.net", "gone"]),
            entry(
                "g2",
                Kind::Group,
                &["n1", "g1", "g2", "c1", "X@Example.net", "d1", "z1"],
            ),
            entry("c1", Kind::User, &[]),
            entry("n1", Kind::User, &[]),
            entry("z1", Kind::User, &[]),
            entry("d1", Kind::DynamicGroup, &[]),
        ]);
        let addresses: Vec<String> = found.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(
            addresses,
            ["c1@contoso.com", "x@example.net", "n1@contoso.com"]
        );
        assert_eq!(found.missing, ["gone", "z1"]);
        assert_eq!(found.opaque, [Key::from_text("d1").unwrap()]);
        assert!(found.loops && !found.cut);
    }

    #[test]
    fn a_group_in_two_groups_is_no_loop() {
        let found = expanded(&[
            entry("g1", Kind::Group, &["g2", "g3"]),
            entry("g2", Kind::Group, &["g4"]),
            entry("g3", Kind::Group, &["g4"]),
            entry("g4", Kind::Group, &["c1"]),
            entry("c1", Kind::User, &[]),
        ]);
        assert_eq!((found.addresses.len(), found.loops), (1, false));
    }

    #[test]
    fn depth_is_bounded() {
        let chain = |length: usize| -> Vec<Entry> {
            let group = |number: usize| {
                entry(
                    &format!("g{number}"),
                    Kind::Group,
                    &[&format!("g{}", number + 1)],
                )
            };
            let mut all: Vec<Entry> = (0..length).map(group).collect();
            all.push(entry(&format!("g{length}"), Kind::User, &[]));
            all
        };
        let check = |length: usize, expected| {
            let found = expanded(&chain(length));
            assert_eq!((found.addresses.len(), found.cut), expected);
        };
        check(EXPANSION_DEPTH_MAX, (1, false));
        check(EXPANSION_DEPTH_MAX + 1, (0, true));
    }

    #[test]
    fn the_number_is_bounded() {
        let check = |count: usize, expected| {
            let names: Vec<String> = (0..count)
                .map(|number| format!("a{number}@example.net"))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let found = expanded(&[entry("g", Kind::Group, &names)]);
            assert_eq!((found.addresses.len(), found.cut), expected);
        };
        check(EXPANSION_MAX, (EXPANSION_MAX, false));
        check(EXPANSION_MAX + 1, (EXPANSION_MAX, true));
    }
}
