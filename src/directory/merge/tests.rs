use routing::{Meta, SourceRead};

use super::*;

const NOW: UnixTime = UnixTime::from_seconds(1_000_000);

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// `address side [alias...]`, one recipient a line, in source `name`.
fn part(name: &str, text: &str) -> Contribution {
    let listed = text.lines().enumerate().map(|(index, line)| {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap();
        let mut recipient = Recipient::new(address(word()), word().into(), name);
        recipient.aliases = words.map(address).collect();
        Listed {
            line: index as u64 + 1,
            recipient,
        }
    });
    Contribution {
        source: name.into(),
        listed: listed.collect(),
        withheld: Vec::new(),
    }
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

fn summary(merged: &Merged) -> Vec<String> {
    let people = merged.recipients.iter().map(|recipient| {
        let aliases: Vec<_> = recipient.aliases.iter().map(ToString::to_string).collect();
        format!(
            "{} {} {} {}",
            recipient.primary,
            recipient.side,
            recipient.source,
            aliases.join(" ")
        )
    });
    let people = people.map(|line| line.trim_end().to_owned());
    people
        .chain(merged.conflicts.iter().map(ToString::to_string))
        .collect()
}

fn check(parts: Vec<Contribution>, expected: &[&str]) {
    assert_eq!(
        summary(&merge(parts, &Snapshot::never_read(), NOW)),
        expected
    );
}

#[test]
fn the_first_source_says_where_somebody_lives() {
    check(
        vec![
            part("ad", "john@c.example cloud"),
            part("book", "mary@c.example notes\nJohn@c.example notes"),
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
        vec![
            part("ad", "john@c.example cloud j@c.example"),
            part("book", "john@c.example cloud johnny@c.example j@c.example"),
        ],
        &["john@c.example cloud ad j@c.example johnny@c.example"],
    );
    // Known in the second source by what is an alias in the first.
    check(
        vec![
            part("ad", "john@c.example cloud j@c.example"),
            part("book", "j@c.example cloud jj@c.example"),
        ],
        &["john@c.example cloud ad j@c.example jj@c.example"],
    );
}

#[test]
fn an_alias_that_somebody_has_stays_there() {
    check(
        vec![part(
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
    let with = |source: &str, side: &str, routing: &str| {
        let mut part = part(source, &format!("john@c.example {side}"));
        part.listed[0].recipient.routing_address = Some(address(routing));
        part
    };
    let routing = |parts| {
        merge(parts, &Snapshot::never_read(), NOW).recipients[0]
            .routing_address
            .clone()
    };
    let plain = || part("ad", "john@c.example cloud");
    assert_eq!(
        routing(vec![plain(), with("book", "cloud", "j@t.example")]),
        Some(address("j@t.example"))
    );
    assert_eq!(
        routing(vec![plain(), with("book", "notes", "j@n.example")]),
        None
    );
}

#[test]
fn who_changed_side_is_dated() {
    let dated = |former: &Snapshot, text: &str| {
        let recipient = merge(vec![part("ad", text)], former, NOW)
            .recipients
            .remove(0);
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

    assert_eq!(
        dated(&Snapshot::never_read(), "john@c.example cloud"),
        (None, None),
        "the first snapshot is no change"
    );
    assert_eq!(
        dated(&snapshot(Vec::new(), &["book"]), "john@c.example cloud"),
        (None, None),
        "nor is a new source"
    );
    assert_eq!(
        dated(&nobody, "john@c.example cloud"),
        (Some(NOW), None),
        "somebody new"
    );
    assert_eq!(dated(&here, "john@c.example cloud"), (None, None));
    assert_eq!(
        dated(&here, "john@c.example notes"),
        (Some(NOW), Some("cloud".into()))
    );
    assert_eq!(
        dated(&here, "j@c.example notes john@c.example"),
        (Some(NOW), Some("cloud".into())),
        "renamed and moved"
    );
    assert_eq!(
        dated(&moved, "john@c.example cloud"),
        (Some(earlier), Some("notes".into())),
        "carried over"
    );
    assert_eq!(
        dated(&moved, "john@c.example notes"),
        (Some(NOW), Some("cloud".into())),
        "and back"
    );
}

#[test]
fn a_move_from_one_source_to_another_is_a_move() {
    let former = snapshot(
        vec![Recipient::new(
            address("john@c.example"),
            "notes".into(),
            "book",
        )],
        &["book"],
    );
    let merged = merge(vec![part("ad", "john@c.example cloud")], &former, NOW);
    assert_eq!(merged.recipients[0].previous_side, Some("notes".into()));
}

#[test]
fn somebody_elses_routing_address_is_not_oneself() {
    let mut other = Recipient::new(address("other@c.example"), "notes".into(), "ad");
    other.routing_address = Some(address("john@c.example"));
    let merged = merge(
        vec![part("ad", "john@c.example cloud")],
        &snapshot(vec![other], &["ad"]),
        NOW,
    );
    assert_eq!(merged.recipients[0].previous_side, None);
}

#[test]
fn the_person_of_a_bad_line_stays_as_last_known() {
    let known = |source: &str| {
        snapshot(
            vec![Recipient::new(
                address("john@c.example"),
                "cloud".into(),
                source,
            )],
            &["ad"],
        )
    };
    let withheld = |former: &Snapshot| {
        let mut part = part("ad", "mary@c.example notes");
        part.withheld = vec![
            address("john@c.example"),
            address("john@c.example"),
            address("mary@c.example"),
        ];
        summary(&merge(vec![part], former, NOW))
    };
    assert_eq!(
        withheld(&known("ad")),
        ["mary@c.example notes ad", "john@c.example cloud ad"]
    );
    assert_eq!(
        withheld(&known("book")),
        ["mary@c.example notes ad"],
        "another source's word is not this one's"
    );
    assert_eq!(
        withheld(&Snapshot::never_read()),
        ["mary@c.example notes ad"]
    );
}

#[test]
fn limits_hold_at_the_limit_and_not_past_it() {
    let aliases = |from: usize, count: usize| {
        let mut part = part("ad", "john@c.example cloud");
        part.listed[0].recipient.aliases = (from..from + count)
            .map(|n| address(&format!("a{n}@c.example")))
            .collect();
        part
    };
    let gathered = |more: usize| {
        let merged = merge(
            vec![aliases(0, ALIASES_MAX - 1), aliases(5_000, more)],
            &Snapshot::never_read(),
            NOW,
        );
        assert!(
            Snapshot::build(
                merged.recipients.clone(),
                Meta {
                    built_at: NOW,
                    sources: Vec::new()
                }
            )
            .is_ok()
        );
        merged.recipients[0].aliases.len()
    };
    assert_eq!((gathered(1), gathered(2)), (ALIASES_MAX, ALIASES_MAX));

    let conflicts = |count: usize| {
        let rivals: String = (0..count).map(|_| "john@c.example notes\n").collect();
        let merged = merge(
            vec![part("ad", "john@c.example cloud"), part("book", &rivals)],
            &Snapshot::never_read(),
            NOW,
        );
        (merged.conflicts.len(), merged.conflicts_total)
    };
    assert_eq!(
        conflicts(DIRECTORY_CONFLICTS_KEPT),
        (DIRECTORY_CONFLICTS_KEPT, DIRECTORY_CONFLICTS_KEPT)
    );
    assert_eq!(
        conflicts(DIRECTORY_CONFLICTS_KEPT + 1),
        (DIRECTORY_CONFLICTS_KEPT, DIRECTORY_CONFLICTS_KEPT + 1)
    );
}
