//! Any sequence of operations leaves the spool as a map would be left.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use spool::{Batch, Entry, Options, QueueId, SimulatedDisk, Spool};

use crate::mail::{add, check};

#[derive(Clone, Debug)]
enum Operation {
    Add(usize),
    /// Of one of the messages there, by number.
    State(usize, u8),
    Settle(usize),
    Replace(usize, usize),
    Reclaim(usize),
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    let octets = || prop_oneof![Just(0), 1_usize..3_000, 1_900_usize..6_000];
    prop_oneof![
        4 => octets().prop_map(Operation::Add),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, state)| Operation::State(at, state)),
        3 => any::<usize>().prop_map(Operation::Settle),
        1 => (any::<usize>(), octets()).prop_map(|(at, octets)| Operation::Replace(at, octets)),
        2 => (1_usize..6).prop_map(Operation::Reclaim),
        1 => Just(Operation::Reopen),
    ]
}

fn open(disk: &SimulatedDisk) -> Spool {
    let options = Options {
        segment_octets: Some(32 << 10),
        floor_octets: Some(0),
        inline_octets: None,
    };
    let opened = Spool::open(Arc::new(disk.clone()), options, |_| {});
    let (spool, findings) = opened.unwrap();
    assert!(
        findings.is_sound() && findings.unfinished.is_empty(),
        "{findings}"
    );
    spool
}

type Model = BTreeMap<QueueId, (usize, Option<String>)>;

fn commit(spool: &Spool, entries: Vec<Entry>) {
    spool.append(vec![Batch(entries)]).remove(0).unwrap();
}

fn apply(disk: &SimulatedDisk, spool: &mut Spool, model: &mut Model, operation: &Operation) {
    let pick = |model: &Model, at: usize| model.keys().nth(at % model.len().max(1)).copied();
    match *operation {
        Operation::Add(octets) => {
            let id = spool.fresh_id();
            commit(spool, vec![add(id, octets)]);
            model.insert(id, (octets, None));
        }
        Operation::State(at, state) => {
            let Some(id) = pick(model, at) else { return };
            let text = format!("state {state}");
            let state = Bytes::from(text.clone());
            commit(spool, vec![Entry::State { id, state }]);
            model.get_mut(&id).unwrap().1 = Some(text);
        }
        Operation::Settle(at) => {
            let Some(id) = pick(model, at) else { return };
            commit(spool, vec![Entry::Settle { id }]);
            model.remove(&id);
        }
        Operation::Replace(at, octets) => {
            let Some(id) = pick(model, at) else { return };
            let fresh = spool.fresh_id();
            commit(spool, vec![add(fresh, octets), Entry::Settle { id }]);
            model.remove(&id);
            model.insert(fresh, (octets, None));
        }
        Operation::Reclaim(steps) => {
            spool.reclaim(steps);
        }
        Operation::Reopen => {
            // The old one must give the disk up first.
            *spool = open(&SimulatedDisk::default());
            *spool = open(disk);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spool_is_a_map(operations in vec(operation(), 1..120)) {
        let disk = SimulatedDisk::default();
        let mut spool = open(&disk);
        let mut model = Model::new();
        for operation in operations.iter().chain([&Operation::Reopen]) {
            apply(&disk, &mut spool, &mut model, operation);
            prop_assert!(spool.ids().iter().eq(model.keys()));
        }
        for (id, (octets, state)) in &model {
            check(&spool, *id, *octets, state.as_deref());
        }
        let octets: usize = model.values().map(|(octets, _)| octets).sum();
        prop_assert_eq!(spool.octets(), octets as u64);
    }
}
