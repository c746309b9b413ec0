use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{SideName, SourceRead, UnixTime};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// `primary side [alias...] [>routing]`.
fn recipient(text: &str) -> Recipient {
    let mut words = text.split_whitespace();
    let primary = address(words.next().unwrap());
    let side = SideName::from(words.next().unwrap());
    let mut recipient = Recipient::new(primary, side, "people");
    for word in words {
        match word.strip_prefix('>') {
            Some(routing) => recipient.routing_address = Some(address(routing)),
            None => recipient.aliases.push(address(word)),
        }
    }
    recipient
}

fn meta(at: u64) -> Meta {
    let source = SourceRead {
        name: "people".into(),
        read_at: Some(UnixTime::from_seconds(at)),
    };
    Meta {
        built_at: UnixTime::from_seconds(at),
        sources: vec![source],
    }
}

fn built(lines: &[&str]) -> Snapshot {
    Snapshot::build(lines.iter().map(|line| recipient(line)), meta(1)).unwrap()
}

fn patched(snapshot: &Snapshot, gone: &[&str], come: &[&str]) -> Snapshot {
    let gone: Vec<Address> = gone.iter().map(|text| address(text)).collect();
    let come = come.iter().map(|line| recipient(line));
    snapshot.patched(&gone, come, meta(2)).unwrap()
}

/// Everybody, whatever their order, and all that addresses lead to.
fn seen(
    snapshot: &Snapshot,
    asked: &[Address],
) -> (BTreeSet<String>, Vec<Option<String>>, usize, usize) {
    let all: Vec<Recipient> = snapshot
        .iter()
        .map(|view| view.to_recipient().unwrap())
        .collect();
    assert_eq!(all.len(), snapshot.len());
    let found = |asked: &Address| {
        let view = snapshot.find(asked).unwrap()?;
        Some(format!(
            "{:?} {:?}",
            view.found(),
            view.to_recipient().unwrap()
        ))
    };
    (
        all.iter()
            .map(|recipient| format!("{recipient:?}"))
            .collect(),
        asked.iter().map(found).collect(),
        snapshot.len(),
        snapshot.addresses(),
    )
}

fn check(snapshot: &Snapshot, expected: &[&str]) {
    let texts = "a b c d r s t u".split(' ');
    let asked: Vec<Address> = texts
        .map(|local| address(&format!("{local}@x.example")))
        .collect();
    assert_eq!(seen(snapshot, &asked), seen(&built(expected), &asked));
    assert_eq!(
        seen(&snapshot.folded().unwrap(), &asked),
        seen(snapshot, &asked)
    );
}

const ANNA: &str = "a@x.example notes b@x.example >r@x.example";
const CARL: &str = "c@x.example cloud d@x.example >s@x.example";

#[test]
fn others_count_in_place_of_those_who_had_an_address() {
    let base = built(&[ANNA, CARL]);
    // By any address of one's own; somebody's routing address is not.
    let moved = "a@x.example cloud b@x.example >t@x.example";
    for own in ["a@x.example", "B@x.example"] {
        check(&patched(&base, &[own], &[moved]), &[CARL, moved]);
    }
    check(
        &patched(&base, &["r@x.example", "u@x.example"], &[]),
        &[ANNA, CARL],
    );
    // Gone, come, and both at once.
    check(&patched(&base, &["d@x.example"], &[]), &[ANNA]);
    let new = "u@x.example notes t@x.example";
    check(&patched(&base, &[], &[new]), &[ANNA, CARL, new]);
    check(
        &patched(&base, &["a@x.example", "c@x.example"], &[new]),
        &[new],
    );
}

#[test]
fn a_patch_is_patched() {
    let base = built(&[ANNA, CARL]);
    let first = patched(&base, &["a@x.example"], &["a@x.example cloud t@x.example"]);
    let second = patched(&first, &["t@x.example"], &["a@x.example other"]);
    check(&second, &[CARL, "a@x.example other"]);
    let third = patched(&second, &["c@x.example", "a@x.example"], &[ANNA]);
    check(&third, &[ANNA]);
    assert_eq!(third.patches(), 3, "two of the index are gone, one came");
    assert_eq!((base.patches(), third.folded().unwrap().patches()), (0, 0));
    check(&base, &[ANNA, CARL]);
}

#[test]
fn ones_own_address_goes_before_a_routing_address_in_a_patch() {
    let base = built(&[ANNA, "c@x.example cloud"]);
    let new = patched(&base, &[], &["u@x.example cloud >c@x.example"]);
    let asked = address("c@x.example");
    let found = new.find(&asked).unwrap().unwrap();
    assert_eq!(
        (found.found(), found.primary()),
        (Found::Primary, Some(asked))
    );
}

#[test]
fn a_patch_reaches_the_disk_folded() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("snapshot");
    let base = built(&[ANNA, CARL]);
    base.write(&file).unwrap();
    let moved = "a@x.example cloud b@x.example";
    let whole = patched(&base, &["a@x.example"], &[moved]);
    assert!(!whole.write_times(&file).unwrap(), "it holds another");
    whole.write(&file).unwrap();
    let stored = Snapshot::read(&file).unwrap();
    check(&stored, &[CARL, moved]);
    assert_eq!(stored.built_at(), UnixTime::from_seconds(2));
    assert!(stored.sources().eq(whole.sources()));
}

/// Somebody of one of four families, which share no address.
fn any_recipient() -> impl Strategy<Value = (u8, Recipient)> {
    let locals = proptest::collection::vec(0_u8..4, 1..4);
    (0_u8..4, locals, proptest::option::of(0_u8..4), 0_u8..2).prop_map(
        |(family, locals, routing, side)| {
            let name = |local: u8| address(&format!("{local}@f{family}.example"));
            let mut own = locals.into_iter().map(name);
            let side = SideName::from(["notes", "cloud"][usize::from(side)]);
            let mut recipient = Recipient::new(own.next().unwrap(), side, "people");
            recipient.aliases = own.collect();
            recipient.routing_address = routing.map(name);
            (family, recipient)
        },
    )
}

/// Nobody has somebody's primary address as their own: of such no address would be left.
fn apart(people: Vec<(u8, Recipient)>) -> Vec<(u8, Recipient)> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut kept = Vec::new();
    for (family, recipient) in people {
        let primary = recipient.primary.canonical().to_owned();
        if taken.contains(&primary) {
            continue;
        }
        taken.insert(primary);
        taken.extend(
            recipient
                .aliases
                .iter()
                .map(|alias| alias.canonical().to_owned()),
        );
        kept.push((family, recipient));
    }
    kept
}

proptest! {
    #[test]
    fn a_patched_snapshot_is_the_one_built_from_scratch(
        people in proptest::collection::vec(any_recipient(), 0..12),
        steps in proptest::collection::vec((0_u8..4, proptest::collection::vec(any_recipient(), 0..4)), 1..6),
    ) {
        let mut people = apart(people);
        let mut snapshot = Snapshot::build(people.iter().map(|(_, one)| one.clone()), meta(1)).unwrap();
        let mut asked: BTreeMap<String, Address> = BTreeMap::new();
        for (family, come) in steps {
            let (gone, stay): (Vec<_>, Vec<_>) = people.into_iter().partition(|(own, _)| *own == family);
            let come: Vec<_> = apart(come).into_iter().filter(|(own, _)| *own == family).collect();
            let gone: Vec<Address> = gone.into_iter().flat_map(|(_, one)| {
                std::iter::once(one.primary).chain(one.aliases)
            }).collect();
            snapshot = snapshot.patched(&gone, come.iter().map(|(_, one)| one.clone()), meta(2)).unwrap();
            people = stay.into_iter().chain(come).collect();
            for (_, one) in &people {
                for own in std::iter::once(&one.primary).chain(&one.aliases).chain(&one.routing_address) {
                    asked.insert(own.canonical().to_owned(), own.clone());
                }
            }
            let asked: Vec<Address> = asked.values().cloned().collect();
            let whole = Snapshot::build(people.iter().map(|(_, one)| one.clone()), meta(2)).unwrap();
            prop_assert_eq!(seen(&snapshot, &asked), seen(&whole, &asked));
            prop_assert_eq!(seen(&snapshot.folded().unwrap(), &asked), seen(&whole, &asked));
        }
    }
}
