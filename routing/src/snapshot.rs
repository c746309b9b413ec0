//! The immutable index of all recipients: a table of hashes and the entries it leads to, in memory as on disk.
//!
//! An entry is a folded local part, the number of its domain, and for a primary address what is known of its
//! recipient. Entries are found through a table of eight-octet slots, by a hash with a secret of each snapshot:
//! recipients are chosen by strangers, who must not be able to choose ones that collide. An address is compared in
//! full, so a hash that collides finds nothing wrong. `layout` draws the bytes, `pages` reads them.

use std::sync::Arc;
use std::time::Duration;

use siphasher::sip::SipHasher13;

use crate::{Address, Recipient, SideName, UnixTime};

mod bucket;
mod build;
mod entry;
mod file;
mod group;
mod layout;
mod names;
mod pages;
mod patch;
mod table;
mod view;

pub use build::BuildError;
pub use file::ReadError;
pub use group::GroupView;
pub use patch::PatchError;
pub use view::RecipientView;

use bucket::Bucket;
use entry::{ALIAS, Entry, Next, ROUTING_TAKEN, TAKEN};
use layout::{BUCKET, Header};
use pages::Pages;
use patch::Patch;

/// All recipients at one point in time. Cheap to clone; a clone shares the index.
#[derive(Clone, Debug)]
pub struct Snapshot {
    index: Arc<Index>,
    /// What counts otherwise.
    patch: Option<Arc<Patch>>,
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
    header: Header,
    /// The file up to its slots.
    head: Box<[u8]>,
    slots: Pages,
    entries: Pages,
    domains: Vec<Box<str>>,
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

    /// The recipient an address leads to; nobody, too, where the file is damaged: `find` tells these apart.
    pub fn lookup(&self, address: &Address) -> Option<RecipientView<'_>> {
        self.find(address).ok().flatten()
    }

    /// The recipient an address leads to. An error is no answer: somebody may have the address.
    #[inline]
    pub fn find(&self, address: &Address) -> Result<Option<RecipientView<'_>>, ReadError> {
        match &self.patch {
            None => self.index.find(address),
            Some(patch) => patch.find(&self.index, address),
        }
    }

    /// All recipients, in the order they were given, at last those of a patch; where the file is damaged only those
    /// before.
    pub fn iter(&self) -> impl Iterator<Item = RecipientView<'_>> {
        let patch = self.patch.as_deref();
        let own = self.index.recipients();
        let left =
            own.filter(move |view| patch.is_none_or(|patch| patch.left(Some(*view)).is_some()));
        left.chain(patch.into_iter().flat_map(|patch| patch.index.recipients()))
    }

    /// All primary addresses and aliases, as their folded local parts and domains; where the file is damaged only those
    /// before.
    pub fn each_address(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().flat_map(|view| view.own_addresses())
    }

    /// The number of recipients.
    pub fn len(&self) -> usize {
        match &self.patch {
            None => self.index.len(),
            Some(patch) => patch.len(&self.index),
        }
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of addresses that lead to somebody.
    pub fn addresses(&self) -> usize {
        match &self.patch {
            None => self.index.addresses(),
            Some(patch) => patch.addresses(&self.index),
        }
    }

    /// The number of recipients that are groups with members; at least 1 where one is.
    pub fn groups(&self) -> usize {
        let groups = |index: &Index| index.header.groups as usize;
        let patch = self.patch.as_deref().map(|patch| groups(&patch.index));
        groups(&self.index) + patch.unwrap_or(0)
    }

    /// Octets of its file, and about as many of memory.
    pub fn octets(&self) -> usize {
        let octets = |index: &Index| index.header.length() as usize;
        let patch = self.patch.as_deref().map(|patch| octets(&patch.index));
        octets(&self.index) + patch.unwrap_or(0)
    }

    /// Tells its index from every other one, in memory as on disk.
    pub fn identity(&self) -> u64 {
        SipHasher13::new().hash(&self.index.head[..layout::HEADER])
    }

    /// When it was built, or last patched.
    pub fn built_at(&self) -> UnixTime {
        let newest = self
            .patch
            .as_deref()
            .map_or(&self.index, |patch| &patch.index);
        newest.header.built_at
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
            patch: self.patch.clone(),
            read_at: read_at.collect(),
        }
    }
}

impl Index {
    fn len(&self) -> usize {
        self.header.recipients as usize
    }

    fn addresses(&self) -> usize {
        self.header.addresses as usize
    }

    /// All recipients, in the order they were given, until one cannot be read.
    fn recipients(&self) -> impl Iterator<Item = RecipientView<'_>> {
        let primary = self.entries_from(0).filter(|(_, entry)| !entry.has(ALIAS));
        primary
            .map_while(|(place, entry)| RecipientView::new(self, place, entry, Found::Primary).ok())
    }

    /// Walks the buckets from an address's home until one leads to it or has room.
    #[inline]
    fn find(&self, address: &Address) -> Result<Option<RecipientView<'_>>, ReadError> {
        let count = self.header.buckets();
        let hash = hash(&self.header.secret, address);
        let mut number = home(hash, count);
        for _ in 0..count {
            let bucket = self.bucket(number)?;
            for place in bucket.places(tag(hash)) {
                if let Some(view) = self.view_if(place, address)? {
                    return Ok(Some(view));
                }
            }
            if !bucket.is_full() {
                break;
            }
            number = if number + 1 == count { 0 } else { number + 1 };
        }
        Ok(None)
    }

    #[inline]
    fn bucket(&self, number: usize) -> Result<Bucket<'_>, ReadError> {
        Bucket::read(self.slots.from(number * BUCKET)?).ok_or_else(|| self.slots.damaged())
    }

    /// The recipient of the entry at `place`, if `address` leads there.
    #[inline]
    fn view_if(
        &self,
        place: usize,
        address: &Address,
    ) -> Result<Option<RecipientView<'_>>, ReadError> {
        let entry = self.entry_at(place)?;
        let is_own = entry.local == address.folded_local().as_bytes()
            && self.domain(entry.domain) == Some(address.domain())
            && !entry.has(TAKEN);
        if entry.has(ALIAS) {
            let owner = entry.owner as usize;
            return match is_own {
                true => {
                    RecipientView::new(self, owner, self.entry_at(owner)?, Found::Alias).map(Some)
                }
                false => Ok(None),
            };
        }
        let found = if is_own {
            Found::Primary
        } else {
            Found::RoutingAddress
        };
        let view = RecipientView::new(self, place, entry, found)?;
        let leads = is_own || !entry.has(ROUTING_TAKEN) && view.is_routed_by(address);
        Ok(leads.then_some(view))
    }

    /// The entry at a place where there must be one.
    #[inline]
    fn entry_at(&self, place: usize) -> Result<Entry<'_>, ReadError> {
        match self.entry(place)? {
            Next::Entry(entry) => Ok(entry),
            Next::PageEnd => Err(self.entries.damaged()),
        }
    }

    #[inline]
    fn entry(&self, place: usize) -> Result<Next<'_>, ReadError> {
        Entry::read(self.entries.from(place)?).ok_or_else(|| self.entries.damaged())
    }

    fn domain(&self, number: u16) -> Option<&str> {
        self.domains.get(usize::from(number)).map(|name| &**name)
    }
}

impl std::fmt::Debug for Patch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Patch({:?})", self.index)
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} recipients)", self.header.recipients)
    }
}

fn hash(secret: &[u8; 16], address: &Address) -> u64 {
    SipHasher13::new_with_key(secret).hash(address.canonical().as_bytes())
}

/// The first bucket of a hash: its upper half, scaled to the number of buckets.
fn home(hash: u64, buckets: usize) -> usize {
    (((hash >> 32) * buckets as u64) >> 32) as usize
}

/// The lower half, kept in the slot so that few foreign entries are looked at.
fn tag(hash: u64) -> u32 {
    hash as u32
}

#[cfg(test)]
mod tests;
