//! People for tests.

use std::path::PathBuf;

use book::{Entry, Key, Location, System};
use routing::Address;
use tempfile::TempDir;

use crate::{Extent, Mirror};

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(crate) fn key(text: &str) -> Key {
    Key::from_text(text).unwrap()
}

/// `key` with the address `key@c.example` in Domino.
pub(crate) fn person(text: &str) -> Entry {
    let mut entry = Entry::new(key(text), Location::In(System::Domino));
    entry.primary = Some(address(&format!("{text}@c.example")));
    entry
}

pub(crate) fn cloud(text: &str) -> Entry {
    let mut entry = person(text);
    entry.location = Location::In(System::Cloud);
    entry
}

pub(crate) fn contact(text: &str) -> Entry {
    let mut entry = person(text);
    entry.location = Location::External(address("x@elsewhere.example"));
    entry
}

/// A mirror in a directory of its own.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("people.sqlite")
    }

    pub(crate) fn open(&self) -> Mirror {
        Mirror::open(&self.file(), "one").unwrap()
    }
}

/// One whole reading of all kinds but changes.
pub(crate) fn read(mirror: &mut Mirror, extent: Extent, entries: &[Entry]) {
    let mut round = mirror.round(extent).unwrap();
    for entry in entries {
        round.put(entry).unwrap();
    }
    round.finish(Some("end")).unwrap();
}

/// The keys that are believed.
pub(crate) fn believed(mirror: &Mirror) -> Vec<String> {
    let entries = mirror.view().believed();
    entries
        .map(|entry| entry.unwrap().key.as_str().to_owned())
        .collect()
}

/// Numbers by chance, the same in each run (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % count
    }
}
