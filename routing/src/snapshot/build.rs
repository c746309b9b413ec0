//! From recipients to the index.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use super::layout::{self, Header, KEY_HEAD, SLOT, Section};
use super::record::Record;
use super::{Found, Index, Meta, Snapshot, hash, home, tag};
use crate::limits::{
    ALIASES_MAX, NAME_OCTETS_MAX, SNAPSHOT_DOMAINS_MAX, SNAPSHOT_NAMES_MAX,
    SNAPSHOT_SECTION_OCTETS_MAX,
};
use crate::{Address, Recipient, SideName, UnixTime};

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
    draft.add_routing_addresses()?;
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
    keys: Vec<u8>,
    /// Hash and place of each key.
    hashes: Vec<(u64, u32)>,
    records: Vec<u8>,
    recipients: u64,
}

impl Draft {
    fn new(meta: &Meta) -> Result<Self, BuildError> {
        let mut draft = Self {
            secret: secret(),
            domains: Numbers::new(SNAPSHOT_DOMAINS_MAX),
            sides: Numbers::new(SNAPSHOT_NAMES_MAX),
            sources: Numbers::new(SNAPSHOT_NAMES_MAX),
            keys: Vec::new(),
            hashes: Vec::new(),
            records: Vec::new(),
            recipients: 0,
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
        let place = offset(self.records.len())?;
        let primary = self.add_key(&recipient.primary, place, Found::Primary)?;
        let mut aliases = Vec::with_capacity(4 * count);
        for alias in &recipient.aliases {
            aliases.extend_from_slice(&self.add_key(alias, place, Found::Alias)?.to_le_bytes());
        }
        let routing = match &recipient.routing_address {
            Some(address) => Some((self.domain(address.domain())?, address.local())),
            None => None,
        };
        let previous_side = match &recipient.previous_side {
            Some(side) => Some(name_number(&mut self.sides, side.as_str())?),
            None => None,
        };
        let record = Record {
            length: 0,
            side: name_number(&mut self.sides, recipient.side.as_str())?,
            source: name_number(&mut self.sources, &recipient.source)?,
            primary,
            spelling: recipient.primary.spelling(),
            routing,
            moved_at: recipient.moved_at.map(|at| at.seconds()),
            previous_side,
            aliases: &aliases,
        };
        self.recipients += 1;
        record
            .write(&mut self.records)
            .then_some(())
            .ok_or(BuildError::Octets)
    }

    /// Routing addresses come last: the first key of an address wins, and theirs must not hide anybody's own.
    fn add_routing_addresses(&mut self) -> Result<(), BuildError> {
        let records = std::mem::take(&mut self.records);
        let mut place = 0;
        while let Some(record) = Record::read(&records[place..]) {
            if let Some((domain, local)) = record.routing {
                let domain = &self.domains.names[usize::from(domain)];
                let address = Address::from_parts(local, domain)
                    .expect("it was an address before it was written");
                self.add_key(&address, offset(place)?, Found::RoutingAddress)?;
            }
            place += record.length;
        }
        self.records = records;
        Ok(())
    }

    fn add_key(&mut self, address: &Address, record: u32, found: Found) -> Result<u32, BuildError> {
        let (place, domain) = (offset(self.keys.len())?, self.domain(address.domain())?);
        let local = address.folded_local();
        let hash = hash(&self.secret, local, domain);
        self.keys.extend_from_slice(&record.to_le_bytes());
        self.keys.extend_from_slice(&domain.to_le_bytes());
        self.keys
            .extend_from_slice(&[layout::found_number(found), local.len() as u8]);
        self.keys.extend_from_slice(local.as_bytes());
        self.hashes.push((hash, place));
        Ok(place)
    }

    fn domain(&mut self, domain: &str) -> Result<u16, BuildError> {
        self.domains.number(domain).ok_or(BuildError::Domains)
    }

    fn finish(mut self, meta: &Meta) -> Result<Snapshot, BuildError> {
        self.drop_repeated_keys();
        let slots = self.slots()?;
        let read_at: Vec<_> = self
            .sources
            .names
            .iter()
            .map(|name| read_at(meta, name))
            .collect();
        let reads = reads_section(read_at.iter().copied());
        let names = self.names_section(&read_at);
        let sections = [reads, names, slots, self.keys, self.records];
        let header = Header {
            hash_key: self.secret,
            built_at: meta.built_at,
            recipients: self.recipients,
            addresses: self.hashes.len() as u64,
            octets: std::array::from_fn(|i| sections[i].len() as u64),
            checksums: Section::CHECKED.map(|section| crc32fast::hash(&sections[section as usize])),
        };
        let mut image = Vec::with_capacity(header.length() as usize);
        image.extend_from_slice(&header.encode());
        sections
            .iter()
            .for_each(|section| image.extend_from_slice(section));

        let sources: Vec<Arc<str>> = self
            .sources
            .names
            .iter()
            .map(|name| Arc::from(&**name))
            .collect();
        let sides = self
            .sides
            .names
            .iter()
            .map(|name| SideName::from(&**name))
            .collect();
        let index = Index {
            image,
            header,
            domains: self.domains.names,
            domain_numbers: self.domains.numbers,
            sides,
            sources,
        };
        Ok(Snapshot {
            index: Arc::new(index),
            read_at: read_at.into(),
        })
    }

    /// Sorts the keys by hash, which is the order of their homes, and leaves the first of equal ones.
    fn drop_repeated_keys(&mut self) {
        self.hashes.sort_unstable();
        let keys = &self.keys;
        let name = |place: u32| {
            let start = place as usize;
            let length = usize::from(keys[start + KEY_HEAD - 1]);
            (
                &keys[start + 4..start + 6],
                &keys[start + KEY_HEAD..start + KEY_HEAD + length],
            )
        };
        let mut kept: Vec<(u64, u32)> = Vec::with_capacity(self.hashes.len());
        for entry in &self.hashes {
            let same_hash = kept.iter().rev().take_while(|before| before.0 == entry.0);
            if !same_hash
                .into_iter()
                .any(|before| name(before.1) == name(entry.1))
            {
                kept.push(*entry);
            }
        }
        self.hashes = kept;
    }

    /// Open addressing with linear steps, three quarters full. In the order of the homes nothing wraps far.
    fn slots(&self) -> Result<Vec<u8>, BuildError> {
        let count = self.hashes.len() + self.hashes.len() / 3 + 1;
        offset(count * SLOT)?;
        let mut slots = vec![0; count * SLOT];
        let mut free = 0;
        let mut wrapped = Vec::new();
        for entry in &self.hashes {
            let slot = home(entry.0, count).max(free);
            free = slot + 1;
            if slot < count {
                put(&mut slots, slot, *entry)
            } else {
                wrapped.push(*entry)
            }
        }
        let mut slot = 0;
        for entry in wrapped {
            while slots[slot * SLOT + 4..(slot + 1) * SLOT] != [0; 4] {
                slot += 1;
            }
            put(&mut slots, slot, entry);
        }
        Ok(slots)
    }

    fn names_section(&self, read_at: &[Option<UnixTime>]) -> Vec<u8> {
        let mut out = Vec::new();
        let count = |names: &[Box<str>], out: &mut Vec<u8>| {
            out.extend_from_slice(&(names.len() as u16).to_le_bytes())
        };
        count(&self.sources.names, &mut out);
        for (name, read_at) in self.sources.names.iter().zip(read_at) {
            write_name(name, &mut out);
            out.extend_from_slice(&read_at.map_or(0, UnixTime::seconds).to_le_bytes());
        }
        for names in [&self.sides.names, &self.domains.names] {
            count(names, &mut out);
            names.iter().for_each(|name| write_name(name, &mut out));
        }
        out
    }
}

fn write_name(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(name.as_bytes());
}

/// When a source was read; one that only recipients name never was.
fn read_at(meta: &Meta, name: &str) -> Option<UnixTime> {
    meta.sources
        .iter()
        .find(|source| &*source.name == name)
        .and_then(|source| source.read_at)
}

/// The times of the sources, with a checksum of their own.
pub(super) fn reads_section(reads: impl Iterator<Item = Option<UnixTime>>) -> Vec<u8> {
    let mut out: Vec<u8> = reads
        .flat_map(|read| read.map_or(0, UnixTime::seconds).to_le_bytes())
        .collect();
    out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
    out
}

fn put(slots: &mut [u8], slot: usize, (hash, place): (u64, u32)) {
    slots[slot * SLOT..slot * SLOT + 4].copy_from_slice(&tag(hash).to_le_bytes());
    slots[slot * SLOT + 4..(slot + 1) * SLOT].copy_from_slice(&(place + 1).to_le_bytes());
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
