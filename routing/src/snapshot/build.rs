//! From recipients to the index.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use super::entry::{
    Details, Entry, FLAGS, Next, ROUTING_TAKEN, TAKEN, write_alias, write_group, write_member,
};
use super::file::title;
use super::group::facts;
use super::layout::{HEADER, Header, PAGE, Section};
use super::names::{Names, write_times};
use super::pages::Pages;
use super::table::{self, Key};
use super::{Index, Meta, Snapshot, hash};
use crate::address::fold;
use crate::limits::{
    ALIASES_MAX, NAME_OCTETS_MAX, SNAPSHOT_DOMAINS_MAX, SNAPSHOT_NAMES_MAX,
    SNAPSHOT_SECTION_OCTETS_MAX,
};
use crate::{Address, Group, Recipient, SideName, UnixTime};

/// What does not fit into a snapshot.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BuildError {
    /// A recipient's aliases.
    #[error("{recipient} has {count} aliases; at most {ALIASES_MAX} are taken")]
    Aliases {
        /// Its primary address.
        recipient: Address,
        /// How many there are.
        count: usize,
    },
    /// Different domains.
    #[error("there are addresses in more than {SNAPSHOT_DOMAINS_MAX} domains")]
    Domains,
    /// Different sides or sources.
    #[error(
        "there are more than {SNAPSHOT_NAMES_MAX} sides or sources, or one has a name of more than {NAME_OCTETS_MAX} octets"
    )]
    Names,
    /// All of it.
    #[error("the recipients take more than 4 GiB")]
    Octets,
}

pub(super) fn build(
    records: impl IntoIterator<Item = Recipient>,
    meta: Meta,
) -> Result<Snapshot, BuildError> {
    let mut draft = Draft::new(&meta)?;
    for recipient in records {
        draft.add(&recipient)?;
    }
    draft.finish(&meta)
}

/// Names by number of first use.
struct Numbers<K> {
    names: Vec<K>,
    numbers: HashMap<K, u16>,
    max: usize,
}

impl<K: Clone + Eq + Hash> Numbers<K> {
    fn new(max: usize) -> Self {
        Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            max,
        }
    }

    fn number<Q: ?Sized + Eq + Hash>(&mut self, name: &Q) -> Option<u16>
    where
        K: std::borrow::Borrow<Q> + for<'q> From<&'q Q>,
    {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        let number = u16::try_from(self.names.len())
            .ok()
            .filter(|number| usize::from(*number) < self.max)?;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        Some(number)
    }
}

struct Draft {
    secret: [u8; 16],
    domains: Numbers<Box<str>>,
    sides: Numbers<Box<str>>,
    sources: Numbers<Box<str>>,
    keys: Vec<Key>,
    entries: Entries,
    recipients: u64,
    groups: u64,
}

impl Draft {
    fn new(meta: &Meta) -> Result<Self, BuildError> {
        let mut draft = Self {
            secret: secret(),
            domains: Numbers::new(SNAPSHOT_DOMAINS_MAX),
            sides: Numbers::new(SNAPSHOT_NAMES_MAX),
            sources: Numbers::new(SNAPSHOT_NAMES_MAX),
            keys: Vec::new(),
            entries: Entries::default(),
            recipients: 0,
            groups: 0,
        };
        for source in &meta.sources {
            name_number(&mut draft.sources, &source.name)?;
        }
        Ok(draft)
    }

    fn add(&mut self, recipient: &Recipient) -> Result<(), BuildError> {
        let count = recipient.aliases.len();
        if count > ALIASES_MAX {
            return Err(BuildError::Aliases {
                recipient: recipient.primary.clone(),
                count,
            });
        }
        let place = self.add_primary(recipient)?;
        self.add_key(&recipient.primary, place, false);
        if let Some(routing_address) = &recipient.routing_address {
            self.add_key(routing_address, place, true);
        }
        if let Some(group) = &recipient.group {
            self.entries
                .push(|out| write_group(&facts(group), place, out))?;
            self.groups += 1;
        }
        for alias in &recipient.aliases {
            let domain = self.domain(alias.domain())?;
            let written = self
                .entries
                .push(|out| write_alias(alias.folded_local(), domain, place, out))?;
            self.add_key(alias, written, false);
        }
        if let Some(group) = &recipient.group {
            self.add_members(group, place)?;
        }
        self.recipients += 1;
        Ok(())
    }

    /// No key leads to them: they are only read from the group on.
    fn add_members(&mut self, group: &Group, place: u32) -> Result<(), BuildError> {
        for member in &group.members {
            let domain = self.domain(member.domain())?;
            let (local, spelling) = (member.folded_local(), member.spelling());
            self.entries
                .push(|out| write_member(local, spelling, domain, place, out))?;
        }
        Ok(())
    }

    fn add_primary(&mut self, recipient: &Recipient) -> Result<u32, BuildError> {
        let domain = self.domain(recipient.primary.domain())?;
        let routing = match &recipient.routing_address {
            Some(address) => Some((self.domain(address.domain())?, address.local())),
            None => None,
        };
        let mut side_number = |side: &Option<SideName>| match side {
            Some(side) => name_number(&mut self.sides, side.as_str()).map(Some),
            None => Ok(None),
        };
        let previous_side = side_number(&recipient.previous_side)?;
        let moving_to = side_number(&recipient.moving_to)?;
        let details = Details {
            side: name_number(&mut self.sides, recipient.side.as_str())?,
            source: name_number(&mut self.sources, &recipient.source)?,
            spelling: recipient.primary.spelling(),
            routing,
            moved_at: recipient.moved_at.map(|at| at.seconds()),
            previous_side,
            moving_to,
        };
        let local = recipient.primary.folded_local();
        self.entries.push(|out| details.write(local, domain, out))
    }

    fn add_key(&mut self, address: &Address, place: u32, is_routing: bool) {
        let hash = hash(&self.secret, address);
        self.keys.push(Key {
            hash,
            is_routing,
            place,
        });
    }

    fn domain(&mut self, domain: &str) -> Result<u16, BuildError> {
        self.domains.number(domain).ok_or(BuildError::Domains)
    }

    fn finish(mut self, meta: &Meta) -> Result<Snapshot, BuildError> {
        self.mark_repeated_addresses();
        offset(table::octets(self.keys.len()))?;
        let slots = Pages::filled(table::pages(&self.keys), title(Section::Slots));
        let entries = Pages::filled(self.entries.pages, title(Section::Entries));
        let sources = self.sources.names.into_iter();
        let names = Names {
            sources: sources
                .map(|name| (name.clone(), read_at(meta, &name)))
                .collect(),
            sides: self.sides.names,
            domains: self.domains.names,
        };
        let read_at: Arc<[_]> = names.sources.iter().map(|(_, read_at)| *read_at).collect();
        let sums = slots
            .sums()
            .iter()
            .chain(entries.sums())
            .flat_map(|sum| sum.to_le_bytes());
        let (reads, listed, sums) = (
            write_times(read_at.iter().copied()),
            names.write(),
            sums.collect::<Vec<u8>>(),
        );
        let header = Header {
            secret: self.secret,
            built_at: meta.built_at,
            recipients: self.recipients,
            addresses: self.keys.len() as u64,
            groups: self.groups,
            octets: [
                reads.len(),
                listed.len(),
                sums.len(),
                slots.octets(),
                entries.octets(),
            ]
            .map(|octets| octets as u64),
            checksums: [&listed, &sums].map(|section| crc32fast::hash(section)),
        };
        let head = [&header.encode(), &reads[..], &listed, &sums].concat();
        debug_assert_eq!(head.len(), HEADER + reads.len() + listed.len() + sums.len());
        let index = Index::new(header, head, slots, entries, names);
        Ok(Snapshot {
            index: Arc::new(index),
            patch: None,
            read_at,
        })
    }

    /// An address that leads to somebody else must not be found by accident: its entry says so.
    fn mark_repeated_addresses(&mut self) {
        let (entries, domains) = (&self.entries, &self.domains.names);
        let mut lost = Vec::new();
        let name = |key: &Key| {
            let (local, domain) = entries.name(key)?;
            Some((local, &domains[usize::from(domain)]))
        };
        table::keep_first(
            &mut self.keys,
            |one, other| name(one) == name(other),
            |key| lost.push(*key),
        );
        for key in lost {
            let flag = if key.is_routing { ROUTING_TAKEN } else { TAKEN };
            self.entries.mark(key.place, flag);
        }
    }
}

/// The entries in pages.
#[derive(Default)]
struct Entries {
    pages: Vec<Vec<u8>>,
    /// The one being written.
    draft: Vec<u8>,
}

impl Entries {
    /// Appends what `write` makes of an empty list of octets, and says where it is.
    fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<u32, BuildError> {
        write(&mut self.draft);
        let fits = |page: &Vec<u8>| page.len() + self.draft.len() <= PAGE;
        if !self.pages.last().is_some_and(fits) {
            if let Some(full) = self.pages.last_mut() {
                full.resize(PAGE, 0);
            }
            self.pages.push(Vec::with_capacity(PAGE));
        }
        let before = (self.pages.len() - 1) * PAGE;
        let page = self.pages.last_mut().ok_or(BuildError::Octets)?;
        let place = offset(before + page.len())?;
        page.extend_from_slice(&self.draft);
        Ok(place)
    }

    /// The folded local part and the domain of a key.
    fn name(&self, key: &Key) -> Option<(Cow<'_, str>, u16)> {
        let place = key.place as usize;
        let Next::Entry(entry) = Entry::read(self.pages.get(place / PAGE)?.get(place % PAGE..)?)?
        else {
            return None;
        };
        if key.is_routing {
            let (domain, local) = entry.details()?.0.routing?;
            return Some((fold(local), domain));
        }
        Some((
            Cow::Borrowed(std::str::from_utf8(entry.local).ok()?),
            entry.domain,
        ))
    }

    fn mark(&mut self, place: u32, flag: u8) {
        let place = place as usize;
        self.pages[place / PAGE][place % PAGE + FLAGS] |= flag;
    }
}

/// When a source was read; one that only recipients name never was.
fn read_at(meta: &Meta, name: &str) -> Option<UnixTime> {
    meta.sources
        .iter()
        .find(|source| &*source.name == name)
        .and_then(|source| source.read_at)
}

fn name_number(names: &mut Numbers<Box<str>>, name: &str) -> Result<u16, BuildError> {
    let number = if name.len() <= NAME_OCTETS_MAX {
        names.number(name)
    } else {
        None
    };
    number.ok_or(BuildError::Names)
}

/// A place within a section; the last number is left for "+ 1".
pub(super) fn offset(place: usize) -> Result<u32, BuildError> {
    if place >= SNAPSHOT_SECTION_OCTETS_MAX {
        return Err(BuildError::Octets);
    }
    u32::try_from(place).map_err(|_| BuildError::Octets)
}

/// Sixteen octets nobody can guess: the standard library keys each of its hash maps by the system's random source,
/// and what SipHash makes of a key does not give the key away.
fn secret() -> [u8; 16] {
    let mut secret = [0; 16];
    for half in secret.chunks_exact_mut(8) {
        half.copy_from_slice(&RandomState::new().hash_one("snapshot").to_le_bytes());
    }
    secret
}
