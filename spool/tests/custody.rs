//! What was taken is there until it is settled, also after a restart.

use std::sync::mpsc;

use bytes::Bytes;
use spool::{Batch, Committer, Content, Entry, OpenError, ReadError, Spool, SpoolError, Urgency};

use crate::mail::{self, add, check, commit, content, meta};

#[test]
fn messages_of_every_size_come_back_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let sizes = [
        0,
        1,
        10_000,
        131_072,
        131_073,
        65_536 * 3,
        65_536 * 3 + 1,
        3_000_000,
    ];
    let (spool, _, found) = mail::system(home.path());
    assert!(found.is_empty() && spool.is_empty());
    let ids: Vec<_> = sizes.iter().map(|_| spool.fresh_id()).collect();
    for (id, octets) in ids.iter().zip(sizes) {
        commit(&spool, vec![add(*id, octets)]);
        check(&spool, *id, octets, None);
    }
    drop(spool);
    let (spool, findings, found) = mail::system(home.path());
    assert!(findings.is_sound(), "{findings}");
    assert_eq!(findings.unfinished, []);
    assert_eq!(found.len(), sizes.len());
    assert!(
        found
            .values()
            .zip(&sizes)
            .all(|(f, s)| f.octets == *s as u64)
    );
    for (id, octets) in ids.iter().zip(sizes) {
        check(&spool, *id, octets, None);
    }
    assert_eq!(spool.octets(), sizes.iter().map(|s| *s as u64).sum());
    assert!(spool.fresh_id() > ids[7]);
}

#[test]
fn the_latest_state_counts_and_a_settled_message_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let (spool, ..) = mail::system(home.path());
    let [one, two, large] = [(); 3].map(|()| spool.fresh_id());
    commit(
        &spool,
        vec![add(one, 100), add(two, 200), add(large, 400_000)],
    );
    let state = |id, text: &str| Entry::State {
        id,
        state: Bytes::copy_from_slice(text.as_bytes()),
    };
    commit(&spool, vec![state(one, "first"), state(two, "only")]);
    commit(&spool, vec![state(one, "second")]);
    commit(
        &spool,
        vec![Entry::Settle { id: two }, Entry::Settle { id: large }],
    );
    let holds = |spool: &Spool| {
        check(spool, one, 100, Some("second"));
        assert!(matches!(spool.read(two), Err(ReadError::Unknown(_))));
        assert!(matches!(spool.read(large), Err(ReadError::Unknown(_))));
        assert_eq!(spool.ids(), [one]);
    };
    holds(&spool);
    drop(spool);
    let (spool, findings, found) = mail::system(home.path());
    assert!(findings.is_sound(), "{findings}");
    assert_eq!(found[&one].state.as_deref(), Some(&b"second"[..]));
    holds(&spool);
}

#[test]
fn a_batch_that_cannot_be_is_refused_alone() {
    let home = tempfile::tempdir().unwrap();
    let (spool, ..) = mail::system(home.path());
    let [one, two, never] = [(); 3].map(|()| spool.fresh_id());
    let fates = spool.append(vec![
        Batch::of(add(one, 10)),
        Batch::of(add(one, 10)),
        Batch(vec![add(two, 10), Entry::Settle { id: never }]),
        Batch(vec![add(two, 20), Entry::Settle { id: one }]),
        Batch::of(Entry::Settle { id: one }),
        Batch::of(add(spool::QueueId::from_number(u64::MAX), 1)),
    ]);
    assert!(matches!(
        fates[..],
        [
            Ok(()),
            Err(SpoolError::Taken(_)),
            Err(SpoolError::Unknown(_)),
            Ok(()),
            Err(SpoolError::Unknown(_)),
            Err(SpoolError::Taken(_)),
        ]
    ));
    check(&spool, two, 20, None);
    assert_eq!(spool.ids(), [two]);
}

#[test]
fn a_draft_is_read_while_it_grows_and_goes_if_it_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let (spool, ..) = mail::system(home.path());
    let room = spool.reserve(1 << 20).unwrap();
    let whole = content(9, 200_000);
    let mut draft = spool.draft(&room).unwrap();
    let reader = draft.reader();
    for at in (0..whole.len()).step_by(30_000) {
        draft
            .write(&[whole.slice(at..whole.len().min(at + 30_000))])
            .unwrap();
        let mut read = 0;
        while read < draft.octets() {
            let part = reader.read_at(read).unwrap();
            assert!(!part.is_empty() && whole[read as usize..].starts_with(&part));
            read += part.len() as u64;
        }
        assert!(reader.read_at(read).unwrap().is_empty());
    }
    drop(spool.draft(&room).unwrap());
    let id = spool.fresh_id();
    let content = Content::File(draft);
    commit(
        &spool,
        vec![Entry::Add {
            id,
            meta: meta(id),
            content,
        }],
    );
    let mut stored = spool.read(id).unwrap();
    assert!(mail::whole(&mut stored).unwrap() == whole);
    assert!(reader.read_at(199_999).unwrap() == whole[199_999..]);
    let drafts = std::fs::read_dir(home.path()).unwrap();
    let names = drafts.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("draft")).count(), 0);
}

#[test]
fn a_second_owner_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (_spool, ..) = mail::system(home.path());
    let disk = std::sync::Arc::new(spool::SystemDisk::create(home.path()).unwrap());
    let second = Spool::open(disk, mail::SMALL, |_| {});
    assert!(matches!(second, Err(OpenError::InUse)));
}

#[test]
fn the_committer_writes_everything_before_it_stops() {
    let home = tempfile::tempdir().unwrap();
    let (spool, ..) = mail::system(home.path());
    let committer = Committer::start(spool.clone()).unwrap();
    let (sender, receiver) = mpsc::channel();
    let ids: Vec<_> = (0..200).map(|_| spool.fresh_id()).collect();
    for (number, id) in ids.iter().enumerate() {
        let urgency = match number % 3 {
            0 => Urgency::Now,
            _ => Urgency::Soon,
        };
        let sender = sender.clone();
        let done = move |fate: Result<(), SpoolError>| sender.send((number, fate.is_ok())).unwrap();
        committer.submit(Batch::of(add(*id, 5_000)), urgency, done);
    }
    committer.stop();
    drop(sender);
    let fates: Vec<_> = receiver.into_iter().collect();
    let expected: Vec<_> = (0..200).map(|number| (number, true)).collect();
    assert_eq!(fates, expected);
    drop(spool);
    let (spool, _, found) = mail::system(home.path());
    assert_eq!(found.len(), 200);
    ids.iter().for_each(|id| check(&spool, *id, 5_000, None));
}
