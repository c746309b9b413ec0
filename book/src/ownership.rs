//! Which address is whose, over all entries of one source.
//!
//! An address that follows from names ([`Entry::computed`]) is good only while one entry alone has or computes it: the
//! system that takes it refuses, too, what could be two people. An address that two entries have as their own is a
//! mistake in the directory. The whole list is kept, some hundred octets an address.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use routing::Address;

use crate::{Entry, Key};

/// Who has an address.
#[derive(Debug, Default)]
pub struct Ownership {
    holders: HashMap<Box<str>, Holder>,
    duplicates: Vec<Duplicate>,
}

/// One address, two entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duplicate {
    /// The address.
    pub address: Address,
    /// Whoever came first.
    pub first: Key,
    /// Another one.
    pub other: Key,
}

#[derive(Debug)]
enum Holder {
    Own(Key),
    Computed(Key),
    /// Two compute it, so it is nobody's.
    Nobody,
}

impl Ownership {
    /// Takes an entry's addresses into account.
    pub fn add(&mut self, entry: &Entry) {
        for address in entry.addresses() {
            match self.holders.entry(address.canonical().into()) {
                Slot::Vacant(slot) => {
                    slot.insert(Holder::Own(entry.key.clone()));
                }
                Slot::Occupied(mut slot) => match slot.get() {
                    Holder::Own(key) if *key == entry.key => {}
                    Holder::Own(key) => self.duplicates.push(Duplicate {
                        address: address.clone(),
                        first: key.clone(),
                        other: entry.key.clone(),
                    }),
                    Holder::Computed(_) | Holder::Nobody => {
                        slot.insert(Holder::Own(entry.key.clone()));
                    }
                },
            }
        }
        for address in &entry.computed {
            match self.holders.entry(address.canonical().into()) {
                Slot::Vacant(slot) => {
                    slot.insert(Holder::Computed(entry.key.clone()));
                }
                Slot::Occupied(mut slot) => {
                    if matches!(slot.get(), Holder::Computed(key) if *key != entry.key) {
                        slot.insert(Holder::Nobody);
                    }
                }
            }
        }
    }

    /// Those of an entry's computed addresses that are its alone. All entries must have been added before.
    pub fn computed<'e>(&'e self, entry: &'e Entry) -> impl Iterator<Item = &'e Address> {
        entry.computed.iter().filter(|address| {
            let holder = self.holders.get(address.canonical());
            matches!(holder, Some(Holder::Computed(key)) if *key == entry.key)
        })
    }

    /// Addresses that several entries have as their own.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, System};

    fn entry(key: &str, own: &[&str], computed: &[&str]) -> Entry {
        let parse = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| Address::parse(text).unwrap())
                .collect()
        };
        let mut entry = Entry::new(
            Key::from_text(key).unwrap(),
            Location::In(System::GroupWise),
        );
        (entry.aliases, entry.computed) = (parse(own), parse(computed));
        entry
    }

    #[test]
    fn a_computed_address_is_good_while_it_is_ones_alone() {
        let both = "aberg@contoso.com";
        let anna = entry(
            "1",
            &["anna@contoso.com"],
            &[both, "berg.anna@contoso.com", "ben@contoso.com"],
        );
        let albert = entry("2", &["albert@contoso.com"], &["ABerg@contoso.com"]);
        let ben = entry("3", &["ben@contoso.com"], &["anna@contoso.com"]);
        for order in [[&anna, &albert, &ben], [&ben, &albert, &anna]] {
            let mut ownership = Ownership::default();
            order.iter().for_each(|entry| ownership.add(entry));
            let good = |entry| {
                ownership
                    .computed(entry)
                    .map(Address::canonical)
                    .collect::<Vec<_>>()
            };
            assert_eq!(good(&anna), ["berg.anna@contoso.com"]);
            assert!(good(&albert).is_empty() && good(&ben).is_empty());
            assert!(ownership.duplicates().is_empty());
        }
    }

    #[test]
    fn three_who_compute_one_address_have_it_no_more_than_two() {
        let mut ownership = Ownership::default();
        let people = ["1", "2", "3"].map(|key| entry(key, &[], &["x@contoso.com"]));
        people.iter().for_each(|person| ownership.add(person));
        assert!(
            people
                .iter()
                .all(|person| ownership.computed(person).next().is_none())
        );
    }

    #[test]
    fn an_address_of_two_entries_is_told() {
        let mut ownership = Ownership::default();
        let (first, other) = (
            entry("1", &["a@contoso.com"], &[]),
            entry("2", &["A@contoso.com"], &[]),
        );
        [&first, &first, &other]
            .into_iter()
            .for_each(|entry| ownership.add(entry));
        let expected = Duplicate {
            address: Address::parse("a@contoso.com").unwrap(),
            first: first.key,
            other: other.key,
        };
        assert_eq!(ownership.duplicates(), [expected]);
    }
}
