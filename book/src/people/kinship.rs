//! Which entries may share an address, known by numbers alone.
//!
//! Each entry has a number, in the order in which they are read. Entries that share the number of an address are kin, and
//! the kin of kin. Different addresses may have one number; that makes kin of strangers, which costs a look and no more.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use routing::Address;

use crate::limits::KIN_MAX;
use crate::{Entry, Key};

/// Which entries may share an address.
#[derive(Debug)]
pub(super) struct Kinship<H> {
    hasher: H,
    /// Of each entry another one of its kin with a lower number. Of the first of its kin: how many they are, below nought.
    parents: Vec<i32>,
    /// The number of the first entry of each source.
    starts: Vec<u32>,
    holders: HashMap<u64, Holder, BuildHasherDefault<Ready>>,
    /// Entries that are not the first of their kin.
    others: Vec<Other>,
    /// Their keys: an octet of length, then the text.
    keys: Vec<u8>,
    /// Those of them whose key is not known yet.
    keyless: Vec<u32>,
    next: usize,
}

/// An entry that is not the first of its kin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Other {
    first: u32,
    number: u32,
    /// Where its key begins.
    key: u32,
}

/// An entry that is not the first of its kin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kin<'k> {
    pub(super) source: usize,
    pub(super) key: &'k str,
}

/// Who has an address, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holder {
    /// It is this entry's own, perhaps among others.
    Own(u32),
    /// It follows from this entry's names.
    Computed(u32),
    /// It follows from those of several.
    Nobody,
}

impl<H: BuildHasher> Kinship<H> {
    pub(super) fn new(hasher: H) -> Self {
        Self {
            hasher,
            parents: Vec::new(),
            starts: Vec::new(),
            holders: HashMap::default(),
            others: Vec::new(),
            keys: Vec::new(),
            keyless: Vec::new(),
            next: 0,
        }
    }

    /// The entries that follow are those of another source.
    pub(super) fn begin_source(&mut self) {
        self.starts.push(self.parents.len() as u32);
    }

    /// Takes the next entry into account; `None` if it is one too many.
    pub(super) fn add(&mut self, entry: &Entry) -> Option<()> {
        let number = u32::try_from(i32::try_from(self.parents.len()).ok()?).ok()?;
        self.parents.push(-1);
        for address in entry.addresses() {
            let hash = self.hasher.hash_one(address.canonical());
            match self.holders.get(&hash) {
                Some(Holder::Own(holder)) => {
                    let holder = *holder;
                    self.unite(holder, number);
                }
                Some(Holder::Computed(_) | Holder::Nobody) | None => {
                    self.holders.insert(hash, Holder::Own(number));
                }
            }
        }
        if self.first(number) != number {
            self.name(number, &entry.key)?;
        }
        for address in &entry.computed {
            self.add_computed(number, address);
        }
        Some(())
    }

    /// The entries whose keys are still to be named. They were the first of their kin until another one came between.
    pub(super) fn keyless(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.keyless)
    }

    /// Keeps the key of an entry that is not the first of its kin.
    pub(super) fn name(&mut self, number: u32, key: &Key) -> Option<()> {
        let place = u32::try_from(self.keys.len()).ok()?;
        let text = key.as_str().as_bytes();
        self.keys.push(u8::try_from(text.len()).ok()?);
        self.keys.extend_from_slice(text);
        let first = number; // until all are known
        self.others.push(Other {
            first,
            number,
            key: place,
        });
        Some(())
    }

    /// All were added: what is no longer needed goes.
    pub(super) fn close(&mut self) {
        self.holders
            .retain(|_, holder| matches!(holder, Holder::Computed(_)));
        self.holders.shrink_to_fit();
        let mut others = std::mem::take(&mut self.others);
        for other in &mut others {
            other.first = self.first(other.number);
        }
        others.sort_unstable();
        others.shrink_to_fit();
        self.others = others;
    }

    /// The source of an entry, and its place there.
    pub(super) fn place(&self, number: u32) -> (usize, usize) {
        let source = self.starts.partition_point(|start| *start <= number) - 1;
        (source, (number - self.starts[source]) as usize)
    }

    /// The next entry that is the first of its kin.
    pub(super) fn next_first(&mut self) -> Option<u32> {
        let rest = self.parents.get(self.next..)?;
        let number = self.next + rest.iter().position(|parent| *parent < 0)?;
        self.next = number + 1;
        Some(number as u32)
    }

    /// The others of its kin, in their order.
    pub(super) fn kin_of(&self, first: u32) -> impl Iterator<Item = Kin<'_>> {
        let start = self.others.partition_point(|other| other.first < first);
        let own = self.others[start..]
            .iter()
            .take_while(move |other| other.first == first);
        own.filter_map(|other| {
            let place = other.key as usize;
            let length = usize::from(*self.keys.get(place)?);
            let text = self.keys.get(place + 1..place + 1 + length)?;
            Some(Kin {
                source: self.place(other.number).0,
                key: std::str::from_utf8(text).ok()?,
            })
        })
    }

    /// Whether a computed address follows from the names of one kin alone, and is nobody's own. A stranger's address with
    /// the same number makes this `false`, never `true`.
    pub(super) fn is_alone(&self, address: &Address) -> bool {
        let hash = self.hasher.hash_one(address.canonical());
        matches!(self.holders.get(&hash), Some(Holder::Computed(_)))
    }

    fn add_computed(&mut self, number: u32, address: &Address) {
        let hash = self.hasher.hash_one(address.canonical());
        match self.holders.get(&hash).copied() {
            None => {
                self.holders.insert(hash, Holder::Computed(number));
            }
            Some(Holder::Computed(other)) if self.first(other) != self.first(number) => {
                self.holders.insert(hash, Holder::Nobody);
            }
            Some(Holder::Computed(_) | Holder::Own(_) | Holder::Nobody) => {}
        }
    }

    /// Makes kin of two, unless they would be too many: an address that thousands share says of nobody who it is.
    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first(one), self.first(other));
        let (first, second) = (one.min(other), one.max(other));
        let count = self.parents[first as usize].saturating_add(self.parents[second as usize]);
        if first == second || count.unsigned_abs() as usize > KIN_MAX {
            return;
        }
        self.parents[first as usize] = count;
        self.parents[second as usize] = first as i32;
        if second as usize + 1 != self.parents.len() {
            self.keyless.push(second);
        }
    }

    fn first(&mut self, number: u32) -> u32 {
        let first = self.found_first(number);
        let mut at = number;
        while at != first {
            let next = self.parents[at as usize] as u32;
            self.parents[at as usize] = first as i32;
            at = next;
        }
        first
    }

    fn found_first(&self, number: u32) -> u32 {
        let mut at = number;
        while let Ok(parent) = u32::try_from(self.parents[at as usize]) {
            at = parent;
        }
        at
    }
}

/// Passes on a number that is a hash already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0 = self.0.rotate_left(8) ^ u64::from(*octet);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
