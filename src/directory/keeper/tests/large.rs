//! Among so many people that not everything is done at once.

use super::*;
use crate::directory::keeper::aside::{Gathered, Stored as Piece};
use crate::directory::keeper::building::Built;
use crate::directory::sideless::Sideless;
use crate::directory::whole::{Conflicts, Whole};

/// Two hundred people, as if they were too many to gather or to store with each change.
fn large() -> Bench {
    let mut bench = Bench::with_people(200);
    bench.codes();
    keeper(&mut bench).at_once = 0;
    bench
}

fn keeper(bench: &mut Bench) -> &mut Keeper {
    bench.keeper.as_mut().unwrap()
}

/// Where somebody lives and since when, as a snapshot has them.
fn lives(snapshot: &Snapshot, text: &str) -> (String, Option<u64>, Option<String>) {
    let address = address(text);
    let view = snapshot.lookup(&address).unwrap();
    (
        view.side().unwrap().to_string(),
        view.moved_at().map(UnixTime::seconds),
        view.previous_side().map(ToString::to_string),
    )
}

fn stored(bench: &Bench) -> Snapshot {
    Snapshot::read(&bench.file(SNAPSHOT_FILE)).unwrap()
}

fn moved(at: u64) -> (String, Option<u64>, Option<String>) {
    ("other".into(), Some(at), Some("notes".into()))
}

fn not_moved() -> (String, Option<u64>, Option<String>) {
    ("notes".into(), None, None)
}

const LAST: &str = "p199@c.example";
const LAST_BUT_ONE: &str = "p198@c.example";

#[test]
fn a_change_is_in_force_at_once_and_stored_after_a_while() {
    let mut bench = large();
    bench.now += 50;
    bench.write(&with_moved(200, 1));
    bench.settle();
    let then = bench.now;
    assert_eq!(lives(&bench.snapshot(), LAST), moved(then));
    assert_eq!(bench.snapshot().patches(), 2);
    assert_eq!(bench.codes(), [Code::DIRECTORY_CHANGED]);
    bench.now += 59;
    bench.finish();
    assert_eq!(lives(&stored(&bench), LAST), not_moved());
    // A later change does not put it off.
    bench.write(&with_moved(200, 2));
    bench.settle();
    bench.now += 1;
    bench.finish();
    let snapshot = bench.snapshot();
    for snapshot in [&*snapshot, &stored(&bench)] {
        assert_eq!(lives(snapshot, LAST), moved(then));
        assert_eq!(lives(snapshot, LAST_BUT_ONE), moved(then + 59));
        assert_eq!((snapshot.len(), snapshot.patches()), (200, 0));
    }
    assert_eq!(bench.codes(), [Code::DIRECTORY_CHANGED]);
}

#[test]
fn what_is_in_force_is_on_disk_after_the_end() {
    let mut bench = large();
    bench.now += 50;
    bench.write(&with_moved(200, 1));
    bench.settle();
    let then = bench.now;
    bench.keeper.take().unwrap().close();
    assert_eq!(lives(&stored(&bench), LAST), moved(then));
    let mut after = Bench::stopped(bench.stop(), then + 100);
    after.start();
    assert_eq!(lives(&after.snapshot(), LAST), moved(then));
    assert!(after.codes().is_empty(), "nothing is new");
}

#[test]
fn what_was_not_stored_is_in_force_again_right_after_a_crash() {
    let check = |spoil: fn(&Bench), expected: &str| {
        let mut bench = large();
        bench.write(&with_moved(200, 1));
        bench.settle();
        bench.keeper = None;
        assert_eq!(lives(&stored(&bench), LAST), not_moved());
        fs::remove_file(bench.file("people.csv")).unwrap();
        spoil(&bench);
        (bench.now, bench.at_once) = (START + 10, 0);
        bench.start();
        // Everybody is still being gathered.
        assert!(keeper(&mut bench).aside.is_some());
        assert_eq!(bench.side_of(LAST).as_deref(), Some(expected));
        bench.finish();
        assert_eq!(bench.side_of(LAST).as_deref(), Some("other"));
        assert_eq!(bench.people(), 200);
    };
    check(|_| {}, "other");
    // Without the note beside it the stored snapshot serves until everybody is gathered.
    let forget = |bench: &Bench| fs::remove_file(bench.file("snapshot.origin")).unwrap();
    check(forget, "notes");
}

#[test]
fn everybody_is_gathered_beside_and_nothing_is_lost_meanwhile() {
    let mut bench = large();
    bench.reload();
    assert!(keeper(&mut bench).aside.is_some());
    assert_eq!(bench.people(), 200, "what is in force serves");
    bench.now += 50;
    bench.write(&with_moved(200, 1));
    bench.settle();
    bench.finish();
    let (side, moved_at, previous) = lives(&bench.snapshot(), LAST);
    assert_eq!((&*side, previous.as_deref()), ("other", Some("notes")));
    // Whoever gathers may have seen it already, and dates by when it began.
    assert!([START, bench.now].contains(&moved_at.unwrap()));
    assert_eq!(bench.people(), 200);
    assert!(!keeper(&mut bench).is_behind());
}

/// A change that comes in force while something is done beside.
fn meanwhile(bench: &mut Bench) -> (Snapshot, Option<Built>, u64) {
    let (before, built) = (bench.snapshot(), keeper(bench).built.clone());
    bench.now += 50;
    let then = bench.now;
    bench.write(&with_moved(200, 1));
    bench.settle();
    bench.now += 7;
    bench.codes();
    ((*before).clone(), built, then)
}

#[test]
fn what_came_in_force_while_it_was_stored_stays_so() {
    let mut bench = large();
    let (before, built, then) = meanwhile(&mut bench);
    let now = UnixTime::from_seconds(bench.now);
    let piece = Piece {
        folded: Ok(before),
        built,
    };
    keeper(&mut bench).take_stored(piece, &[None], now);
    assert_eq!(lives(&bench.snapshot(), LAST), moved(then));
    assert_eq!(bench.snapshot().patches(), 2);
    assert_eq!(keeper(&mut bench).stored, Stored::Behind);
    assert!(bench.codes().is_empty());
    bench.now += SNAPSHOT_TIMES_INTERVAL.as_secs();
    bench.finish();
    assert_eq!(lives(&stored(&bench), LAST), moved(then));
}

#[test]
fn what_came_in_force_while_everybody_was_gathered_stays_so() {
    let mut bench = large();
    let (before, built, then) = meanwhile(&mut bench);
    let now = UnixTime::from_seconds(bench.now);
    let whole = Whole {
        snapshot: Ok(before),
        changed: true,
        sideless: Sideless::default(),
        conflicts: Conflicts::default(),
    };
    let built = built.unwrap();
    keeper(&mut bench).take_gathered(Gathered { whole, built }, &[None], now);
    assert_eq!(lives(&bench.snapshot(), LAST), moved(then));
    assert!(!keeper(&mut bench).is_behind());
    bench.finish();
    assert_eq!(lives(&stored(&bench), LAST), moved(then), "stored at once");
}

#[test]
fn many_changes_are_stored_before_their_time() {
    let patches = |count: usize| {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("people.csv"), people(0..10, "notes")).unwrap();
        let mut bench = Bench::stopped(dir, START);
        bench.start();
        keeper(&mut bench).at_once = 0;
        for count in [count - 1, count] {
            bench.write(&people(0..10 + count, "notes"));
            bench.settle();
        }
        bench.finish();
        bench.snapshot().patches()
    };
    assert_eq!(patches(SNAPSHOT_PATCHES), SNAPSHOT_PATCHES);
    assert_eq!(patches(SNAPSHOT_PATCHES + 1), 0);
}

#[test]
fn few_are_gathered_and_stored_at_once() {
    let mut bench = Bench::with_people(200);
    let is_stored_at_once = |bench: &mut Bench, at_once: usize, moved: usize| {
        keeper(bench).at_once = at_once;
        bench.write(&with_moved(200, moved));
        bench.settle();
        assert_eq!(bench.side_of(LAST).as_deref(), Some("other"));
        let is_one = bench.snapshot().patches() == 0;
        let found = lives(&stored(bench), &format!("p{}@c.example", 200 - moved));
        assert_eq!(found.0 == "other", is_one);
        is_one
    };
    assert!(is_stored_at_once(&mut bench, 200, 1));
    assert!(!is_stored_at_once(&mut bench, 199, 2));
}
