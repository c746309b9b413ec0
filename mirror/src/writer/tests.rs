use std::fs;
use std::os::unix::fs::PermissionsExt;

use book::Entry;

use super::*;
use crate::limits::{FAILURE_OCTETS_MAX, FOUND_MAX};
use crate::sample::{Place, address, believed, cloud, key, person, read};

#[test]
fn what_is_believed_grows_by_generations() {
    let mut mirror = Place::new().open();
    assert_eq!(mirror.facts().unwrap().generation, 0);
    assert_eq!(mirror.believe().unwrap(), 1, "that there is nobody");
    read(&mut mirror, Extent::Full, &[person("a"), person("b")]);
    assert!(believed(&mirror).is_empty());
    assert_eq!(mirror.believe().unwrap(), 2);
    assert_eq!(mirror.believe().unwrap(), 2, "nothing new");
    read(&mut mirror, Extent::Full, &[cloud("b"), person("c")]);
    assert_eq!(believed(&mirror), ["a", "b"]);
    assert_eq!(mirror.believe().unwrap(), 3);
    assert_eq!(believed(&mirror), ["b", "c"]);
    assert_eq!(
        mirror.view().believed_one(&key("b")).unwrap(),
        Some(cloud("b"))
    );
    assert_eq!(mirror.facts().unwrap().people, 2);
}

#[test]
fn another_setting_reads_anew_but_still_believes() {
    let place = Place::new();
    let mut mirror = place.open();
    read(&mut mirror, Extent::Full, &[person("a")]);
    mirror.believe().unwrap();
    let mut round = mirror.round(Extent::Full).unwrap();
    round.put(&person("a")).unwrap();
    round.commit(Some("1")).unwrap();
    drop(round);
    drop(mirror);
    for (fingerprint, cursor) in [("one", Some("1")), ("two", None), ("one", None)] {
        let mirror = Mirror::open(&place.file(), fingerprint).unwrap();
        assert_eq!(mirror.cursor().unwrap().as_deref(), cursor);
        assert_eq!(mirror.unfinished().unwrap().is_some(), cursor.is_some());
        assert_eq!(believed(&mirror), ["a"]);
    }
}

#[test]
fn there_is_one_writer_and_any_number_of_readers() {
    let place = Place::new();
    assert!(View::open(&place.file()).unwrap_err().is_missing());
    let mut mirror = place.open();
    assert!(matches!(
        Mirror::open(&place.file(), "one"),
        Err(MirrorError::Busy)
    ));
    read(&mut mirror, Extent::Full, &[person("a")]);
    mirror.believe().unwrap();
    let before = View::open(&place.file()).unwrap();
    let mut round = mirror.round(Extent::Full).unwrap();
    round.put(&person("b")).unwrap();
    let during = View::open(&place.file()).unwrap();
    round.finish(None).unwrap();
    mirror.believe().unwrap();
    let after = View::open(&place.file()).unwrap();
    for (view, expected) in [(before, "a"), (during, "a"), (after, "b")] {
        let keys: Vec<_> = view.believed().map(|entry| entry.unwrap().key).collect();
        assert_eq!(keys, [key(expected)]);
    }
    drop(mirror);
    assert!(View::open(&place.file()).is_ok(), "without a writer, too");
    place.open();
}

#[test]
fn the_files_are_not_for_everybody() {
    let place = Place::new();
    let mut mirror = place.open();
    read(&mut mirror, Extent::Full, &[person("a")]);
    let mut names = 0;
    for file in fs::read_dir(place.dir.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o137, 0, "{mode:o}");
        names += 1;
    }
    assert_eq!(names, 4, "the database, its log, its index and the lock");
}

#[test]
fn facts_are_kept() {
    let at = UnixTime::from_seconds;
    let mut mirror = Place::new().open();
    assert_eq!(mirror.facts().unwrap(), Facts::default());
    read(&mut mirror, Extent::Full, &[person("a")]);
    mirror.succeeded(at(10), Some(at(70))).unwrap();
    mirror.succeeded(at(20), None).unwrap();
    let facts = mirror.facts().unwrap();
    assert_eq!((facts.read_at, facts.next_try), (Some(at(20)), None));
    assert_eq!(
        (facts.cursor.as_deref(), facts.cursor_at),
        (Some("end"), Some(at(10)))
    );
    for (now, why) in [(30, "no route"), (40, "no answer")] {
        mirror.failed(at(now), why, Some(at(now + 5))).unwrap();
    }
    let facts = mirror.facts().unwrap();
    let failure = facts.failure.unwrap();
    assert_eq!(
        (failure.why.as_str(), failure.since, failure.at),
        ("no answer", at(30), at(40))
    );
    assert_eq!(
        (facts.read_at, facts.next_try),
        (Some(at(20)), Some(at(45)))
    );
    mirror.held_back(at(50), None).unwrap();
    let facts = mirror.facts().unwrap();
    assert_eq!((facts.failure, facts.read_at), (None, Some(at(20))));
    for more in [0, 1] {
        let why = "x".repeat(FAILURE_OCTETS_MAX + more);
        mirror.failed(at(60), &why, None).unwrap();
        let kept = mirror.facts().unwrap().failure.unwrap().why;
        assert_eq!(kept.len(), FAILURE_OCTETS_MAX);
    }
}

#[test]
fn somebody_is_found_by_any_address() {
    let mut mirror = Place::new().open();
    let mut anna = person("anna");
    anna.aliases.push(address("a.berg@c.example"));
    anna.computed.push(address("berg@c.example"));
    anna.routing_address = Some(address("anna@n.example"));
    read(&mut mirror, Extent::Full, &[anna.clone(), person("ben")]);
    mirror.believe().unwrap();
    read(
        &mut mirror,
        Extent::Changes,
        &[cloud("ben"), person("carl")],
    );
    let found = |text: &str| mirror.view().with_address(&address(text)).unwrap();
    for text in [
        "ANNA@c.example",
        "a.berg@c.example",
        "berg@c.example",
        "anna@n.example",
    ] {
        assert_eq!(found(text)[0].believed, Some(anna.clone()), "{text}");
    }
    let ben = found("ben@c.example");
    assert_eq!(ben.len(), 1);
    assert_eq!(
        ben[0].proposed,
        crate::Proposed::Otherwise(Box::new(cloud("ben")))
    );
    assert_eq!(found("carl@c.example")[0].believed, None);
    assert!(found("nobody@c.example").is_empty());
    let held = mirror
        .view()
        .holders(&[address("a.berg@c.example"), address("x@c.example")]);
    assert_eq!(held.unwrap(), [key("anna")]);
}

#[test]
fn what_is_found_is_bounded() {
    let found = |count: usize| {
        let mut mirror = Place::new().open();
        let people: Vec<Entry> = (0..count)
            .map(|n| {
                let mut entry = person(&format!("p{n}"));
                entry.aliases.push(address("all@c.example"));
                entry
            })
            .collect();
        read(&mut mirror, Extent::Full, &people);
        mirror
            .view()
            .with_address(&address("all@c.example"))
            .unwrap()
            .len()
    };
    assert_eq!(
        (found(FOUND_MAX), found(FOUND_MAX + 1)),
        (FOUND_MAX, FOUND_MAX)
    );
}

/// What a process leaves that is killed now: the files as they are, without the index of the log.
fn killed(place: &Place) -> Place {
    let copy = Place::new();
    for name in ["people.sqlite", "people.sqlite-wal"] {
        let (from, to) = (place.dir.path().join(name), copy.dir.path().join(name));
        if from.exists() {
            fs::copy(from, to).unwrap();
        }
    }
    copy
}

/// Who is believed, who is touched, and where to go on.
fn left(place: &Place) -> (Vec<String>, usize, Option<String>) {
    let mirror = place.open();
    let touched = mirror.view().touched().unwrap().map(Result::unwrap).count();
    (believed(&mirror), touched, mirror.cursor().unwrap())
}

#[test]
fn whoever_kills_it_finds_the_last_commit() {
    let place = Place::new();
    let mut mirror = place.open();
    let names = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let check = |believed: &[&str], touched, cursor: Option<&str>| {
        let expected = (names(believed), touched, cursor.map(str::to_owned));
        assert_eq!(left(&killed(&place)), expected);
    };
    check(&[], 0, None);
    let mut round = mirror.round(Extent::Full).unwrap();
    round.put(&person("a")).unwrap();
    check(&[], 0, None);
    round.commit(Some("1")).unwrap();
    check(&[], 1, Some("1"));
    round.put(&person("b")).unwrap();
    check(&[], 1, Some("1"));
    round.finish(Some("2")).unwrap();
    check(&[], 2, Some("2"));
    mirror.believe().unwrap();
    check(&["a", "b"], 0, Some("2"));
    let mut round = mirror.round(Extent::Changes).unwrap();
    round.gone(&key("a")).unwrap();
    check(&["a", "b"], 0, Some("2"));
    round.commit(Some("3")).unwrap();
    check(&["a", "b"], 1, Some("3"));
}

#[test]
fn whoever_kills_it_while_it_begins_to_believe_finds_the_former_belief() {
    let place = Place::new();
    let mut mirror = place.open();
    let people: Vec<_> = (0..2_000).map(|n| person(&format!("p{n:04}"))).collect();
    read(&mut mirror, Extent::Full, &people);
    mirror.believe().unwrap();
    let moved: Vec<_> = (0..2_000).map(|n| cloud(&format!("p{n:04}"))).collect();
    read(&mut mirror, Extent::Full, &moved);
    // With little memory most of what it writes is in the files before the end.
    mirror
        .connection()
        .pragma_update(None, "cache_size", 10)
        .unwrap();
    let before = fs::metadata(place.dir.path().join("people.sqlite-wal"))
        .unwrap()
        .len();
    mirror
        .connection()
        .execute_batch("BEGIN IMMEDIATE")
        .unwrap();
    mirror.connection().execute_batch(BELIEVE).unwrap();
    let after = fs::metadata(place.dir.path().join("people.sqlite-wal"))
        .unwrap()
        .len();
    assert!(after > before, "something was written");
    let copy = killed(&place);
    let found = copy.open();
    assert_eq!(found.proposal().unwrap().moved, 2_000);
    let all = found.view().believed().map(Result::unwrap);
    assert!(all.eq(people));
}

#[test]
fn a_damaged_file_is_told_and_renewed() {
    let check = |damage: fn(&mut Vec<u8>)| {
        let place = Place::new();
        let mut mirror = place.open();
        let people: Vec<_> = (0..500).map(|n| person(&format!("p{n}"))).collect();
        read(&mut mirror, Extent::Full, &people);
        mirror.believe().unwrap();
        drop(mirror);
        let mut octets = fs::read(place.file()).unwrap();
        damage(&mut octets);
        fs::write(place.file(), &octets).unwrap();
        assert!(Mirror::open(&place.file(), "one").unwrap_err().is_damage());
        let (mirror, damage) = Mirror::open_or_renew(&place.file(), "one").unwrap();
        assert!(damage.unwrap().is_damage());
        assert_eq!(
            (believed(&mirror).len(), mirror.cursor().unwrap()),
            (0, None)
        );
        let aside = place.dir.path().join("people.sqlite.damaged");
        assert_eq!(fs::read(aside).unwrap(), octets);
    };
    check(|octets| octets[..16].fill(b'x'));
    check(|octets| octets.truncate(octets.len() / 2));
    check(|octets| octets.fill(0x55));
    // The first page of a table: its type.
    check(|octets| octets[4096] ^= 0xff);
}

#[test]
fn a_flipped_bit_in_an_entry_is_noticed_when_it_is_read() {
    let place = Place::new();
    let mut mirror = place.open();
    read(&mut mirror, Extent::Full, &[person("anna")]);
    mirror.believe().unwrap();
    drop(mirror);
    let mut octets = fs::read(place.file()).unwrap();
    let wanted = b"\"anna@c.example\"";
    let places: Vec<usize> = (0..octets.len() - wanted.len())
        .filter(|at| octets[*at..].starts_with(wanted))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        octets[at + 1] = b'e';
    }
    fs::write(place.file(), octets).unwrap();
    let mirror = place.open();
    let first = mirror.view().believed().next().unwrap();
    assert!(first.unwrap_err().is_damage());
}

#[test]
fn files_of_others_and_of_newer_versions_are_left_alone() {
    let place = Place::new();
    drop(place.open());
    let change = |sql: &str| {
        let connection = Connection::open(place.file()).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let before = fs::read(place.file()).unwrap();
        let error = Mirror::open(&place.file(), "one").unwrap_err();
        assert_eq!(fs::read(place.file()).unwrap(), before);
        assert!(View::open(&place.file()).is_err());
        error
    };
    let newer = change("PRAGMA user_version = 3");
    assert!(matches!(newer, MirrorError::Newer { found: 3 }) && !newer.is_damage());
    assert!(Mirror::open_or_renew(&place.file(), "one").is_err());
    let foreign = change("PRAGMA user_version = 2; PRAGMA application_id = 7");
    assert!(matches!(foreign, MirrorError::Foreign));
}
