use std::fs;

use super::layout::{HEADER, PAGE, Section};
use super::*;
use crate::limits::FOLDED_LOCAL_PART_OCTETS_MAX;

mod damage;
mod forged;
mod groups;
mod properties;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

fn meta() -> Meta {
    let source = |name: &str, read_at| SourceRead {
        name: name.into(),
        read_at,
    };
    Meta {
        built_at: at(1_000),
        sources: vec![
            source("people", Some(at(990))),
            source("notes-book", Some(at(900))),
        ],
    }
}

fn john() -> Recipient {
    Recipient {
        aliases: vec![
            address("j.doe@contoso.com"),
            address("john@fabrikam.example"),
        ],
        routing_address: Some(address("John.D@contoso.mail.onmicrosoft.com")),
        moved_at: Some(at(950)),
        previous_side: Some("notes".into()),
        moving_to: Some("elsewhere".into()),
        ..Recipient::new(address("John.Doe@contoso.com"), "cloud".into(), "people")
    }
}

fn mary() -> Recipient {
    Recipient::new(address("mary@contoso.com"), "notes".into(), "notes-book")
}

fn sample() -> Snapshot {
    Snapshot::build([john(), mary()], meta()).unwrap()
}

/// The file of a snapshot.
fn image(snapshot: &Snapshot) -> Vec<u8> {
    let mut image = Vec::new();
    snapshot.write_octets(&mut image).unwrap();
    image
}

/// Opens a file with these octets.
fn open(image: &[u8]) -> Result<Snapshot, ReadError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    fs::write(&path, image).unwrap();
    Snapshot::open(&path)
}

/// Opens a file with these octets and checks all of it.
fn read(image: &[u8]) -> Result<Snapshot, ReadError> {
    let snapshot = open(image)?;
    snapshot.check()?;
    Ok(snapshot)
}

fn person(name: &str) -> Recipient {
    Recipient::new(address(name), "cloud".into(), "people")
}

#[test]
fn every_address_leads_to_its_recipient() {
    let snapshot = sample();
    let check = |text: &str, expected: Option<(Recipient, Found)>| {
        let view = snapshot.lookup(&address(text));
        let found = view.map(|view| (view.to_recipient().unwrap(), view.found()));
        assert_eq!(found, expected, "{text}");
    };
    check("john.doe@contoso.com", Some((john(), Found::Primary)));
    check("JOHN.DOE@CONTOSO.COM", Some((john(), Found::Primary)));
    check("j.doe@contoso.com", Some((john(), Found::Alias)));
    check("john@fabrikam.example", Some((john(), Found::Alias)));
    check(
        "john.d@contoso.mail.onmicrosoft.com",
        Some((john(), Found::RoutingAddress)),
    );
    check("mary@contoso.com", Some((mary(), Found::Primary)));
    check("john.doe@fabrikam.example", None);
    check("john.doe@elsewhere.example", None);
    check("nobody@contoso.com", None);
    check("\"john.doe@contoso.com\"@contoso.com", None);

    let view = snapshot.lookup(&address("john@fabrikam.example")).unwrap();
    assert_eq!(
        view.primary().unwrap().to_string(),
        "John.Doe@contoso.com",
        "the spelling is kept"
    );
    assert_eq!(view.routing_address().unwrap().local(), "John.D");
    assert_eq!(
        (snapshot.len(), snapshot.addresses(), snapshot.is_empty()),
        (2, 5, false)
    );
    let all: Vec<_> = snapshot
        .iter()
        .map(|view| view.to_recipient().unwrap())
        .collect();
    assert_eq!(all, [john(), mary()]);
}

#[test]
fn the_first_keeps_an_address_that_two_claim() {
    let rival = Recipient {
        aliases: vec![
            address("john.doe@contoso.com"),
            address("rival@contoso.com"),
        ],
        routing_address: Some(address("late@contoso.com")),
        ..Recipient::new(address("j.doe@contoso.com"), "notes".into(), "people")
    };
    let late = Recipient::new(address("late@contoso.com"), "notes".into(), "people");
    let snapshot = Snapshot::build([john(), rival, late], meta()).unwrap();
    let side = |text: &str| {
        snapshot
            .lookup(&address(text))
            .unwrap()
            .side()
            .unwrap()
            .to_string()
    };
    assert_eq!(side("j.doe@contoso.com"), "cloud");
    assert_eq!(side("john.doe@contoso.com"), "cloud");
    assert_eq!(side("rival@contoso.com"), "notes");
    let found = snapshot.lookup(&address("late@contoso.com")).unwrap();
    assert_eq!(
        found.found(),
        Found::Primary,
        "a routing address hides nobody's own"
    );
    assert_eq!(snapshot.addresses(), 6);
}

#[test]
fn the_age_is_that_of_the_source_longest_unread() {
    let seconds = |snapshot: &Snapshot, now| snapshot.age(at(now)).map(|age| age.as_secs());
    let snapshot = sample();
    assert_eq!(seconds(&snapshot, 1_000), Some(100));
    assert_eq!(seconds(&snapshot, 10), Some(0), "the clock was set back");
    let read = |name: &str, time| SourceRead {
        name: name.into(),
        read_at: Some(at(time)),
    };
    let confirmed = snapshot.confirmed(&[read("notes-book", 1_100), read("gone", 5)]);
    assert_eq!(seconds(&confirmed, 1_100), Some(110));
    assert_eq!(
        seconds(&snapshot, 1_100),
        Some(200),
        "the former value does not change"
    );
    assert_eq!(
        seconds(&confirmed.confirmed(&[read("people", 7)]), 1_100),
        Some(110),
        "never backwards"
    );
    assert_eq!(Snapshot::never_read().age(at(0)), None);
    let nobody = Snapshot::build(
        [],
        Meta {
            built_at: at(1),
            sources: Vec::new(),
        },
    )
    .unwrap();
    assert_eq!(
        seconds(&nobody, 1_000),
        Some(0),
        "without sources nothing is missing"
    );
    let stray = Recipient::new(address("x@contoso.com"), "cloud".into(), "unlisted");
    assert_eq!(
        Snapshot::build([stray], meta()).unwrap().age(at(1_000)),
        None
    );
}

#[test]
fn a_file_gives_back_what_was_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    assert!(Snapshot::read(&path).unwrap_err().is_missing());
    sample().write(&path).unwrap();
    let first = Snapshot::read(&path).unwrap();
    Snapshot::build([mary()], meta())
        .unwrap()
        .write(&path)
        .unwrap();
    let second = Snapshot::read(&path).unwrap();
    assert_eq!(
        first
            .iter()
            .map(|v| v.to_recipient().unwrap())
            .collect::<Vec<_>>(),
        [john(), mary()]
    );
    assert_eq!(first.sources().collect::<Vec<_>>(), meta().sources);
    assert_eq!(first.built_at(), at(1_000));
    assert!(first.lookup(&address("j.doe@contoso.com")).is_some());
    assert!(second.lookup(&address("j.doe@contoso.com")).is_none());
    let left: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left, ["snapshot"], "no draft is left behind");
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    fs::create_dir(&path).unwrap(); // nothing can be renamed over a directory
    assert!(sample().write(&path).is_err());
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        1,
        "the draft is removed"
    );
    assert!(
        sample()
            .write(&directory.path().join("missing/snapshot"))
            .is_err()
    );
}

#[test]
fn times_are_brought_to_the_file_of_this_snapshot_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    let snapshot = sample();
    snapshot.write(&path).unwrap();
    let later = SourceRead {
        name: "people".into(),
        read_at: Some(at(2_000)),
    };
    let confirmed = snapshot.confirmed(std::slice::from_ref(&later));
    assert!(confirmed.write_times(&path).unwrap());
    assert!(
        Snapshot::read(&path)
            .unwrap()
            .sources()
            .any(|source| source == later)
    );
    assert!(
        !sample().write_times(&path).unwrap(),
        "the same people under another secret are another snapshot"
    );

    let mut torn = fs::read(&path).unwrap();
    torn[HEADER + 3] ^= 1;
    let torn = read(&torn).unwrap();
    assert_eq!(
        torn.sources().collect::<Vec<_>>(),
        meta().sources,
        "the times of the last whole write count"
    );
}

#[test]
fn limits_hold_at_the_limit_and_not_past_it() {
    use crate::limits::{ALIASES_MAX, NAME_OCTETS_MAX, SNAPSHOT_DOMAINS_MAX};
    let alias = |number: usize| address(&format!("a{number}@contoso.com"));
    let with = |count: usize| Recipient {
        aliases: (0..count).map(alias).collect(),
        ..mary()
    };
    let built = Snapshot::build([with(ALIASES_MAX)], meta()).unwrap();
    assert_eq!(
        built
            .lookup(&alias(ALIASES_MAX - 1))
            .unwrap()
            .aliases()
            .count(),
        ALIASES_MAX
    );
    assert!(matches!(
        Snapshot::build([with(ALIASES_MAX + 1)], meta()),
        Err(BuildError::Aliases { .. })
    ));

    let people = |count: usize| {
        (0..count).map(|n| {
            Recipient::new(
                address(&format!("x@d{n}.example")),
                "cloud".into(),
                "people",
            )
        })
    };
    assert_eq!(
        Snapshot::build(people(SNAPSHOT_DOMAINS_MAX), meta())
            .unwrap()
            .len(),
        SNAPSHOT_DOMAINS_MAX
    );
    assert_eq!(
        Snapshot::build(people(SNAPSHOT_DOMAINS_MAX + 1), meta()).unwrap_err(),
        BuildError::Domains
    );

    let named = |length: usize| {
        Recipient::new(
            address("x@contoso.com"),
            (&*"s".repeat(length)).into(),
            "people",
        )
    };
    assert!(Snapshot::build([named(NAME_OCTETS_MAX)], meta()).is_ok());
    assert_eq!(
        Snapshot::build([named(NAME_OCTETS_MAX + 1)], meta()).unwrap_err(),
        BuildError::Names
    );
}

#[test]
fn names_and_octets_hold_at_the_limit_and_not_past_it() {
    use crate::limits::{SNAPSHOT_NAMES_MAX, SNAPSHOT_SECTION_OCTETS_MAX};
    let sides = |count: usize| {
        let person = |n: usize| {
            let side = SideName::from(&*format!("s{n}"));
            Recipient::new(address(&format!("x{n}@contoso.com")), side, "people")
        };
        Snapshot::build((0..count).map(person), meta())
    };
    assert_eq!(sides(SNAPSHOT_NAMES_MAX).unwrap().len(), SNAPSHOT_NAMES_MAX);
    assert_eq!(
        sides(SNAPSHOT_NAMES_MAX + 1).unwrap_err(),
        BuildError::Names
    );
    let sources = |count: usize| {
        let source = |n: usize| SourceRead {
            name: format!("s{n}").into(),
            read_at: None,
        };
        let sources = (0..count).map(source).collect();
        Snapshot::build(
            [],
            Meta {
                built_at: at(1),
                sources,
            },
        )
    };
    assert_eq!(
        sources(SNAPSHOT_NAMES_MAX).unwrap().sources().count(),
        SNAPSHOT_NAMES_MAX
    );
    assert_eq!(
        sources(SNAPSHOT_NAMES_MAX + 1).unwrap_err(),
        BuildError::Names
    );
    let last = SNAPSHOT_SECTION_OCTETS_MAX - 1;
    assert_eq!(build::offset(last), Ok(u32::MAX - 1));
    assert_eq!(build::offset(last + 1), Err(BuildError::Octets));
}

#[test]
fn many_recipients_are_all_found_and_take_few_octets() {
    const PEOPLE: usize = 20_000;
    let name = |number: usize| address(&format!("given.family{number:06}@contoso.com"));
    let people = (0..PEOPLE).map(|number| Recipient::new(name(number), "cloud".into(), "people"));
    let snapshot = Snapshot::build(people, meta()).unwrap();
    for number in 0..PEOPLE {
        assert_eq!(
            snapshot.lookup(&name(number)).unwrap().primary(),
            Some(name(number))
        );
    }
    assert!(snapshot.lookup(&name(PEOPLE)).is_none());
    let octets = snapshot.octets();
    assert!(
        octets <= 45 * PEOPLE,
        "{} octets an address",
        octets / PEOPLE
    );
}

#[test]
fn entries_fill_pages_to_their_end_and_not_past_it() {
    // The first page holds entries of 8 + 255 octets and one that leaves `left` octets for the last.
    let long = |number: usize| format!("{}{number:04}@contoso.com", "b".repeat(124));
    let octets = 8 + 128;
    let check = |left: usize, pages: usize| {
        let full = (PAGE - 8 - 128 - 9) / octets;
        let rest = PAGE - full * octets - left;
        assert!((9..=2 * 136).contains(&rest), "{rest}");
        let sized =
            |octets: usize, letter: &str| format!("{}@contoso.com", letter.repeat(octets - 8));
        let mut names: Vec<String> = (0..full).map(long).collect();
        let halves = if rest > 136 {
            vec![sized(rest / 2, "c"), sized(rest - rest / 2, "d")]
        } else {
            vec![sized(rest, "c")]
        };
        names.extend(halves);
        names.push(sized(20, "e"));
        let snapshot = Snapshot::build(names.iter().map(|name| person(name)), meta()).unwrap();
        assert_eq!(
            snapshot.index.header.pages(Section::Entries),
            pages as u64,
            "{left} octets left"
        );
        let stored = read(&image(&snapshot)).unwrap();
        assert_eq!(
            stored
                .iter()
                .map(|view| view.primary().unwrap().to_string())
                .collect::<Vec<_>>(),
            names
        );
        assert!(
            names
                .iter()
                .all(|name| stored.lookup(&address(name)).is_some())
        );
    };
    check(20, 1);
    check(19, 2);
    check(0, 2);
}

#[test]
fn the_longest_local_part_and_all_that_an_entry_can_hold_come_back() {
    // U+0130 in lower case is three octets instead of two.
    let spelled = "\u{130}".repeat(64);
    let longest = Address::from_parts(&spelled, "contoso.com").unwrap();
    assert!(longest.folded_local().len() <= FOLDED_LOCAL_PART_OCTETS_MAX);
    let routed = Address::from_parts(&"\u{c4}".repeat(64), "contoso.mail.onmicrosoft.com").unwrap();
    let person = Recipient {
        aliases: (0..1_000)
            .map(|number| address(&format!("{}{number:04}@fabrikam.example", "x".repeat(124))))
            .collect(),
        routing_address: Some(routed.clone()),
        moved_at: Some(at(u64::MAX)),
        previous_side: Some("notes".into()),
        moving_to: Some("elsewhere".into()),
        ..Recipient::new(longest.clone(), "cloud".into(), "people")
    };
    let snapshot = read(&image(
        &Snapshot::build([person.clone(), mary()], meta()).unwrap(),
    ))
    .unwrap();
    let check = |asked: &Address, found: Found| {
        let view = snapshot.lookup(asked).unwrap();
        assert_eq!(
            (view.to_recipient(), view.found()),
            (Some(person.clone()), found)
        );
    };
    check(&longest, Found::Primary);
    check(
        &Address::from_parts(&"\u{e4}".repeat(64), "contoso.mail.onmicrosoft.com").unwrap(),
        Found::RoutingAddress,
    );
    check(&person.aliases[0], Found::Alias);
    check(&person.aliases[999], Found::Alias);
    assert_eq!(snapshot.iter().count(), 2);
}

#[test]
fn two_snapshots_share_no_secret() {
    assert_ne!(sample().index.header.secret, sample().index.header.secret);
}
