//! From the addresses of all entries to the table of buckets.

use super::layout::{BUCKET, PAGE};
use super::{bucket, home, tag};

/// An address that leads to an entry. In their order the first of equal ones keeps the address: one's own goes before
/// a routing address, then the place counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hash: u64,
    pub(super) is_routing: bool,
    pub(super) place: u32,
}

/// Sorts the keys, which brings them in the order of their homes, and keeps the first of each address. `is_same`
/// compares the addresses of two, `lost` hears of each that is not kept.
pub(super) fn keep_first(
    keys: &mut Vec<Key>,
    is_same: impl Fn(&Key, &Key) -> bool,
    mut lost: impl FnMut(&Key),
) {
    keys.sort_unstable();
    let mut kept = 0;
    for number in 0..keys.len() {
        let key = keys[number];
        let mut same_hash = keys[..kept]
            .iter()
            .rev()
            .take_while(|before| before.hash == key.hash);
        if same_hash.any(|before| is_same(before, &key)) {
            lost(&key);
        } else {
            keys[kept] = key;
            kept += 1;
        }
    }
    keys.truncate(kept);
}

/// Octets of the table for so many addresses: three quarters of its slots are taken.
pub(super) fn octets(addresses: usize) -> usize {
    (addresses + addresses / 3).div_ceil(bucket::SLOTS).max(1) * BUCKET
}

/// The table in pages. In the order of the homes nothing goes far beyond its own, but from the end to the beginning.
pub(super) fn pages(keys: &[Key]) -> Vec<Vec<u8>> {
    let octets = octets(keys.len());
    let count = octets / BUCKET;
    let mut table = Table {
        pages: (0..octets)
            .step_by(PAGE)
            .map(|start| vec![0; PAGE.min(octets - start)])
            .collect(),
        taken: vec![0; count],
    };
    let mut free = 0;
    for key in keys {
        free = free.max(home(key.hash, count));
        while !table.put(free % count, key) {
            free += 1;
        }
    }
    table.pages
}

struct Table {
    pages: Vec<Vec<u8>>,
    /// Slots taken of each bucket.
    taken: Vec<u8>,
}

impl Table {
    /// Whether the bucket still had a slot.
    fn put(&mut self, number: usize, key: &Key) -> bool {
        let slot = usize::from(self.taken[number]);
        if slot == bucket::SLOTS {
            return false;
        }
        self.taken[number] += 1;
        let place = number * BUCKET;
        bucket::put(
            &mut self.pages[place / PAGE][place % PAGE..],
            slot,
            tag(key.hash),
            key.place,
        );
        true
    }
}
