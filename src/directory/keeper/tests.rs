mod chance;
mod large;
mod sideless;

use std::fs;
use std::path::Path;

use routing::{Address, RecipientView};
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::approval::approve;
use super::*;
use crate::code::Code;
use crate::event::Event;
use crate::limits::{DIRECTORY_SIDELESS_KEPT, SNAPSHOT_PATCHES, SNAPSHOT_TIMES_INTERVAL};

const START: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// A keeper whose clock the test turns.
struct Bench {
    keeper: Option<Keeper>,
    events: UnboundedReceiver<Event>,
    dir: TempDir,
    now: u64,
    more: String,
    /// Recipients up to which nothing is done beside.
    at_once: usize,
}

impl Bench {
    /// With a source `people` of `count` people on notes.
    fn with_people(count: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("people.csv"), people(0..count, "notes")).unwrap();
        let mut bench = Self::stopped(dir, START);
        bench.start();
        bench
    }

    fn stopped(dir: TempDir, now: u64) -> Self {
        let (_, events) = Events::tapped();
        Self {
            keeper: None,
            events,
            dir,
            now,
            more: String::new(),
            at_once: DIRECTORY_AT_ONCE,
        }
    }

    fn start(&mut self) {
        let (events, tap) = Events::tapped();
        self.events = tap;
        let mut keeper = Keeper::open(self.config(), events);
        keeper.at_once = self.at_once;
        self.keeper = Some(keeper);
        self.look();
    }

    /// Ends the keeper, as a process ends, and leaves its files.
    fn stop(self) -> TempDir {
        drop(self.keeper);
        self.dir
    }

    fn config(&self) -> Arc<Config> {
        let dir = self.dir.path().display();
        let text = format!(
            "hostname = \"mx.c.example\"\nstate_dir = \"{dir}\"\n[[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
             [domain.\"c.example\"]\npostmaster = \"p@c.example\"\n\
             [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.c.example:25\"]\n\
             [side.other]\nkind = \"smtp\"\nnext_hop = [\"other.c.example:25\"]\n\
             [[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"{dir}/people.csv\"\n{}",
            self.more
        );
        Arc::new(
            Config::parse(&text, "test.toml")
                .unwrap_or_else(|faults| panic!("{faults}"))
                .config,
        )
    }

    fn write(&self, text: &str) {
        fs::write(self.file("people.csv"), text).unwrap();
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn look(&mut self) {
        let keeper = self.keeper.take().unwrap();
        self.keeper = Some(keeper.look(UnixTime::from_seconds(self.now)));
    }

    /// Looks until a change must have been taken up.
    fn settle(&mut self) {
        self.look();
        self.look();
    }

    /// Looks until nothing is under way.
    fn finish(&mut self) {
        self.look();
        while self.keeper.as_ref().unwrap().aside.is_some() {
            std::thread::yield_now();
            self.look();
        }
    }

    fn reload(&mut self) {
        let keeper = self.keeper.take().unwrap().reload(self.config());
        self.keeper = Some(keeper);
        self.look();
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.keeper.as_ref().unwrap().snapshot()
    }

    fn people(&self) -> usize {
        self.snapshot().len()
    }

    fn age(&self) -> Option<u64> {
        self.snapshot()
            .age(UnixTime::from_seconds(self.now))
            .map(|age| age.as_secs())
    }

    fn side_of(&self, text: &str) -> Option<String> {
        let snapshot = self.snapshot();
        snapshot
            .lookup(&address(text))
            .and_then(|view: RecipientView| view.side().map(ToString::to_string))
    }

    /// The codes of the events since the last call.
    fn codes(&mut self) -> Vec<Code> {
        std::iter::from_fn(|| self.events.try_recv().ok())
            .filter_map(|event| event.code())
            .collect()
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn people(numbers: std::ops::Range<usize>, side: &str) -> String {
    let lines: String = numbers
        .map(|number| format!("p{number}@c.example,{side}\n"))
        .collect();
    format!("address,side\n{lines}")
}

/// `all` people on notes but those of `moved`, who live elsewhere.
fn with_moved(all: usize, moved: usize) -> String {
    people(0..all - moved, "notes")
        + &people(all - moved..all, "other").replace("address,side\n", "")
}

#[test]
fn a_change_is_taken_up_once_the_file_rests() {
    let mut bench = Bench::with_people(3);
    assert_eq!(
        (bench.people(), bench.codes()),
        (3, vec![Code::DIRECTORY_CHANGED])
    );
    bench.write(&people(0..4, "notes"));
    bench.look();
    assert_eq!(bench.people(), 3, "somebody may still be writing");
    bench.write(&people(0..5, "notes"));
    bench.look();
    assert_eq!(bench.people(), 3);
    bench.look();
    assert_eq!(
        (bench.people(), bench.codes()),
        (5, vec![Code::DIRECTORY_CHANGED])
    );
    bench.settle();
    assert!(bench.codes().is_empty());
}

#[test]
fn a_file_that_only_looks_new_changes_nothing() {
    let mut bench = Bench::with_people(3);
    let before = bench.snapshot().built_at();
    bench.now += 10;
    bench.write(&people(0..3, "notes"));
    bench.settle();
    assert_eq!(
        (bench.snapshot().built_at(), bench.age()),
        (before, Some(0))
    );
    assert_eq!(bench.codes(), [Code::DIRECTORY_CHANGED], "from the start");
}

#[test]
fn the_directory_may_die() {
    let mut bench = Bench::with_people(3);
    bench.codes();
    bench.now += 100;
    bench.look();
    assert_eq!(bench.age(), Some(0), "unchanged is as good as read");
    fs::remove_file(bench.file("people.csv")).unwrap();
    bench.settle();
    bench.now += 100;
    bench.settle();
    assert_eq!(
        (bench.people(), bench.age(), bench.codes()),
        (3, Some(100), vec![Code::SOURCE_FAILED])
    );
    bench.now += DAY;
    bench.settle();
    assert_eq!(
        bench.codes(),
        [Code::DIRECTORY_STALE],
        "told once, and the failure not again"
    );
    bench.write(&people(0..3, "notes"));
    bench.settle();
    assert_eq!(
        (bench.age(), bench.codes()),
        (Some(0), vec![Code::SOURCE_BACK, Code::DIRECTORY_FRESH])
    );
}

#[test]
fn a_restart_without_sources_goes_on_from_the_last_good_snapshot() {
    let mut bench = Bench::with_people(3);
    bench.now += 30;
    bench.look();
    bench.keeper.take().unwrap().close();
    let now = bench.now + 5;
    let mut after = Bench::stopped(bench.stop(), now);
    fs::remove_file(after.file("people.csv")).unwrap();
    after.start();
    assert_eq!(
        (after.people(), after.age()),
        (3, Some(5)),
        "the time of the last look was stored"
    );
    assert_eq!(after.codes(), [Code::SOURCE_FAILED]);
}

#[test]
fn the_times_are_stored_every_minute_and_a_foreign_file_is_replaced() {
    let mut bench = Bench::with_people(3);
    let stored_age = |bench: &Bench| {
        let stored = Snapshot::read(&bench.file(SNAPSHOT_FILE)).unwrap();
        (
            stored.len(),
            stored
                .age(UnixTime::from_seconds(bench.now))
                .unwrap()
                .as_secs(),
        )
    };
    bench.now += 59;
    bench.look();
    assert_eq!(stored_age(&bench), (3, 59));
    bench.now += 1;
    bench.look();
    assert_eq!(stored_age(&bench), (3, 0));
    Snapshot::never_read()
        .write(&bench.file(SNAPSHOT_FILE))
        .unwrap();
    bench.now += 60;
    bench.look();
    assert_eq!(stored_age(&bench), (3, 0));
}

#[test]
fn a_damaged_or_older_snapshot_is_told_and_built_anew() {
    let check = |damage: fn(&mut Vec<u8>)| {
        let bench = Bench::with_people(3);
        let mut octets = fs::read(bench.file(SNAPSHOT_FILE)).unwrap();
        damage(&mut octets);
        fs::write(bench.file(SNAPSHOT_FILE), &octets).unwrap();
        let mut after = Bench::stopped(bench.stop(), START);
        after.start();
        assert_eq!(
            (after.people(), after.codes()),
            (3, vec![Code::SNAPSHOT_UNUSABLE, Code::DIRECTORY_CHANGED])
        );
        assert!(Snapshot::read(&after.file(SNAPSHOT_FILE)).is_ok());
    };
    check(|octets| octets[20] ^= 1);
    check(|octets| octets[8] = 1);
    check(|octets| *octets.last_mut().unwrap() ^= 1);
    check(|octets| octets.truncate(200));
}

#[test]
fn what_is_damaged_answers_nothing_until_it_is_built_anew() {
    let check = |with_mirror: bool| {
        let mut bench = Bench::with_people(3);
        bench.keeper = None;
        let mut octets = fs::read(bench.file(SNAPSHOT_FILE)).unwrap();
        *octets.last_mut().unwrap() ^= 1;
        fs::write(bench.file(SNAPSHOT_FILE), &octets).unwrap();
        if !with_mirror {
            fs::remove_dir_all(bench.file(MIRRORS)).unwrap();
        }
        let keeper = Keeper::open(bench.config(), Events::tapped().0);
        let asked = address("p1@c.example");
        assert!(keeper.can_serve(UnixTime::from_seconds(START)));
        assert!(keeper.snapshot().find(&asked).is_err());
        fs::remove_file(bench.file("people.csv")).unwrap();
        let keeper = keeper.look(UnixTime::from_seconds(START + 1));
        let age = keeper.snapshot().age(UnixTime::from_seconds(START + 1));
        // What was believed of the source is not lost with the snapshot; without it nobody knows who is unknown.
        assert_eq!(
            keeper.snapshot().find(&asked).unwrap().is_some(),
            with_mirror
        );
        assert_eq!(age.map(|age| age.as_secs()), with_mirror.then_some(1));
        bench.write(&people(0..3, "notes"));
        let keeper = keeper.look(UnixTime::from_seconds(START + 10));
        let keeper = keeper.look(UnixTime::from_seconds(START + 10));
        assert!(keeper.snapshot().find(&asked).unwrap().is_some());
    };
    check(true);
    check(false);
}

#[test]
fn a_damaged_mirror_is_told_and_read_anew_while_the_snapshot_serves() {
    let damage = |bench: &Bench| {
        let mirror = bench.file(MIRRORS).join("people.sqlite");
        let mut octets = fs::read(&mirror).unwrap();
        octets[..100].fill(b'x');
        fs::write(&mirror, &octets).unwrap();
    };
    let check = |count: Option<usize>, expected: &[Code], people_after: usize| {
        let mut bench = Bench::with_people(100);
        bench.keeper = None;
        damage(&bench);
        match count {
            Some(count) => bench.write(&people(0..count, "notes")),
            None => fs::remove_file(bench.file("people.csv")).unwrap(),
        }
        bench.start();
        assert_eq!(
            (bench.people(), bench.codes()),
            (people_after, expected.to_vec())
        );
        assert!(bench.file(MIRRORS).join("people.sqlite.damaged").exists());
    };
    check(Some(100), &[Code::SNAPSHOT_UNUSABLE], 100);
    // What the mirror forgot, the snapshot still knows: half of a source is not believed now, either.
    let held = [Code::SNAPSHOT_UNUSABLE, Code::SOURCE_HELD_BACK];
    check(Some(50), &held, 100);
    check(None, &[Code::SNAPSHOT_UNUSABLE, Code::SOURCE_FAILED], 100);
    let believed = [Code::SNAPSHOT_UNUSABLE, Code::DIRECTORY_CHANGED];
    check(Some(95), &believed, 95);
}

#[test]
fn whoever_keeps_the_mirror_is_not_disturbed() {
    let mut bench = Bench::with_people(3);
    let mut other = Bench::stopped(tempfile::tempdir().unwrap(), START);
    let (events, tap) = Events::tapped();
    other.events = tap;
    let keeper = Keeper::open(bench.config(), events);
    let keeper = keeper.look(UnixTime::from_seconds(START));
    assert_eq!(keeper.snapshot().len(), 3, "it goes on from what is there");
    assert_eq!(other.codes(), [Code::SOURCE_FAILED]);
    bench.keeper = None;
    let keeper = keeper.look(UnixTime::from_seconds(START + DIRECTORY_RETRY.as_secs()));
    assert_eq!(keeper.snapshot().len(), 3);
    assert_eq!(other.codes(), [Code::SOURCE_BACK]);
}

#[test]
fn an_override_comes_first() {
    let mut bench = Bench::with_people(2);
    let dir = bench.dir.path().display().to_string();
    bench.more =
        format!("[[directory]]\nname = \"more\"\nkind = \"csv\"\npath = \"{dir}/more.csv\"\n");
    fs::write(bench.file("more.csv"), people(0..3, "other")).unwrap();
    bench.reload();
    let sides = |bench: &Bench| {
        ["p1@c.example", "p2@c.example"].map(|address| bench.side_of(address).unwrap())
    };
    assert_eq!(sides(&bench), ["notes", "other"], "people is the first");
    bench.write(&people(0..1, "notes"));
    bench.settle();
    assert_eq!(sides(&bench), ["other", "other"]);
}

#[test]
fn a_stored_snapshot_serves_at_once_if_it_knows_all_sources_and_is_not_too_old() {
    let mut bench = Bench::with_people(3);
    let can_serve = |bench: &Bench, now: u64| {
        let keeper = Keeper::open(bench.config(), Events::tapped().0);
        keeper.can_serve(UnixTime::from_seconds(now))
    };
    assert!(can_serve(&bench, START));
    assert!(can_serve(&bench, START + DAY));
    assert!(!can_serve(&bench, START + DAY + 1), "too old");
    bench.more = format!(
        "[[directory]]\nname = \"more\"\nkind = \"csv\"\npath = \"{}/more.csv\"\n",
        bench.dir.path().display()
    );
    assert!(!can_serve(&bench, START), "a source it does not know");
    bench.more.clear();
    fs::remove_file(bench.file(SNAPSHOT_FILE)).unwrap();
    assert!(!can_serve(&bench, START), "there is none");
}

#[test]
fn a_snapshot_that_cannot_be_stored_is_told_once_and_tried_again() {
    let mut bench = Bench::with_people(3);
    bench.codes();
    let snapshot = bench.file(SNAPSHOT_FILE);
    fs::remove_file(&snapshot).unwrap();
    fs::create_dir(&snapshot).unwrap();
    bench.write(&people(0..4, "notes"));
    bench.settle();
    bench.settle();
    assert_eq!(
        (bench.people(), bench.codes()),
        (4, vec![Code::DIRECTORY_CHANGED, Code::SNAPSHOT_UNWRITABLE])
    );
    fs::remove_dir(&snapshot).unwrap();
    bench.look();
    assert!(!snapshot.exists(), "not before its time");
    bench.now += DIRECTORY_RETRY.as_secs();
    bench.look();
    assert_eq!(Snapshot::read(&snapshot).unwrap().len(), 4);
}

#[test]
fn losing_people_is_believed_up_to_the_bound() {
    let mut bench = Bench::with_people(100);
    bench.write(&people(0..95, "notes"));
    bench.settle();
    assert_eq!(bench.people(), 95);
    bench.codes();
    bench.write(&people(0..90, "notes")); // five of 95; 5 % of 95 is 4
    bench.settle();
    assert_eq!(
        (bench.people(), bench.codes()),
        (95, vec![Code::SOURCE_HELD_BACK])
    );
    bench.now += 100;
    bench.look();
    assert_eq!(bench.age(), Some(100), "what is held back confirms nothing");
    bench.write(&people(0..91, "notes"));
    bench.settle();
    assert_eq!(
        (bench.people(), bench.codes()),
        (91, vec![Code::SOURCE_BACK, Code::DIRECTORY_CHANGED])
    );
}

#[test]
fn moving_people_is_believed_up_to_the_bound() {
    let mut bench = Bench::with_people(200);
    bench.write(&with_moved(200, 2));
    bench.settle();
    assert_eq!(bench.side_of("p199@c.example").as_deref(), Some("other"));
    bench.codes();
    bench.write(&with_moved(200, 5));
    bench.settle();
    assert_eq!(bench.side_of("p195@c.example").as_deref(), Some("notes"));
    assert_eq!(bench.codes(), [Code::SOURCE_HELD_BACK]);
}

#[test]
fn one_person_may_always_leave_but_not_the_last() {
    let mut bench = Bench::with_people(3);
    for count in [2, 1] {
        bench.write(&people(0..count, "notes"));
        bench.settle();
        assert_eq!(bench.people(), count);
    }
    bench.codes();
    bench.write(&people(0..0, "notes"));
    bench.settle();
    assert_eq!(
        (bench.people(), bench.codes()),
        (1, vec![Code::SOURCE_HELD_BACK])
    );
}

#[test]
fn an_empty_first_source_is_not_believed() {
    let mut bench = Bench::with_people(0);
    assert_eq!(
        (bench.age(), bench.codes()),
        (None, vec![Code::SOURCE_HELD_BACK, Code::DIRECTORY_CHANGED])
    );
}

#[test]
fn what_was_held_back_counts_once_it_is_approved() {
    let mut bench = Bench::with_people(100);
    bench.write(&people(0..50, "notes"));
    bench.settle();
    assert_eq!(bench.people(), 100);
    let digest = bench.keeper.as_ref().unwrap().watched[0]
        .held
        .clone()
        .unwrap();
    approve(bench.dir.path(), "people", "0123").unwrap();
    bench.settle();
    assert_eq!(bench.people(), 100, "another content was approved");
    approve(bench.dir.path(), "people", &digest).unwrap();
    bench.codes();
    bench.look();
    assert_eq!(
        (bench.people(), bench.codes()),
        (50, vec![Code::SOURCE_BACK, Code::DIRECTORY_CHANGED])
    );
    assert!(
        approved(bench.dir.path(), "people").is_none(),
        "the word has done its work"
    );
}

#[test]
fn what_was_held_back_stays_so_after_a_restart() {
    let mut bench = Bench::with_people(100);
    bench.write(&people(0..50, "notes"));
    bench.settle();
    let mut after = Bench::stopped(bench.stop(), START + 10);
    after.start();
    assert_eq!(
        (after.people(), after.codes()),
        (100, vec![Code::SOURCE_HELD_BACK])
    );
}

#[test]
fn bad_lines_are_told_and_their_people_stay() {
    let mut bench = Bench::with_people(3);
    bench.codes();
    bench.write("address,side\np0@c.example,notez\np1@c.example,notes\np2@c.example,notes\np3@c.example,notes\n");
    bench.settle();
    assert_eq!(
        (bench.people(), bench.side_of("p0@c.example").as_deref()),
        (4, Some("notes"))
    );
    assert_eq!(
        bench.codes(),
        [Code::SOURCE_PROBLEMS, Code::DIRECTORY_CHANGED]
    );
    bench.settle();
    assert!(bench.codes().is_empty());
}

#[test]
fn garbage_and_cut_files_change_nothing() {
    let mut bench = Bench::with_people(100);
    bench.codes();
    let good = fs::read(bench.file("people.csv")).unwrap();
    for octets in [
        &b""[..],
        &[0; 4096],
        b"\xff\xfe\0\xd8",
        b"<html>504</html>",
        &good[..good.len() / 2],
        &good[..13],
    ] {
        fs::write(bench.file("people.csv"), octets).unwrap();
        bench.settle();
        assert_eq!(bench.people(), 100, "{:?}", String::from_utf8_lossy(octets));
    }
    assert!(!bench.codes().contains(&Code::DIRECTORY_CHANGED));
}

#[test]
fn a_second_source_may_come_go_and_fail_by_itself() {
    let mut bench = Bench::with_people(3);
    bench.write(&people(0..3, "notes"));
    bench.more = format!(
        "[[directory]]\nname = \"book\"\nkind = \"ldif\"\npath = \"{}/book.ldif\"\n[directory.attributes]\ndefault_side = \"other\"\n",
        bench.dir.path().display()
    );
    bench.reload();
    assert_eq!(
        (bench.people(), bench.age()),
        (3, None),
        "the book was never read"
    );
    fs::write(
        bench.file("book.ldif"),
        "dn: cn=x\nmail: x@c.example\n\ndn: cn=p\nmail: p0@c.example\n",
    )
    .unwrap();
    bench.codes();
    bench.settle();
    assert_eq!((bench.people(), bench.age()), (4, Some(0)));
    assert_eq!(
        bench.side_of("p0@c.example").as_deref(),
        Some("notes"),
        "the first source counts"
    );
    assert_eq!(
        bench.codes(),
        [
            Code::SOURCE_BACK,
            Code::DIRECTORY_CHANGED,
            Code::DIRECTORY_CONFLICT
        ]
    );
    fs::remove_file(bench.file("book.ldif")).unwrap();
    bench.write(&people(0..4, "notes"));
    bench.now += 7;
    bench.settle();
    assert_eq!(
        (bench.people(), bench.age()),
        (5, Some(7)),
        "the age is the older source's"
    );
    bench.more.clear();
    bench.reload();
    assert_eq!(
        (bench.people(), bench.age()),
        (4, Some(0)),
        "what the configuration drops is gone"
    );
}

#[test]
fn nobody_moves_by_being_read_for_the_first_time() {
    let mut bench = Bench::with_people(2);
    let moved_at =
        |bench: &Bench, text: &str| bench.snapshot().lookup(&address(text)).unwrap().moved_at();
    assert_eq!(moved_at(&bench, "p0@c.example"), None);
    bench.now += 50;
    bench.write(&(people(0..1, "notes") + "p1@c.example,other\nnew@c.example,notes\n"));
    bench.settle();
    let then = Some(UnixTime::from_seconds(START + 50));
    assert_eq!(
        [
            moved_at(&bench, "p0@c.example"),
            moved_at(&bench, "p1@c.example"),
            moved_at(&bench, "new@c.example")
        ],
        [None, then, then]
    );
    bench.keeper.take().unwrap().close();
    let mut after = Bench::stopped(bench.stop(), START + 500);
    after.start();
    assert_eq!(
        moved_at(&after, "p1@c.example"),
        then,
        "a restart does not forget it"
    );
}

#[test]
fn a_file_that_may_not_be_read_is_tried_again() {
    let mut bench = Bench::with_people(3);
    fs::remove_file(bench.file("people.csv")).unwrap();
    fs::create_dir(bench.file("people.csv")).unwrap();
    bench.settle();
    bench.codes();
    let watched = |bench: &Bench| bench.keeper.as_ref().unwrap().watched[0].failed_at;
    let failed_at = watched(&bench);
    bench.now += DIRECTORY_RETRY.as_secs() - 1;
    bench.look();
    assert_eq!(watched(&bench), failed_at);
    bench.now += 1;
    bench.look();
    assert_eq!(watched(&bench), Some(UnixTime::from_seconds(bench.now)));
    assert!(
        Path::new(&bench.file("people.csv")).is_dir()
            && bench.people() == 3
            && bench.codes().is_empty()
    );
}
