//! Messages to store, and what a spool holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use spool::{
    Batch, Content, Entry, Findings, Found, Options, QueueId, ReadError, Spool, Stored, SystemDisk,
};

/// Small segments, so that tests meet their ends; no floor.
pub(crate) const SMALL: Options = Options {
    segment_octets: Some(2 << 20),
    floor_octets: Some(0),
    inline_octets: None,
};

/// Content that differs in every place and for every seed.
pub(crate) fn content(seed: u64, octets: usize) -> Bytes {
    static MADE: Mutex<BTreeMap<(u64, usize), Bytes>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    let fresh = || make_content(seed, octets);
    made.entry((seed, octets)).or_insert_with(fresh).clone()
}

fn make_content(seed: u64, octets: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..octets).map(|_| next()).collect()
}

pub(crate) fn add(id: QueueId, octets: usize) -> Entry {
    Entry::Add {
        id,
        meta: meta(id),
        content: Content::Pieces(vec![content(id.number(), octets)]),
    }
}

pub(crate) fn meta(id: QueueId) -> Bytes {
    format!("meta of {id}").into()
}

pub(crate) fn system(path: &Path) -> (Spool, Findings, BTreeMap<QueueId, Found>) {
    let disk = SystemDisk::create(path).unwrap();
    let mut found = BTreeMap::new();
    let opened = Spool::open(Arc::new(disk), SMALL, |message| {
        found.insert(message.id, message);
    });
    let (spool, findings) = opened.unwrap();
    (spool, findings, found)
}

/// Appends one batch.
pub(crate) fn commit(spool: &Spool, entries: Vec<Entry>) {
    let fates = spool.append(vec![Batch(entries)]);
    assert_eq!(fates.len(), 1);
    fates.into_iter().for_each(|fate| fate.unwrap());
}

/// All of a message.
pub(crate) fn whole(stored: &mut Stored) -> Result<Bytes, ReadError> {
    let mut whole = Vec::new();
    while let Some(block) = stored.content.next()? {
        assert!(block.len() <= spool::limits::BLOCK_OCTETS);
        whole.extend_from_slice(&block);
    }
    Ok(whole.into())
}

/// Reads a message and holds it to what was added.
#[track_caller]
pub(crate) fn check(spool: &Spool, id: QueueId, octets: usize, state: Option<&str>) {
    let mut stored = spool.read(id).unwrap();
    assert_eq!(stored.meta, meta(id));
    assert_eq!(stored.state.as_deref(), state.map(str::as_bytes));
    assert_eq!(stored.content.octets(), octets as u64);
    assert!(
        whole(&mut stored).unwrap() == content(id.number(), octets),
        "{id} is altered"
    );
}
