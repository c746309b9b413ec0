//! The immutable index of all recipients: one block of bytes, in memory as it is on disk.
//!
//! A key is a folded local part, the number of its domain and the place of its record. Keys are found through a table
//! of eight-octet slots, by a hash with a secret of each snapshot: recipients are chosen by strangers, who must not be
//! able to choose ones that collide. A key is compared in full, so a hash that collides finds nothing wrong.
//! `layout` draws the bytes.

use std::collections::HashMap;
use std::hash::Hasher;
use std::sync::Arc;
use std::time::Duration;

use siphasher::sip::SipHasher13;

use crate::{Address, Recipient, SideName, UnixTime};

mod build;
mod file;
mod layout;
mod record;

pub use build::BuildError;
pub use file::ReadError;
pub use record::RecipientView;

use layout::{Header, Section};
use record::Record;

/// All recipients at one point in time. Cheap to clone; a clone shares the index.
#[derive(Clone, Debug)]
pub struct Snapshot {
    index: Arc<Index>,
    /// When each source was last read with success, in the order of the index.
    read_at: Arc<[Option<UnixTime>]>,
}

/// What a snapshot says besides its recipients.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// When it is built.
    pub built_at: UnixTime,
    /// All sources, also those that gave no recipient.
    pub sources: Vec<SourceRead>,
}

/// A directory source and when it was last read with success.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceRead {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// `None`: never.
    pub read_at: Option<UnixTime>,
}

/// As what an address leads to its recipient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// It is the primary address.
    Primary,
    /// It is one of the aliases.
    Alias,
    /// It is the routing address.
    RoutingAddress,
}

/// The shared, immutable part.
pub(crate) struct Index {
    image: Vec<u8>,
    header: Header,
    domains: Vec<Box<str>>,
    domain_numbers: HashMap<Box<str>, u16>,
    sides: Vec<SideName>,
    sources: Vec<Arc<str>>,
}

impl Snapshot {
    /// Builds the index. Where two recipients claim one address, the first keeps it; a routing address yields to
    /// every primary address and alias.
    pub fn build(
        records: impl IntoIterator<Item = Recipient>,
        meta: Meta,
    ) -> Result<Self, BuildError> {
        build::build(records, meta)
    }

    /// Nobody, from no source: what there is before any directory was ever read.
    pub fn never_read() -> Self {
        let nobody = SourceRead {
            name: "".into(),
            read_at: None,
        };
        let meta = Meta {
            built_at: UnixTime::from_seconds(0),
            sources: vec![nobody],
        };
        Self::build([], meta).expect("nothing exceeds no bound")
    }

    /// The recipient an address leads to.
    pub fn lookup(&self, address: &Address) -> Option<RecipientView<'_>> {
        self.lookup_parts(address.folded_local(), address.domain())
    }

    /// The same for a folded local part and a canonical domain.
    pub(crate) fn lookup_parts(
        &self,
        folded_local: &str,
        domain: &str,
    ) -> Option<RecipientView<'_>> {
        let domain = *self.index.domain_numbers.get(domain)?;
        let key = self.index.find(folded_local, domain)?;
        let record = self.index.record(key.record)?;
        Some(RecipientView::new(&self.index, record, key.found))
    }

    /// All recipients, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = RecipientView<'_>> {
        let mut place = 0;
        std::iter::from_fn(move || {
            let record = self.index.record(place)?;
            place += record.length;
            Some(RecipientView::new(&self.index, record, Found::Primary))
        })
    }

    /// The number of recipients.
    pub fn len(&self) -> usize {
        self.index.header.recipients as usize
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of addresses that lead to somebody.
    pub fn addresses(&self) -> usize {
        self.index.header.addresses as usize
    }

    /// Octets of the index.
    pub fn octets(&self) -> usize {
        self.index.image.len()
    }

    /// When it was built.
    pub fn built_at(&self) -> UnixTime {
        self.index.header.built_at
    }

    /// The sources, and when each was last read with success.
    pub fn sources(&self) -> impl Iterator<Item = SourceRead> + '_ {
        let names = self.index.sources.iter().cloned();
        names
            .zip(self.read_at.iter())
            .map(|(name, read_at)| SourceRead {
                name,
                read_at: *read_at,
            })
    }

    /// The time since the last successful read of the source that was longest not read; `None` while one of them
    /// never was.
    pub fn age(&self, now: UnixTime) -> Option<Duration> {
        let mut age = Duration::ZERO;
        for read_at in self.read_at.iter() {
            age = age.max(now.since((*read_at)?));
        }
        Some(age)
    }

    /// The same recipients after their sources have been read again and found unchanged. Sources the snapshot does
    /// not know are passed over.
    pub fn confirmed(&self, reads: &[SourceRead]) -> Self {
        let read_at = self.sources().map(|own| {
            let newer = reads
                .iter()
                .find(|read| read.name == own.name)
                .and_then(|read| read.read_at);
            newer.max(own.read_at)
        });
        Self {
            index: self.index.clone(),
            read_at: read_at.collect(),
        }
    }
}

/// A key's target.
struct Key {
    record: usize,
    found: Found,
}

impl Index {
    /// Walks the slots from a key's home until the key or an empty slot.
    fn find(&self, local: &str, domain: u16) -> Option<Key> {
        let slots = self.section(Section::Slots);
        let count = slots.len() / layout::SLOT;
        let hash = hash(&self.header.hash_key, local, domain);
        let mut slot = home(hash, count);
        for _ in 0..count {
            let octets = slots.get(slot * layout::SLOT..)?;
            let place = layout::u32_at(octets, 4)?.checked_sub(1)?;
            if layout::u32_at(octets, 0)? == tag(hash)
                && let Some(key) = self.key_if(place as usize, local, domain)
            {
                return Some(key);
            }
            slot = if slot + 1 == count { 0 } else { slot + 1 };
        }
        None
    }

    /// The key at `place`, if it is this one.
    fn key_if(&self, place: usize, local: &str, domain: u16) -> Option<Key> {
        let key = layout::key_at(self.section(Section::Keys), place)?;
        (key.domain == domain && key.local == local.as_bytes()).then_some(Key {
            record: key.record as usize,
            found: key.found,
        })
    }

    fn section(&self, section: Section) -> &[u8] {
        self.image
            .get(self.header.range(section))
            .unwrap_or_default()
    }

    fn record(&self, place: usize) -> Option<Record<'_>> {
        Record::read(self.section(Section::Records).get(place..)?)
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} recipients)", self.header.recipients)
    }
}

fn hash(secret: &[u8; 16], local: &str, domain: u16) -> u64 {
    let mut hasher = SipHasher13::new_with_key(secret);
    hasher.write(local.as_bytes());
    hasher.write(&domain.to_le_bytes());
    hasher.finish()
}

/// The first slot of a hash: its upper half, scaled to the number of slots.
fn home(hash: u64, slots: usize) -> usize {
    (((hash >> 32) * slots as u64) >> 32) as usize
}

/// The lower half, kept in the slot so that few foreign keys are looked at.
fn tag(hash: u64) -> u32 {
    hash as u32
}

#[cfg(test)]
mod tests;
