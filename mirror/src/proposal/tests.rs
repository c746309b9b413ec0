use book::{Entry, System};

use super::*;
use crate::sample::{Place, address, cloud, contact, person, read};
use crate::{Extent, Mirror};

fn proposed(before: &[Entry], after: &[Entry]) -> (Mirror, Proposal) {
    let mut mirror = Place::new().open();
    read(&mut mirror, Extent::Full, before);
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Full, after);
    let proposal = mirror.proposal().unwrap();
    (mirror, proposal)
}

/// Of one entry, what becomes of it.
fn check(before: Option<Entry>, after: Option<Entry>, expected: Option<Change>) {
    let all: [Vec<Entry>; 2] = [&before, &after].map(|entry| entry.iter().cloned().collect());
    let (mirror, proposal) = proposed(&all[0], &all[1]);
    let touched: Vec<_> = mirror
        .view()
        .touched()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let found: Vec<_> = touched.iter().map(|touched| touched.change).collect();
    assert_eq!(found, Vec::from_iter(expected), "{before:?} {after:?}");
    assert_eq!(proposal.is_nothing(), expected.is_none());
    let counts = [
        (Change::Added, proposal.added),
        (Change::Changed, proposal.changed),
        (Change::Narrowed, proposal.narrowed),
        (Change::Moved, proposal.moved),
        (Change::Lost, proposal.lost),
    ];
    for (change, count) in counts {
        assert_eq!(count, u64::from(expected == Some(change)), "{change:?}");
    }
}

fn with_alias(mut entry: Entry, alias: &str) -> Entry {
    entry.aliases.push(address(alias));
    entry
}

#[test]
fn each_change_is_told_apart() {
    let a = || Some(person("a"));
    let alias = |text| Some(with_alias(person("a"), text));
    let group = |mut entry: Entry| {
        entry.location = Location::GroupOf(System::Domino);
        Some(entry)
    };
    check(None, a(), Some(Change::Added));
    check(a(), a(), None);
    check(a(), alias("b@c.example"), Some(Change::Changed));
    check(alias("b@c.example"), a(), Some(Change::Narrowed));
    check(a(), Some(cloud("a")), Some(Change::Moved));
    check(a(), group(person("a")), Some(Change::Moved));
    check(a(), Some(contact("a")), Some(Change::Moved));
    check(Some(contact("a")), a(), Some(Change::Moved));
    check(a(), None, Some(Change::Lost));
    check(Some(contact("a")), None, Some(Change::Changed));
}

#[test]
fn who_is_only_called_otherwise_is_not_lost() {
    let renamed = |after: Entry| {
        let (mirror, proposal) = proposed(&[person("anna"), person("z")], &[after, person("z")]);
        let mut touched = mirror.view().touched().unwrap();
        let gone = touched.find_map(|touched| {
            let touched = touched.unwrap();
            touched.after.is_none().then_some(touched.change)
        });
        (proposal.lost, proposal.moved, gone)
    };
    let here = with_alias(person("berta"), "Anna@c.example");
    assert_eq!(renamed(here), (0, 0, Some(Change::Changed)));
    let there = with_alias(cloud("berta"), "anna@c.example");
    assert_eq!(renamed(there), (0, 1, Some(Change::Moved)));
    assert_eq!(renamed(person("berta")), (1, 0, Some(Change::Lost)));
}

#[test]
fn contacts_are_no_people() {
    let (mut mirror, proposal) = proposed(&[person("a"), contact("b")], &[contact("b")]);
    assert_eq!(
        (proposal.people, proposal.lost, proposal.empty),
        (1, 1, true)
    );
    assert_eq!(mirror.facts().unwrap().entries, 2);
    mirror.believe().unwrap();
    let facts = mirror.facts().unwrap();
    assert_eq!((facts.entries, facts.people), (1, 0));
}

#[test]
fn a_source_is_empty_without_entries_or_without_the_people_it_had() {
    let check = |before: &[Entry], after: &[Entry], expected: bool| {
        assert_eq!(
            proposed(before, after).1.empty,
            expected,
            "{before:?} {after:?}"
        );
    };
    check(&[], &[], true);
    check(&[person("a")], &[], true);
    check(&[contact("b")], &[], true);
    check(&[person("a"), contact("b")], &[contact("b")], true);
    check(&[contact("b")], &[contact("b"), contact("c")], false);
    check(&[], &[person("a")], false);
}

#[test]
fn the_digest_names_one_change_of_one_belief() {
    let digest = |before: &[Entry], after: &[Entry]| proposed(before, after).1.digest;
    let (a, b) = (person("a"), person("b"));
    let both = [a.clone(), b.clone()];
    let first = digest(&both, std::slice::from_ref(&a));
    assert_eq!(digest(&both, std::slice::from_ref(&a)), first);
    assert_eq!(first.to_string().len(), 64);
    let others = [
        digest(&both, std::slice::from_ref(&b)),
        digest(&both, &[]),
        digest(&both, &both),
        digest(&both, &[a.clone(), cloud("b")]),
        digest(std::slice::from_ref(&a), &both),
    ];
    for other in others {
        assert_ne!(other, first);
    }
    // The same step, from what was believed since.
    let (mut mirror, _) = proposed(&both, std::slice::from_ref(&a));
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Full, &both);
    mirror.believe().unwrap();
    read(&mut mirror, Extent::Full, std::slice::from_ref(&a));
    assert_ne!(mirror.proposal().unwrap().digest, first);
}

#[test]
fn some_examples_are_named() {
    let examples = |count: usize| {
        let all: Vec<_> = (0..count).map(|n| person(&format!("p{n}"))).collect();
        let (_, proposal) = proposed(&all, &[]);
        assert_eq!(proposal.lost, count as u64);
        proposal.examples
    };
    assert_eq!(examples(EXAMPLES_MAX).len(), EXAMPLES_MAX);
    assert_eq!(examples(EXAMPLES_MAX + 1).len(), EXAMPLES_MAX);
    let example = &examples(1)[0];
    assert_eq!(example.address, Some(address("p0@c.example")));
    assert_eq!(
        (example.change, example.after.is_none()),
        (Change::Lost, true)
    );
}
