//! A recipient where it lies in the snapshot.

use std::sync::Arc;

use super::entry::{ALIAS, Entry, GROUP, MEMBER, Next};
use super::group::GroupView;
use super::layout::PAGE;
use super::{Found, Index, ReadError};
use crate::{Address, Recipient, SideName, UnixTime};

/// A recipient where it lies in the snapshot.
#[derive(Clone, Copy)]
pub struct RecipientView<'a> {
    index: &'a Index,
    /// The place of its primary address.
    place: usize,
    /// Of which the details are read when somebody asks: few do, and a lookup is to copy little.
    entry: Entry<'a>,
    found: Found,
}

impl<'a> RecipientView<'a> {
    /// The recipient whose primary address is `entry`.
    #[inline]
    pub(super) fn new(
        index: &'a Index,
        place: usize,
        entry: Entry<'a>,
        found: Found,
    ) -> Result<Self, ReadError> {
        match entry.details() {
            Some(_) => Ok(Self {
                index,
                place,
                entry,
                found,
            }),
            None => Err(index.entries.damaged()),
        }
    }

    /// The place of its primary address.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// As what the address asked for led here.
    pub fn found(&self) -> Found {
        self.found
    }

    /// The side where it lives.
    pub fn side(&self) -> Option<&'a SideName> {
        self.index.sides.get(usize::from(self.entry.side()))
    }

    /// The source that says so.
    pub fn source(&self) -> Option<&'a Arc<str>> {
        self.index.sources.get(usize::from(self.entry.source()))
    }

    /// The address it is known by.
    pub fn primary(&self) -> Option<Address> {
        self.index
            .address(&self.entry, self.entry.details()?.0.spelling)
    }

    /// The address that only its side has for it.
    pub fn routing_address(&self) -> Option<Address> {
        let (domain, local) = self.entry.details()?.0.routing?;
        Address::from_parts(local, self.index.domain(domain)?).ok()
    }

    /// Further addresses, in their folded form.
    pub fn aliases(&self) -> impl Iterator<Item = Address> + use<'a> {
        let index = self.index;
        self.alias_entries()
            .filter_map(|entry| index.address(&entry, None))
    }

    /// Its primary address and its aliases, as their folded local parts and domains.
    pub fn own_addresses(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let index = self.index;
        let own = std::iter::once(self.entry).chain(self.alias_entries());
        own.filter_map(|entry| {
            let local = std::str::from_utf8(entry.local).ok()?;
            Some((local, index.domain(entry.domain)?))
        })
    }

    /// What follows its own entry, without what is said of a group.
    fn alias_entries(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let own = self.place;
        let entries = self.index.entries_from(own).map(|(_, entry)| entry);
        let following = entries.skip(1).take_while(move |entry| {
            entry.has(ALIAS) && !entry.has(MEMBER) && entry.owner as usize == own
        });
        following.filter(|entry| !entry.has(GROUP))
    }

    /// When the side last changed, or the recipient appeared.
    pub fn moved_at(&self) -> Option<UnixTime> {
        self.entry.details()?.0.moved_at.map(UnixTime::from_seconds)
    }

    /// The side before that.
    pub fn previous_side(&self) -> Option<&'a SideName> {
        let (details, _) = self.entry.details()?;
        self.index.sides.get(usize::from(details.previous_side?))
    }

    /// The side it is being moved to.
    pub fn moving_to(&self) -> Option<&'a SideName> {
        let (details, _) = self.entry.details()?;
        self.index.sides.get(usize::from(details.moving_to?))
    }

    /// What is known of it if it is a group with members. An error is no answer: it may be one.
    pub fn group(&self) -> Result<Option<GroupView<'a>>, ReadError> {
        GroupView::of(self.index, self.place)
    }

    /// Whether both views show the same recipient.
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.index, other.index) && self.place == other.place
    }

    /// The recipient as a value of its own.
    pub fn to_recipient(&self) -> Option<Recipient> {
        Some(Recipient {
            primary: self.primary()?,
            aliases: self.aliases().collect(),
            side: self.side()?.clone(),
            routing_address: self.routing_address(),
            source: self.source()?.clone(),
            moved_at: self.moved_at(),
            previous_side: self.previous_side().cloned(),
            moving_to: self.moving_to().cloned(),
            group: match self.group().ok()? {
                Some(group) => Some(group.to_group().ok()?),
                None => None,
            },
        })
    }

    /// Whether its routing address is `address`, and nobody's own.
    #[inline]
    pub(super) fn is_routed_by(&self, address: &Address) -> bool {
        let routing = self
            .entry
            .details()
            .and_then(|(details, _)| details.routing);
        routing.is_some_and(|(domain, local)| {
            self.index.domain(domain) == Some(address.domain()) && address.is_spelled(local)
        })
    }
}

/// The entries from a place on, until one cannot be read.
pub(super) struct Entries<'a> {
    index: &'a Index,
    place: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn step(&mut self) -> Result<Option<(usize, Entry<'a>)>, ReadError> {
        let entries = &self.index.entries;
        while self.place < entries.octets() {
            match self.index.entry(self.place)? {
                Next::PageEnd => self.place = (self.place / PAGE + 1) * PAGE,
                Next::Entry(entry) => {
                    let octets = entry.octets().ok_or_else(|| entries.damaged())?;
                    let place = self.place;
                    self.place += octets;
                    return Ok(Some((place, entry)));
                }
            }
        }
        Ok(None)
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (usize, Entry<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.step().ok().flatten()
    }
}

impl Index {
    pub(super) fn entries_from(&self, place: usize) -> Entries<'_> {
        Entries { index: self, place }
    }

    pub(super) fn address(&self, entry: &Entry, spelling: Option<&str>) -> Option<Address> {
        let local = std::str::from_utf8(entry.local).ok()?;
        Some(Address::stored(local, self.domain(entry.domain)?, spelling))
    }
}
