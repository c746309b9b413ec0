//! Any octets in any file of a spool are read or refused: no panic, nothing that was not written comes out, and
//! what was read once is read again after the spool was opened. A flip in a good spool harms one message.

#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use spool::{Batch, Content, Entry, Options, SimulatedDisk, Spool};

const TINY: Options = Options {
    segment_octets: Some(32 << 10),
    floor_octets: Some(0),
    inline_octets: Some(500),
};

/// One of the files is overwritten, from a place on.
#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    file: u8,
    at: u16,
    replaces_all: bool,
    octets: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let disk = good();
    let names = disk.names();
    let name = &names[usize::from(input.file) % names.len()];
    let mut content = disk.content(name).expect("it is listed");
    match input.replaces_all {
        true => content = input.octets.to_vec(),
        false => {
            let at = usize::from(input.at) % content.len().max(1);
            let end = content.len().min(at + input.octets.len());
            content[at..end].copy_from_slice(&input.octets[..end - at]);
        }
    }
    disk.place(name, content);
    let mut before = BTreeMap::new();
    let inspected = Spool::inspect(&disk, |found| {
        before.insert(found.id, found);
    });
    let mut after = BTreeMap::new();
    let opened = Spool::open(Arc::new(disk), TINY, |found| {
        after.insert(found.id, found);
    });
    assert_eq!(inspected.is_ok(), opened.is_ok());
    let Ok((spool, findings)) = opened else {
        return;
    };
    assert_eq!(before, after, "{findings}");
    for id in spool.ids() {
        let Ok(mut stored) = spool.read(id) else {
            continue;
        };
        assert_eq!(stored.meta, Bytes::from(id.to_string()));
        while let Ok(Some(block)) = stored.content.next() {
            assert!(block.iter().all(|&octet| octet == b'm'), "altered");
        }
    }
    let id = spool.fresh_id();
    let fates = spool.append(vec![Batch::of(add(id, 10))]);
    assert!(fates[0].is_ok());
    assert!(spool.read(id).is_ok());
});

fn good() -> SimulatedDisk {
    let disk = SimulatedDisk::default();
    let opened = Spool::open(Arc::new(disk.clone()), TINY, |_| {});
    let (spool, _) = opened.expect("the disk is empty");
    for octets in [10, 400, 900] {
        let fates = spool.append(vec![Batch::of(add(spool.fresh_id(), octets))]);
        assert!(fates[0].is_ok());
    }
    drop(spool);
    disk
}

fn add(id: spool::QueueId, octets: usize) -> Entry {
    Entry::Add {
        id,
        meta: id.to_string().into(),
        content: Content::Pieces(vec![Bytes::from(vec![b'm'; octets])]),
    }
}
