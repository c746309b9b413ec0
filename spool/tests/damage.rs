//! Octets that rot: detected, kept aside, and nothing altered is given out.

use std::collections::BTreeMap;
use std::sync::Arc;

use spool::{Entry, Findings, OpenError, Options, QueueId, SimulatedDisk, Spool};

use crate::mail::{self, add, commit, content, meta};

const TINY: Options = Options {
    segment_octets: Some(32 << 10),
    floor_octets: Some(0),
    inline_octets: Some(400),
};

fn open(disk: &SimulatedDisk) -> Result<(Spool, Findings), OpenError> {
    Spool::open(Arc::new(disk.clone()), TINY, |_| {})
}

/// Three small messages and a large one; one of the small ones has a state.
fn small_spool() -> (SimulatedDisk, BTreeMap<QueueId, usize>) {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).unwrap();
    let sizes = [100, 300, 900, 200];
    let mut messages = BTreeMap::new();
    for octets in sizes {
        let id = spool.fresh_id();
        commit(&spool, vec![add(id, octets)]);
        messages.insert(id, octets);
    }
    let id = *messages.keys().next().unwrap();
    let state = "a state".into();
    commit(&spool, vec![Entry::State { id, state }]);
    (disk, messages)
}

fn copy(disk: &SimulatedDisk) -> SimulatedDisk {
    let copy = SimulatedDisk::default();
    for name in disk.names() {
        copy.place(&name, disk.content(&name).unwrap());
    }
    copy
}

/// How many messages are there, each as it was added; and whether anything was found to be wrong.
fn read(disk: &SimulatedDisk, messages: &BTreeMap<QueueId, usize>, what: &str) -> (usize, bool) {
    let (spool, findings) = open(disk).unwrap_or_else(|error| panic!("{error}: {what}"));
    let mut is_wrong = !findings.is_sound() || !findings.unfinished.is_empty();
    let mut whole = 0;
    for id in spool.ids() {
        let octets = messages[&id];
        let mut stored = spool.read(id).unwrap();
        assert_eq!(stored.meta, meta(id), "{what}");
        match mail::whole(&mut stored) {
            Ok(read) => {
                assert!(
                    read == content(id.number(), octets),
                    "{id} is altered: {what}"
                );
                whole += 1;
            }
            Err(_) => is_wrong = true,
        }
    }
    (whole, is_wrong)
}

#[test]
fn every_flipped_bit_harms_one_message_at_most_and_is_seen() {
    let (disk, messages) = small_spool();
    let mut flips = 0;
    for name in disk
        .names()
        .into_iter()
        .filter(|name| !name.starts_with("spare"))
    {
        let whole = disk.content(&name).unwrap();
        // Behind what was written there is nothing that a bit could harm.
        let used = whole.iter().rposition(|&octet| octet != 0).unwrap();
        for at in (0..=used + 64).filter(|&at| whole.get(at).is_some()) {
            // All bits of what is written; in what is not, one is as good as another.
            let is_filling = whole[at.saturating_sub(8)..whole.len().min(at + 9)]
                .iter()
                .all(|&o| o == 0);
            let bits = if is_filling { 0..1 } else { 0..8 };
            for bit in bits {
                let copy = copy(&disk);
                let mut octets = whole.clone();
                octets[at] ^= 1 << bit;
                copy.place(&name, octets);
                let what = format!("{name}, octet {at}, bit {bit}");
                let (there, is_wrong) = read(&copy, &messages, &what);
                assert!(there + 1 >= messages.len(), "{what}: {there} left");
                assert!(is_wrong || there == messages.len(), "{what} was not seen");
                flips += 1;
            }
        }
    }
    println!("{flips} flipped bits");
    assert!(flips > 10_000);
}

#[test]
fn every_truncation_is_seen_and_the_rest_is_there() {
    let (disk, messages) = small_spool();
    for name in disk
        .names()
        .into_iter()
        .filter(|name| !name.starts_with("spare"))
    {
        let whole = disk.content(&name).unwrap();
        let used = whole.iter().rposition(|&octet| octet != 0).unwrap();
        for octets in (0..whole.len()).filter(|at| at % 7 == 0 || whole.len() < 1_000) {
            let copy = copy(&disk);
            copy.place(&name, whole[..octets].to_vec());
            let what = format!("{name} cut to {octets}");
            let (there, is_wrong) = read(&copy, &messages, &what);
            assert!(is_wrong, "{what} was not seen");
            let is_harmless = name == "format" || octets > used;
            assert!(
                !is_harmless || there == messages.len(),
                "{what}: {there} left"
            );
        }
    }
}

#[test]
fn damaged_octets_are_kept_and_the_next_opening_is_quiet_about_them() {
    let (disk, messages) = small_spool();
    let name = disk
        .names()
        .into_iter()
        .find(|name| name.starts_with("log"))
        .unwrap();
    let mut octets = disk.content(&name).unwrap();
    let at = 4096 * 4 + 100;
    octets[at] ^= 1;
    disk.place(&name, octets);
    let (spool, findings) = open(&disk).unwrap();
    assert_eq!(findings.damaged.len(), 1, "{findings}");
    assert_eq!(spool.len(), messages.len() - 1);
    let kept = disk
        .names()
        .into_iter()
        .find(|name| name.starts_with("quarantine/log"));
    let kept = disk.content(&kept.unwrap()).unwrap();
    assert_eq!(kept.len() as u64, findings.damaged[0].octets);
    drop(spool);
    let (spool, _) = open(&disk).unwrap();
    assert_eq!(spool.len(), messages.len() - 1);
}

#[test]
fn a_newer_version_is_refused_before_anything_is_touched() {
    let (disk, _) = small_spool();
    let names = disk.names();
    for name in names
        .iter()
        .filter(|name| !name.starts_with("spare") && !name.ends_with("msg"))
    {
        let copy = copy(&disk);
        let mut octets = copy.content(name).unwrap();
        octets[8..12].copy_from_slice(&2_u32.to_le_bytes());
        let check = crc32fast::hash(&octets[..12]);
        octets[12..16].copy_from_slice(&check.to_le_bytes());
        copy.place(name, octets);
        let before = copy.fingerprint();
        assert!(matches!(
            open(&copy),
            Err(OpenError::Newer { version: 2, .. })
        ));
        assert_eq!(copy.fingerprint(), before, "{name}");
        // The owner is gone: it can be tried again.
        assert!(matches!(open(&copy), Err(OpenError::Newer { .. })));
    }
}

#[test]
fn strays_are_told_of_and_left_alone() {
    let (disk, messages) = small_spool();
    disk.place("core", b"dumped".to_vec());
    disk.place("log-zzz", b"what".to_vec());
    disk.place("draft-00000000000000ff", b"never finished".to_vec());
    let (spool, findings) = open(&disk).unwrap();
    assert_eq!(findings.stray, ["core", "log-zzz"]);
    assert_eq!(findings.void_files, 1);
    assert_eq!(spool.len(), messages.len());
    assert_eq!(disk.content("core").unwrap(), b"dumped");
    assert_eq!(disk.content("draft-00000000000000ff"), None);
}

#[test]
fn without_any_header_nothing_is_believed_or_changed() {
    let (disk, _) = small_spool();
    for name in disk
        .names()
        .into_iter()
        .filter(|n| n == "format" || n.starts_with("log"))
    {
        let mut octets = disk.content(&name).unwrap();
        octets[30] ^= 1;
        disk.place(&name, octets);
    }
    let before = disk.fingerprint();
    assert!(matches!(open(&disk), Err(OpenError::Unreadable)));
    assert_eq!(disk.fingerprint(), before);
}

#[test]
fn inspection_changes_nothing_and_needs_not_own_the_spool() {
    let (disk, messages) = small_spool();
    let (_owner, _) = open(&disk).unwrap();
    let before = disk.fingerprint();
    let mut found = Vec::new();
    let findings = Spool::inspect(&disk, |message| found.push(message.id)).unwrap();
    assert!(findings.is_sound(), "{findings}");
    assert!(found.iter().eq(messages.keys()));
    assert_eq!(disk.fingerprint(), before);
}
