//! Disks that are small or full, and space given back.

use std::sync::Arc;

use bytes::Bytes;
use spool::{Batch, Content, Entry, Options, SimulatedDisk, Spool, SpoolError, limits};

use crate::mail::{add, check, commit};

fn open(disk: &SimulatedDisk, options: Options) -> Spool {
    Spool::open(Arc::new(disk.clone()), options, |_| {})
        .unwrap()
        .0
}

fn tiny() -> Options {
    Options {
        segment_octets: Some(32 << 10),
        floor_octets: Some(0),
        inline_octets: None,
    }
}

#[test]
fn a_small_disk_takes_mail_until_it_is_full_then_delivers_all_of_it() {
    let disk = SimulatedDisk::default();
    disk.resize(64 << 20, 4096);
    let spool = open(&disk, Options::default());
    assert_eq!(spool.sizes().segment_octets, 2 << 20);
    let mut ids = Vec::new();
    while spool.reserve(100_000).is_ok() {
        let id = spool.fresh_id();
        match spool.append(vec![Batch::of(add(id, 100_000))]).remove(0) {
            Ok(()) => ids.push(id),
            Err(error) => {
                assert!(error.is_full(), "{error}");
                break;
            }
        }
        spool.reclaim(4);
    }
    assert!(ids.len() > 400, "only {} fit", ids.len());
    // Now others fill the rest: settlements must go on.
    disk.resize(0, 0);
    for (number, id) in ids.iter().enumerate() {
        commit(&spool, vec![Entry::Settle { id: *id }]);
        if number % 50 == 0 {
            spool.reclaim(4);
        }
    }
    assert!(spool.is_empty());
    while spool.reclaim(1) > 0 {}
    disk.resize(64 << 20, 4096);
    let id = spool.fresh_id();
    commit(&spool, vec![add(id, 100_000)]);
    check(&spool, id, 100_000, None);
    let (segments, _) = spool.log();
    assert!(segments <= 3, "{segments} segments are left");
}

#[test]
fn what_begins_and_what_ends_custody_share_a_sync_and_only_the_one_is_refused() {
    let disk = SimulatedDisk::default();
    let spool = open(&disk, tiny());
    let fresh = || spool.fresh_id();
    let fill = |octets| {
        let id = fresh();
        commit(&spool, vec![add(id, octets)]);
        id
    };
    let settle = |id| Batch::of(Entry::Settle { id });
    let mut kept = Vec::from([(); 4].map(|()| fill(1_000)));
    let before = disk.steps();
    fill(1_000);
    let alone = disk.steps() - before;
    let group = |one, two| {
        vec![
            Batch::of(add(fresh(), 1_000)),
            settle(one),
            Batch::of(add(fresh(), 1_000)),
            settle(two),
        ]
    };
    let before = disk.steps();
    let fates = spool.append(group(kept[0], kept[1]));
    assert!(fates.iter().all(Result::is_ok), "{fates:?}");
    assert_eq!(disk.steps() - before, alone);
    // As long as it takes until the last room is needed.
    disk.resize(0, 0);
    loop {
        let id = fresh();
        match spool.append(vec![Batch::of(add(id, 1_000))]).remove(0) {
            Ok(()) => kept.push(id),
            Err(error) => break assert!(error.is_full(), "{error}"),
        }
    }
    let fates = spool.append(group(kept[2], kept[3]));
    let are_there = fates.iter().map(Result::is_ok);
    assert_eq!(
        are_there.collect::<Vec<_>>()[..2],
        [false, true],
        "{fates:?}"
    );
    assert!(fates[3].is_ok(), "{fates:?}");
}

#[test]
fn a_full_disk_refuses_what_is_new_and_harms_nothing() {
    let disk = SimulatedDisk::default();
    let spool = open(&disk, tiny());
    let ids: Vec<_> = (0..6).map(|_| spool.fresh_id()).collect();
    for id in &ids {
        commit(&spool, vec![add(*id, 1_000)]);
    }
    disk.resize(0, 0);
    let mut refused = 0;
    for _ in 0..20 {
        let fate = spool
            .append(vec![Batch::of(add(spool.fresh_id(), 1_000))])
            .remove(0);
        refused += usize::from(fate.is_err_and(|error| error.is_full()));
        let fate = spool
            .append(vec![Batch::of(add(spool.fresh_id(), 9_000))])
            .remove(0);
        assert!(fate.is_err_and(|error| error.is_full()));
    }
    assert!(refused >= 10);
    ids.iter().for_each(|id| check(&spool, *id, 1_000, None));
    drop(spool);
    // Full at the restart too.
    let spool = open(&disk, tiny());
    ids.iter().for_each(|id| check(&spool, *id, 1_000, None));
    ids.iter()
        .for_each(|id| commit(&spool, vec![Entry::Settle { id: *id }]));
    drop(spool);
    let spool = open(&disk, tiny());
    assert!(ids.iter().all(|id| spool.read(*id).is_err()));
}

#[test]
fn below_the_floor_nothing_is_reserved() {
    let disk = SimulatedDisk::default();
    disk.resize(10 << 20, 1000);
    let floor_octets = Some(1 << 20);
    let spool = open(
        &disk,
        Options {
            floor_octets,
            ..tiny()
        },
    );
    let room = spool.reserve(1).map(|_| spool.free()).unwrap();
    assert!(spool.reserve(room + 2).is_err());
    let held = spool.reserve(room).unwrap();
    assert!(spool.reserve(2).is_err());
    drop(held);
    assert!(spool.reserve(2).is_ok());
    drop(spool);
    disk.resize(10 << 20, limits::FLOOR_INODES);
    let spool = open(&disk, tiny());
    assert!(spool.reserve(1).is_err(), "no files can be made");
}

/// Every twentieth message stays; the others go at once.
#[test]
fn what_lives_long_is_moved_rarely_and_the_log_stays_small() {
    let disk = SimulatedDisk::default();
    let spool = open(&disk, tiny());
    let mut stay = Vec::new();
    let mut octets = 0;
    for number in 0..2_000 {
        let id = spool.fresh_id();
        commit(&spool, vec![add(id, 1_000)]);
        octets += 1_000;
        match number % 20 {
            0 => stay.push(id),
            _ => commit(&spool, vec![Entry::Settle { id }]),
        }
        spool.reclaim(8);
    }
    while spool.reclaim(1) > 0 {}
    let (segments, moved) = spool.log();
    assert!(
        segments <= 16,
        "{segments} segments for {} messages",
        stay.len()
    );
    assert!(
        moved > 0 && moved * 3 <= octets,
        "{moved} of {octets} octets were moved"
    );
    stay.iter().for_each(|id| check(&spool, *id, 1_000, None));
    drop(spool);
    let spool = open(&disk, tiny());
    assert_eq!(spool.ids(), stay);
    stay.iter().for_each(|id| check(&spool, *id, 1_000, None));
}

#[test]
fn bounds_hold_at_the_bound_and_one_past_it() {
    let disk = SimulatedDisk::default();
    let spool = open(&disk, Options::default());
    let octets = |count: usize| Bytes::from(vec![7; count]);
    let add = |meta: usize| {
        let id = spool.fresh_id();
        let content = Content::Pieces(Vec::new());
        let entry = Entry::Add {
            id,
            meta: octets(meta),
            content,
        };
        (id, spool.append(vec![Batch::of(entry)]).remove(0))
    };
    let too_large = |fate: Result<(), SpoolError>| matches!(fate, Err(SpoolError::TooLarge { .. }));
    let (id, fate) = add(limits::META_OCTETS_MAX);
    fate.unwrap();
    assert!(too_large(add(limits::META_OCTETS_MAX + 1).1));
    let state = |count| {
        spool
            .append(vec![Batch::of(Entry::State {
                id,
                state: octets(count),
            })])
            .remove(0)
    };
    state(limits::STATE_OCTETS_MAX).unwrap();
    assert!(too_large(state(limits::STATE_OCTETS_MAX + 1)));
    let states = |count: usize| {
        let entry = || Entry::State {
            id,
            state: octets(1),
        };
        spool
            .append(vec![Batch((0..count).map(|_| entry()).collect())])
            .remove(0)
    };
    states(limits::BATCH_ENTRIES_MAX).unwrap();
    assert!(too_large(states(limits::BATCH_ENTRIES_MAX + 1)));
    let small = open(&SimulatedDisk::default(), tiny());
    let id = small.fresh_id();
    let content = || Content::Pieces(vec![octets(10)]);
    let add = |meta: usize| {
        Batch::of(Entry::Add {
            id,
            meta: octets(meta),
            content: content(),
        })
    };
    // A record of 15 KiB: 48 octets of head, 25 of entry, 10 of content.
    assert!(too_large(
        small
            .append(vec![add(15 * 1024 - 48 - 25 - 10 + 1)])
            .remove(0)
    ));
    small
        .append(vec![add(15 * 1024 - 48 - 25 - 10)])
        .remove(0)
        .unwrap();
}

#[test]
fn a_message_is_as_large_as_its_bound_and_no_larger() {
    let spool = open(&SimulatedDisk::default(), tiny());
    let room = spool.reserve(0).unwrap();
    let mut draft = spool.draft(&room).unwrap();
    let piece = Bytes::from(vec![0; 1 << 20]);
    let all = limits::CONTENT_OCTETS_MAX / piece.len() as u64;
    let whole: Vec<_> = (0..all).map(|_| piece.clone()).collect();
    draft.write(&[Bytes::from_static(b"x")]).unwrap();
    let error = draft.write(&whole).unwrap_err();
    let SpoolError::TooLarge { octets, max, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((octets, max), (max + 1, limits::CONTENT_OCTETS_MAX));
    // Nothing of it was written, and the rest may still come.
    assert_eq!(draft.octets(), 1);
    draft.write(&[piece]).unwrap();

    // One octet less is begun: it is the disk that cannot take it.
    let disk = SimulatedDisk::default();
    let spool = open(&disk, tiny());
    let room = spool.reserve(0).unwrap();
    let mut draft = spool.draft(&room).unwrap();
    disk.resize(0, 0);
    let error = draft.write(&whole).unwrap_err();
    assert!(error.is_full(), "{error}");
}

#[test]
fn no_more_segments_are_kept_ready_than_may_be() {
    let disk = SimulatedDisk::default();
    let spool = open(&disk, tiny());
    for _ in 0..3 {
        let ids: Vec<_> = (0..60).map(|_| spool.fresh_id()).collect();
        ids.iter()
            .for_each(|id| commit(&spool, vec![add(*id, 1_500)]));
        for id in ids {
            commit(&spool, vec![Entry::Settle { id }]);
        }
        while spool.reclaim(1) > 0 {}
        let names = disk.names();
        let spares = names.iter().filter(|name| name.starts_with("spare"));
        assert_eq!(spares.count(), limits::SPARES_KEPT, "{names:?}");
    }
}
