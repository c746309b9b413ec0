//! Who is behind a group, through the groups within it.
//!
//! A group stays with the system that owns it. Here is only said who its members are in the end, once each: loops end
//! where they close, depth and number are bounded, and a group that only its own system can expand is told.

use std::collections::{HashSet, VecDeque};

use routing::Address;

use crate::limits::{EXPANSION_DEPTH_MAX, EXPANSION_MAX};
use crate::{Entry, Key, Kind, Reference, System};

/// The members of a group in the end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Expansion<'a> {
    /// Those that the source knows, once each.
    pub entries: Vec<&'a Entry>,
    /// Addresses that it does not know.
    pub addresses: Vec<Address>,
    /// References to objects that it does not have.
    pub missing: Vec<&'a str>,
    /// Groups within that only their system can expand.
    pub opaque: Vec<&'a Entry>,
    /// Whether a bound was met, so that this is not all.
    pub cut: bool,
}

/// Expands a group. `find` looks a reference up in the same source.
pub fn expand<'a>(
    group: &'a Entry,
    find: impl Fn(&Reference) -> Option<&'a Entry>,
) -> Expansion<'a> {
    let mut found = Expansion::default();
    let mut seen: HashSet<&Key> = HashSet::from([&group.key]);
    let mut addresses: HashSet<&Address> = HashSet::new();
    let mut waiting = VecDeque::from([(group, 0)]);
    while let Some((group, depth)) = waiting.pop_front() {
        for reference in &group.members {
            if found.count() + waiting.len() >= EXPANSION_MAX {
                found.cut = true;
                return found;
            }
            match (find(reference), reference) {
                (Some(entry), _) if !seen.insert(&entry.key) => {}
                (Some(entry), _) if entry.kind == Kind::DynamicGroup => found.opaque.push(entry),
                (Some(entry), _) if entry.kind != Kind::Group => found.entries.push(entry),
                (Some(_), _) if depth + 1 >= EXPANSION_DEPTH_MAX => found.cut = true,
                (Some(entry), _) => waiting.push_back((entry, depth + 1)),
                (None, Reference::Address(address)) if !addresses.insert(address) => {}
                (None, Reference::Address(address)) => found.addresses.push(address.clone()),
                (None, Reference::Object(name)) => found.missing.push(name),
            }
        }
    }
    found
}

impl Expansion<'_> {
    fn count(&self) -> usize {
        self.entries.len() + self.addresses.len() + self.missing.len() + self.opaque.len()
    }

    /// The systems its members live in, each once.
    pub fn systems(&self) -> Vec<&System> {
        let mut systems: Vec<&System> = self
            .entries
            .iter()
            .filter_map(|entry| entry.system())
            .collect();
        systems.sort_unstable();
        systems.dedup();
        systems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Location;

    fn entry(name: &str, kind: Kind, members: &[&str]) -> Entry {
        let system = if name.starts_with('n') {
            System::Domino
        } else {
            System::Cloud
        };
        let mut entry = Entry::new(Key::from_text(name).unwrap(), Location::In(system));
        entry.kind = kind;
        let reference = |text: &&str| match Address::parse(text) {
            Ok(address) => Reference::Address(address),
            Err(_) => Reference::Object((*text).to_owned()),
        };
        entry.members = members.iter().map(reference).collect();
        entry
    }

    fn find<'a>(all: &'a [Entry]) -> impl Fn(&Reference) -> Option<&'a Entry> {
        move |reference| match reference {
            Reference::Object(name) => all.iter().find(|entry| entry.key.as_str() == name),
            Reference::Address(_) => None,
        }
    }

    #[test]
    fn everybody_is_found_once_and_loops_end() {
        let all = [
            entry("g1", Kind::Group, &["c1", "g2", "x@example.net", "gone"]),
            entry(
                "g2",
                Kind::Group,
                &["n1", "g1", "g2", "c1", "X@Example.net", "d1"],
            ),
            entry("c1", Kind::User, &[]),
            entry("n1", Kind::User, &[]),
            entry("d1", Kind::DynamicGroup, &[]),
        ];
        let found = expand(&all[0], find(&all));
        let keys = |entries: &[&Entry]| {
            entries
                .iter()
                .map(|entry| entry.key.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&found.entries), ["c1", "n1"]);
        assert_eq!(found.addresses, [Address::parse("x@example.net").unwrap()]);
        assert_eq!(
            (found.missing.as_slice(), keys(&found.opaque), found.cut),
            (&["gone"][..], vec!["d1".to_owned()], false)
        );
        assert_eq!(found.systems(), [&System::Cloud, &System::Domino]);
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
        let all = chain(EXPANSION_DEPTH_MAX);
        let found = expand(&all[0], find(&all));
        assert_eq!((found.entries.len(), found.cut), (1, false));
        let all = chain(EXPANSION_DEPTH_MAX + 1);
        let found = expand(&all[0], find(&all));
        assert_eq!((found.entries.len(), found.cut), (0, true));
    }

    #[test]
    fn the_number_is_bounded() {
        let of = |count: usize| {
            let names: Vec<String> = (0..count)
                .map(|number| format!("a{number}@example.net"))
                .collect();
            entry(
                "g",
                Kind::Group,
                &names.iter().map(String::as_str).collect::<Vec<_>>(),
            )
        };
        let check = |count, expected| {
            let group = of(count);
            let found = expand(&group, |_| None);
            assert_eq!((found.addresses.len(), found.cut), expected);
        };
        check(EXPANSION_MAX, (EXPANSION_MAX, false));
        check(EXPANSION_MAX + 1, (EXPANSION_MAX, true));
    }
}
