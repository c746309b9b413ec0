use mirror::Mirror;
use routing::{Listed, Listing};
use tempfile::TempDir;

use super::*;
use crate::config::Directory;
use crate::directory::lines;
use crate::directory::shelf::Said;

const NOW: UnixTime = UnixTime::from_seconds(1_000_000);

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// What one source says: `address side [alias...]`, one recipient a line.
struct Source {
    directory: Directory,
    mirror: Mirror,
    _dir: TempDir,
}

fn source(name: &'static str, text: &str) -> Source {
    let listed = text.lines().enumerate().map(|(index, line)| {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap();
        let mut recipient = Recipient::new(address(word()), word().into(), name);
        recipient.aliases = words.map(address).collect();
        let line = index as u64 + 1;
        Listed { line, recipient }
    });
    listing(name, listed.collect())
}

fn listing(name: &'static str, recipients: Vec<Listed>) -> Source {
    let dir = tempfile::tempdir().unwrap();
    let mut mirror = Mirror::open(&dir.path().join("m.sqlite"), "").unwrap();
    let listing = Listing {
        recipients,
        ..Listing::default()
    };
    lines::fill(&mut mirror, &listing).unwrap();
    Source {
        directory: Directory::csv(name, "/p.csv"),
        mirror,
        _dir: dir,
    }
}

fn whole(sources: &[Source], former: &Snapshot) -> Whole {
    let shelves: Vec<_> = sources
        .iter()
        .enumerate()
        .map(|(number, source)| Shelved {
            number,
            source: &source.directory,
            said: Said::Now(source.mirror.view()),
        })
        .collect();
    build(&shelves, former, NOW, Vec::new()).unwrap()
}

fn snapshot(recipients: Vec<Recipient>, sources: &[&str]) -> Snapshot {
    let source = |name: &&str| SourceRead {
        name: (*name).into(),
        read_at: Some(NOW),
    };
    let meta = Meta {
        built_at: NOW,
        sources: sources.iter().map(source).collect(),
    };
    Snapshot::build(recipients, meta).unwrap()
}

fn check(sources: &[Source], expected: &[&str]) {
    let whole = whole(sources, &Snapshot::never_read());
    let people = whole.snapshot.unwrap();
    let people = people.iter().filter_map(|view| view.to_recipient());
    let people = people.map(|recipient| {
        let aliases: Vec<_> = recipient.aliases.iter().map(ToString::to_string).collect();
        let (primary, side, source) = (recipient.primary, recipient.side, recipient.source);
        let line = format!("{primary} {side} {source} {}", aliases.join(" "));
        line.trim_end().to_owned()
    });
    let all: Vec<String> = people.chain(whole.conflicts.kept).collect();
    assert_eq!(all, expected);
}

#[test]
fn the_first_source_says_where_somebody_lives() {
    check(
        &[
            source("ad", "john@c.example cloud"),
            source("book", "mary@c.example notes\nJohn@c.example notes"),
        ],
        &[
            "john@c.example cloud ad",
            "mary@c.example notes book",
            "John@c.example is claimed for cloud by ad line 1 and for notes by book line 2; the first counts",
        ],
    );
}

#[test]
fn no_address_of_the_others_is_lost() {
    // The same person, with an address that only the second source has.
    check(
        &[
            source("ad", "john@c.example cloud j@c.example"),
            source("book", "john@c.example cloud johnny@c.example j@c.example"),
        ],
        &["john@c.example cloud ad j@c.example johnny@c.example"],
    );
    // Known in the second source by what is an alias in the first.
    check(
        &[
            source("ad", "john@c.example cloud j@c.example"),
            source("book", "j@c.example cloud jj@c.example"),
        ],
        &["john@c.example cloud ad j@c.example jj@c.example"],
    );
}

#[test]
fn two_lines_of_one_address_are_one_person() {
    check(
        &[source(
            "ad",
            "john@c.example cloud j@c.example\nJOHN@c.example notes johnny@c.example",
        )],
        &[
            "john@c.example cloud ad j@c.example johnny@c.example",
            "JOHN@c.example is claimed for cloud by ad line 1 and for notes by ad line 2; the first counts",
        ],
    );
}

#[test]
fn an_alias_that_somebody_has_stays_there() {
    check(
        &[source(
            "ad",
            "a@c.example cloud x@c.example\nb@c.example notes x@c.example y@c.example\nc@c.example cloud x@c.example",
        )],
        &[
            "a@c.example cloud ad x@c.example",
            "b@c.example notes ad y@c.example",
            "c@c.example cloud ad",
            "x@c.example is claimed for cloud by ad line 1 and for notes by ad line 2; the first counts",
        ],
    );
}

#[test]
fn a_routing_address_is_taken_from_the_own_side_only() {
    let plain = || source("ad", "john@c.example cloud");
    let routing = |side: &str, routing: &str| {
        let mut recipient = Recipient::new(address("john@c.example"), side.into(), "book");
        recipient.routing_address = Some(address(routing));
        let book = listing("book", vec![Listed { line: 1, recipient }]);
        let whole = whole(&[plain(), book], &Snapshot::never_read());
        let view = whole.snapshot.unwrap();
        view.iter().next().unwrap().routing_address()
    };
    assert_eq!(
        routing("cloud", "j@t.example"),
        Some(address("j@t.example"))
    );
    assert_eq!(routing("notes", "j@n.example"), None);
}

#[test]
fn who_changed_side_is_dated() {
    let dated = |former: &Snapshot, text: &str| {
        let whole = whole(&[source("ad", text)], former).snapshot.unwrap();
        let recipient = whole.iter().next().unwrap().to_recipient().unwrap();
        (
            recipient.moved_at,
            recipient.previous_side.map(|side| side.to_string()),
        )
    };
    let before = |side: &str| Recipient::new(address("john@c.example"), side.into(), "ad");
    let nobody = snapshot(Vec::new(), &["ad"]);
    let here = snapshot(vec![before("cloud")], &["ad"]);
    let earlier = UnixTime::from_seconds(5);
    let mut moved = before("cloud");
    (moved.moved_at, moved.previous_side) = (Some(earlier), Some("notes".into()));
    let moved = snapshot(vec![moved], &["ad"]);
    let check = |former: &Snapshot, text: &str, at: Option<UnixTime>, from: Option<&str>| {
        assert_eq!(dated(former, text), (at, from.map(str::to_owned)), "{text}");
    };
    // The first snapshot is no change, nor is a new source; somebody new is one.
    check(&Snapshot::never_read(), "john@c.example cloud", None, None);
    check(
        &snapshot(Vec::new(), &["book"]),
        "john@c.example cloud",
        None,
        None,
    );
    check(&nobody, "john@c.example cloud", Some(NOW), None);
    check(&here, "john@c.example cloud", None, None);
    check(&here, "john@c.example notes", Some(NOW), Some("cloud"));
    // Renamed and moved; carried over; and back.
    check(
        &here,
        "j@c.example notes john@c.example",
        Some(NOW),
        Some("cloud"),
    );
    check(&moved, "john@c.example cloud", Some(earlier), Some("notes"));
    check(&moved, "john@c.example notes", Some(NOW), Some("cloud"));
}

#[test]
fn whoever_is_being_moved_still_gets_mail_where_it_is() {
    let mut moving = Recipient::new(address("john@c.example"), "notes".into(), "ad");
    moving.moving_to = Some("cloud".into());
    let former = snapshot(vec![moving], &["ad"]);
    let sources = ["ad", "book"].map(|name| Directory::csv(name, "/p.csv"));
    let shelves = sources.each_ref().map(|source| Shelved {
        number: 0,
        source,
        said: Said::Formerly(&former),
    });
    let found = build(&shelves, &former, NOW, Vec::new())
        .unwrap()
        .snapshot
        .unwrap();
    let recipient = found.iter().next().unwrap().to_recipient().unwrap();
    assert_eq!(recipient.side, "notes".into());
    assert_eq!(recipient.moving_to, Some("cloud".into()));
}

#[test]
fn a_move_from_one_source_to_another_is_a_move() {
    let before = Recipient::new(address("john@c.example"), "notes".into(), "book");
    let former = snapshot(vec![before], &["book"]);
    let whole = whole(&[source("ad", "john@c.example cloud")], &former);
    let found = whole.snapshot.unwrap();
    let view = found.iter().next().unwrap();
    assert_eq!(view.previous_side(), Some(&"notes".into()));
}

#[test]
fn somebody_elses_routing_address_is_not_oneself() {
    let mut other = Recipient::new(address("other@c.example"), "notes".into(), "ad");
    other.routing_address = Some(address("john@c.example"));
    let former = snapshot(vec![other], &["ad"]);
    let whole = whole(&[source("ad", "john@c.example cloud")], &former);
    assert_eq!(
        whole
            .snapshot
            .unwrap()
            .iter()
            .next()
            .unwrap()
            .previous_side(),
        None
    );
}

#[test]
fn conflicts_are_kept_up_to_a_bound() {
    let conflicts = |count: usize| {
        let rivals: String = (0..count).map(|_| "john@c.example notes\n").collect();
        let sources = [
            source("ad", "john@c.example cloud"),
            source("book", &rivals),
        ];
        let conflicts = whole(&sources, &Snapshot::never_read()).conflicts;
        (conflicts.kept.len(), conflicts.total)
    };
    // The last one is past the claims that are looked at for one person, and is a conflict all the same.
    for (count, kept) in [
        (DIRECTORY_CONFLICTS_KEPT, DIRECTORY_CONFLICTS_KEPT),
        (DIRECTORY_CONFLICTS_KEPT + 1, DIRECTORY_CONFLICTS_KEPT),
    ] {
        assert_eq!(conflicts(count), (kept, count));
    }
}
