//! Power is lost, or the disk fails, at every step of every short workload.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io::ErrorKind;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use spool::{Batch, Entry, Fault, Findings, Options, QueueId, ReadError, SimulatedDisk, Spool};

use crate::mail::{self, add, content, meta};

/// What a user does to the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Small,
    Large,
    /// Two batches in one group.
    Pair,
    State,
    Settle,
    /// A report takes the place of its message.
    Report,
    Reclaim,
}

const STEPS: [Step; 7] = [
    Step::Small,
    Step::Large,
    Step::Pair,
    Step::State,
    Step::Settle,
    Step::Report,
    Step::Reclaim,
];

/// Segments of a few groups, so that each workload meets their ends.
const TINY: Options = Options {
    segment_octets: Some(32 << 10),
    floor_octets: Some(0),
    inline_octets: None,
};
const SMALL_OCTETS: usize = 1_500;
const LARGE_OCTETS: usize = 5_000;

/// What may be true of a message after a crash.
#[derive(Clone, Debug, Hash)]
struct Known {
    octets: usize,
    /// Acknowledged: it must be there.
    is_sure: bool,
    /// Settled, acknowledged or not: it may be gone.
    may_be_gone: bool,
    /// Settled and acknowledged: it must be gone.
    is_gone: bool,
    /// The state acknowledged last, and what came after it without an answer.
    states: Vec<Option<Bytes>>,
}

/// What a user knows of the spool: which answers there were.
#[derive(Clone, Debug, Default, Hash)]
struct Ledger {
    known: BTreeMap<QueueId, Known>,
    given_out: Option<QueueId>,
    states: u32,
    /// Each with the message that it took the place of.
    reports: Vec<(QueueId, QueueId)>,
}

impl Ledger {
    fn fresh(&mut self, spool: &Spool) -> QueueId {
        let id = spool.fresh_id();
        assert!(self.given_out < Some(id), "{id} was given out twice");
        self.given_out = Some(id);
        id
    }

    fn added(&mut self, id: QueueId, octets: usize, is_sure: bool) {
        let known = Known {
            octets,
            is_sure,
            may_be_gone: false,
            is_gone: false,
            states: vec![None],
        };
        self.known.insert(id, known);
    }

    fn settled(&mut self, id: QueueId, is_sure: bool) {
        let known = self.known.get_mut(&id).unwrap();
        known.may_be_gone = true;
        known.is_gone |= is_sure;
    }

    fn stated(&mut self, id: QueueId, state: &Bytes, is_sure: bool) {
        let states = &mut self.known.get_mut(&id).unwrap().states;
        if is_sure {
            states.clear();
        }
        states.push(Some(state.clone()));
    }

    /// The oldest message that is surely there.
    fn oldest(&self) -> Option<QueueId> {
        let live = self.known.iter().find(|(_, k)| k.is_sure && !k.may_be_gone);
        live.map(|(id, _)| *id)
    }

    fn take(&mut self, spool: &Spool, step: Step) {
        match step {
            Step::Small => self.add(spool, &[SMALL_OCTETS]),
            Step::Large => self.add(spool, &[LARGE_OCTETS]),
            Step::Pair => self.add(spool, &[SMALL_OCTETS, 10]),
            Step::State => self.state(spool),
            Step::Settle => self.settle(spool),
            Step::Report => self.report(spool),
            Step::Reclaim => {
                spool.reclaim(20);
            }
        }
    }

    fn add(&mut self, spool: &Spool, sizes: &[usize]) {
        let ids: Vec<_> = sizes.iter().map(|_| self.fresh(spool)).collect();
        let batch = |(id, octets): (&QueueId, &usize)| Batch::of(add(*id, *octets));
        let fates = spool.append(ids.iter().zip(sizes).map(batch).collect());
        for ((id, octets), fate) in ids.into_iter().zip(sizes).zip(fates) {
            self.added(id, *octets, fate.is_ok());
        }
    }

    fn state(&mut self, spool: &Spool) {
        let Some(id) = self.oldest() else { return };
        self.states += 1;
        let state = Bytes::from(format!("state {}", self.states));
        let entry = Entry::State {
            id,
            state: state.clone(),
        };
        let fate = spool.append(vec![Batch::of(entry)]);
        self.stated(id, &state, fate[0].is_ok());
    }

    fn settle(&mut self, spool: &Spool) {
        let Some(id) = self.oldest() else { return };
        let fate = spool.append(vec![Batch::of(Entry::Settle { id })]);
        self.settled(id, fate[0].is_ok());
    }

    fn report(&mut self, spool: &Spool) {
        let Some(id) = self.oldest() else { return };
        let report = self.fresh(spool);
        let entries = vec![add(report, 800), Entry::Settle { id }];
        let fate = spool.append(vec![Batch(entries)]);
        self.added(report, 800, fate[0].is_ok());
        self.settled(id, fate[0].is_ok());
        self.reports.push((report, id));
    }

    /// Holds what is in the spool to what was answered.
    fn check(&self, spool: &Spool, what: &dyn fmt::Display) {
        for (id, known) in &self.known {
            let mut stored = match spool.read(*id) {
                Ok(stored) => stored,
                Err(ReadError::Unknown(_)) => {
                    let may_be = !known.is_sure || known.may_be_gone;
                    assert!(may_be, "{id} was acknowledged and is lost: {what}");
                    continue;
                }
                Err(error) => panic!("{id}: {error}: {what}"),
            };
            assert!(!known.is_gone, "{id} was settled and is back: {what}");
            assert_eq!(stored.meta, meta(*id), "{what}");
            assert!(
                known.states.contains(&stored.state),
                "{id} has an old state: {what}"
            );
            let whole = mail::whole(&mut stored).unwrap();
            assert!(
                whole == content(id.number(), known.octets),
                "{id} is altered: {what}"
            );
        }
        let stranger = spool
            .ids()
            .into_iter()
            .find(|id| !self.known.contains_key(id));
        assert_eq!(stranger, None, "nobody added it: {what}");
        self.check_reports(spool, what);
    }

    fn check_reports(&self, spool: &Spool, what: &dyn fmt::Display) {
        let there: HashSet<_> = spool.ids().into_iter().collect();
        for (report, settled) in &self.reports {
            let is_one = there.contains(report) != there.contains(settled);
            let is_settled = self.known[report].may_be_gone && !there.contains(settled);
            assert!(is_one || is_settled, "a batch was taken in part: {what}");
        }
    }
}

fn open(disk: &SimulatedDisk) -> Option<(Spool, Findings)> {
    Spool::open(Arc::new(disk.clone()), TINY, |_| {}).ok()
}

/// A spool with a mostly dead segment, a few messages, and little room in the segment that is written.
fn base() -> (SimulatedDisk, Spool, Ledger) {
    let disk = SimulatedDisk::default();
    disk.place(FORMAT, format());
    let (spool, _) = open(&disk).unwrap();
    let mut ledger = Ledger::default();
    let begin = [
        Step::Small,
        Step::Large,
        Step::State,
        Step::Small,
        Step::Small,
    ];
    begin.iter().for_each(|step| ledger.take(&spool, *step));
    for _ in 0..2 {
        ledger.settle(&spool);
    }
    ledger.take(&spool, Step::State);
    (disk, spool, ledger)
}

/// The same secret for all spools: equal answers leave equal disks.
fn format() -> Vec<u8> {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    let make = || {
        let disk = SimulatedDisk::default();
        open(&disk).unwrap();
        disk.content(FORMAT).unwrap()
    };
    MADE.get_or_init(make).clone()
}

/// All workloads of up to `length` steps.
fn workloads(length: usize) -> Vec<Vec<Step>> {
    let mut all: Vec<Vec<Step>> = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..length {
        let longer = |workload: &Vec<Step>| STEPS.map(|step| [&workload[..], &[step]].concat());
        longest = longest.iter().flat_map(longer).collect();
        all.extend(longest.iter().cloned());
    }
    all.split_off(1)
}

/// Opens what power loss left, in every way, and holds it to the ledger; counts the states.
#[derive(Default)]
struct Losses {
    /// What a recovery reads, and what it is held to. The same again has the same outcome.
    tried: HashSet<u64>,
    states: usize,
}

impl Losses {
    fn check(&mut self, disk: &SimulatedDisk, ledger: &Ledger, what: &str) {
        let mut seen = HashSet::new();
        for survival in disk.survivals() {
            let after = disk.after_power_loss(&survival);
            let trial = hash(&(after.fingerprint(), ledger));
            if !seen.insert(trial) {
                continue;
            }
            self.states += 1;
            if !self.tried.insert(trial) {
                continue;
            }
            let what = format!("{what}, {survival:?}");
            let (spool, findings) = open(&after).unwrap_or_else(|| panic!("{what}"));
            assert!(findings.is_sound(), "{findings}: {what}");
            ledger.check(&spool, &what);
            assert!(
                ledger.given_out < Some(spool.fresh_id()),
                "a name is used again: {what}"
            );
        }
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (states, tried) = (self.states, self.tried.len());
        write!(
            f,
            "{states} states after a loss of power, {tried} different"
        )
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Every crash within the last step of every workload; those before are the last of a shorter one.
#[test]
fn no_acknowledged_message_is_lost_whenever_power_fails() {
    let mut losses = Losses::default();
    let mut crashes = 0;
    for workload in workloads(LENGTH) {
        let (last, before) = workload.split_last().unwrap();
        for at in 0.. {
            let (disk, spool, mut ledger) = base();
            before.iter().for_each(|step| ledger.take(&spool, *step));
            let crash = disk.steps() + at;
            let kinds = [Fault::Torn(EIO), Fault::Refused(EIO)];
            disk.fail_from(crash, kinds[usize::from(at % 2 == 0)]);
            ledger.take(&spool, *last);
            let is_done = disk.steps() <= crash;
            drop(spool);
            losses.check(&disk, &ledger, &format!("{workload:?} crashed at {at}"));
            crashes += 1;
            if is_done {
                break;
            }
        }
    }
    println!("{crashes} crashes, {losses}");
    assert!(losses.states > 5_000);
}

/// The process is killed within the last step of every workload, also in the midst of a sync. It is started again and finds
/// what is in the page cache, and gives space back; then power is lost.
#[test]
fn no_acknowledged_message_is_lost_when_power_fails_after_a_kill() {
    let mut losses = Losses::default();
    let mut kills = 0;
    for workload in workloads(LENGTH) {
        let (last, before) = workload.split_last().unwrap();
        for at in 0.. {
            let (disk, spool, mut ledger) = base();
            before.iter().for_each(|step| ledger.take(&spool, *step));
            let kill = disk.steps() + at;
            let kinds = [Fault::Torn(EIO), Fault::Refused(EIO)];
            disk.fail_from(kill, kinds[usize::from(at % 2 == 0)]);
            ledger.take(&spool, *last);
            let is_done = disk.steps() <= kill;
            drop(spool);
            disk.heal();
            let what = format!("{workload:?} killed at {at}");
            let (spool, _) = open(&disk).unwrap_or_else(|| panic!("{what}"));
            ledger.check(&spool, &what);
            losses.check(&disk, &ledger, &what);
            let what = format!("{what}, then reclaimed");
            ledger.take(&spool, Step::Reclaim);
            ledger.take(&spool, Step::Small);
            drop(spool);
            losses.check(&disk, &ledger, &what);
            kills += 1;
            if is_done {
                break;
            }
        }
    }
    println!("{kills} kills, {losses}");
    assert!(losses.states > 50_000);
}

/// Each step fails once in each way, what follows goes on; then the spool is read, and power is lost, at once or after
/// one message more.
#[test]
fn no_acknowledged_message_is_lost_whichever_disk_step_fails() {
    let mut losses = Losses::default();
    let mut failures = 0;
    let faults = [
        Fault::Refused(EIO),
        Fault::Torn(EIO),
        Fault::Refused(ErrorKind::StorageFull),
        Fault::Refused(ErrorKind::ReadOnlyFilesystem),
        Fault::Refused(ErrorKind::Interrupted),
        Fault::Short,
    ];
    for workload in workloads(LENGTH) {
        for fault in faults {
            for at in 0.. {
                let (disk, spool, mut ledger) = base();
                let step = disk.steps() + at;
                disk.fail_once(step, fault);
                workload.iter().for_each(|step| ledger.take(&spool, *step));
                let is_done = disk.steps() <= step;
                disk.heal();
                let what = format!("{workload:?} failed at {at} with {fault:?}");
                ledger.check(&spool, &what);
                losses.check(&disk, &ledger, &what);
                // The disk is well again: so is the spool.
                ledger.take(&spool, Step::Small);
                let newest = ledger.known.values().next_back();
                assert!(newest.is_some_and(|known| known.is_sure), "{what}");
                drop(spool);
                losses.check(&disk, &ledger, &what);
                failures += 1;
                if is_done {
                    break;
                }
            }
        }
    }
    println!("{failures} failures, {losses}");
    assert!(losses.states > 100_000);
}

/// Power is lost; then each step of the recovery fails once, and power is lost again.
#[test]
fn a_recovery_that_fails_is_done_again() {
    let mut losses = Losses::default();
    let mut failures = 0;
    for workload in [Step::Report, Step::Large, Step::Reclaim].map(|last| [Step::Small, last]) {
        for at in 0.. {
            let (disk, spool, mut ledger) = base();
            workload.iter().for_each(|step| ledger.take(&spool, *step));
            drop(spool);
            let survivals = disk.survivals();
            let after = disk.after_power_loss(survivals.last().unwrap());
            let kinds = [Fault::Torn(EIO), Fault::Refused(EIO)];
            after.fail_from(at, kinds[usize::from(at % 2 == 0)]);
            let what = format!("{workload:?}, recovery crashed at {at}");
            let opened = open(&after);
            let is_done = after.steps() <= at;
            drop(opened);
            losses.check(&after, &ledger, &what);
            after.fail_once(after.steps() + at, kinds[0]);
            if let Some((spool, _)) = open(&after) {
                after.heal();
                ledger.check(&spool, &what);
                ledger.take(&spool, Step::Report);
            }
            after.heal();
            losses.check(&after, &ledger, &what);
            failures += 1;
            if is_done {
                break;
            }
        }
    }
    println!("{failures} failed recoveries, {losses}");
    assert!(losses.states > 100);
}

const EIO: ErrorKind = ErrorKind::Other;
const LENGTH: usize = 3;
/// The file that names a spool and has its secret.
const FORMAT: &str = "format";
