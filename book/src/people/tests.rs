use std::cell::Cell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hash::Hasher;

use proptest::prelude::*;
use routing::{Meta, Snapshot, UnixTime};

use super::*;
use crate::limits::KIN_MAX;
use crate::{Location, System, WhyUnknown};

/// A source in memory.
struct Listed {
    name: &'static str,
    entries: Vec<Entry>,
    sides: BTreeMap<String, SideName>,
    /// Entries that were asked for by key.
    asked: Cell<usize>,
}

impl Shelf for Listed {
    type Error = Infallible;

    fn name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> Option<PresetKind> {
        None
    }

    fn side(&self, entry: &Entry) -> Option<SideName> {
        self.sides.get(entry.system()?.name()).cloned()
    }

    fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, Infallible>> + '_> {
        Box::new(self.entries.iter().cloned().map(Ok))
    }

    fn entry(&self, key: &Key) -> Result<Option<Entry>, Infallible> {
        self.asked.set(self.asked.get() + 1);
        let number: usize = key.as_str().parse().unwrap();
        Ok(self.entries.get(number).cloned())
    }
}

fn address(text: &str) -> Address {
    Address::parse(&format!("{text}@c.example")).unwrap()
}

/// `place address...` a line: `-` does not say where, `>` sends elsewhere; `(x)` is a computed address.
fn source(name: &'static str, text: &str) -> Listed {
    let entries = text.lines().enumerate().map(|(number, line)| {
        let mut words = line.split_whitespace();
        let location = match words.next().unwrap() {
            "-" => Location::Unknown(WhyUnknown::NoMailbox),
            ">" => Location::External(address("elsewhere")),
            system => Location::In(system.into()),
        };
        let mut entry = Entry::new(Key::from_text(&format!("{number}")).unwrap(), location);
        for word in words {
            match word.strip_prefix('(') {
                Some(computed) => entry.computed.push(address(computed.trim_end_matches(')'))),
                None if entry.primary.is_none() => entry.primary = Some(address(word)),
                None => entry.aliases.push(address(word)),
            }
        }
        entry.version = Some(format!("line {}", number + 1));
        entry
    });
    listed(name, entries.collect())
}

fn listed(name: &'static str, entries: Vec<Entry>) -> Listed {
    let sides = ["cloud", "domino", "groupwise"].map(|side| (side.to_owned(), side.into()));
    Listed {
        name,
        entries,
        sides: sides.into(),
        asked: Cell::new(0),
    }
}

/// Says one of a few numbers of every address.
struct Weak(u64);

struct WeakHasher(u64, u64);

impl Hasher for WeakHasher {
    fn finish(&self) -> u64 {
        self.0 % self.1
    }

    fn write(&mut self, octets: &[u8]) {
        let add = |sum: u64, octet: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(*octet));
        self.0 = octets.iter().fold(self.0, add);
    }
}

impl BuildHasher for Weak {
    type Hasher = WeakHasher;

    fn build_hasher(&self) -> WeakHasher {
        WeakHasher(7, self.0)
    }
}

fn summary<H: BuildHasher>(people: People<'_, Listed, H>) -> Vec<String> {
    let mut lines = Vec::new();
    for person in people {
        let person = person.unwrap();
        let local = |address: &Address| address.local().to_owned();
        let said: Vec<String> = person
            .entries
            .iter()
            .map(|(source, entry)| format!("{source}.{}", entry.key))
            .collect();
        let recipient = person
            .merged
            .recipient
            .map_or("nobody".into(), |recipient| {
                let all = std::iter::once(&recipient.primary).chain(&recipient.aliases);
                let all: Vec<String> = all.map(local).collect();
                format!("{} {}", recipient.side, all.join(" "))
            });
        lines.push(format!("{} {recipient}", said.join(" ")));
        lines.extend(person.rivals.iter().map(ToString::to_string));
    }
    lines
}

fn check(sources: &[Listed], expected: &[&str]) {
    assert_eq!(summary(People::gather(sources).unwrap()), expected);
    // Strangers that are looked at together stay strangers; only their order may be another one.
    let mut expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
    expected.sort();
    for numbers in [1, 2, 3] {
        let mut found = summary(People::gather_by(sources, Weak(numbers)).unwrap());
        found.sort();
        assert_eq!(found, expected, "{numbers}");
    }
}

#[test]
fn a_primary_address_that_somebody_has_is_this_person() {
    check(
        &[
            source("ad", "cloud john j\ncloud mary"),
            source("book", "cloud john johnny\ncloud j jj\ndomino mary"),
        ],
        &[
            "0.0 1.0 1.1 cloud john j johnny jj",
            "0.1 1.2 cloud mary",
            "mary@c.example is claimed for cloud by ad line 2 and for domino by book line 3; the first counts",
        ],
    );
}

#[test]
fn whoever_shares_only_further_addresses_is_another() {
    check(
        &[
            source("ad", "cloud a x\ndomino b x y"),
            source("book", "domino c a"),
        ],
        &[
            "0.0 cloud a x",
            "0.1 domino b y",
            "x@c.example is claimed for cloud by ad line 1 and for domino by ad line 2; the first counts",
            "1.0 domino c",
            "a@c.example is claimed for cloud by ad line 1 and for domino by book line 1; the first counts",
        ],
    );
}

#[test]
fn who_has_no_mailbox_takes_nobodys_address_away() {
    // The contact comes first and names two people's addresses.
    check(
        &[
            source("ad", "> anna ben"),
            source("book", "domino ben\ndomino anna"),
        ],
        &["1.0 domino ben", "0.0 1.1 domino anna"],
    );
    check(&[source("ad", "> anna")], &["0.0 nobody"]);
    // Nor does one that does not say where it lives; its own address still leads to the person.
    check(
        &[
            source("ad", "- anna aberg"),
            source("book", "domino aberg\ndomino ben"),
        ],
        &["0.0 1.0 domino aberg anna", "1.1 domino ben"],
    );
}

#[test]
fn a_system_without_a_side_is_silent() {
    check(
        &[source("ad", "exchange anna"), source("book", "domino anna")],
        &["0.0 1.0 domino anna"],
    );
}

#[test]
fn a_computed_address_is_good_while_it_is_ones_alone() {
    let check = |sources: &[Listed], expected: &[&str]| {
        assert_eq!(summary(People::gather(sources).unwrap()), expected);
        // It is never given away because of numbers that are alike.
        for person in People::gather_by(sources, Weak(2)).unwrap() {
            let recipient = person.unwrap().merged.recipient.unwrap();
            let all: Vec<String> = recipient.aliases.iter().map(|a| a.local().into()).collect();
            let line = expected
                .iter()
                .find(|line| line.contains(recipient.primary.local()));
            assert!(all.iter().all(|alias| line.unwrap().contains(alias)));
        }
    };
    let text = "domino anna (aberg) (berg) (x)\ndomino albert (aberg)\ndomino ben (berg.b)";
    check(
        &[source("book", text)],
        &[
            "0.0 domino anna berg x",
            "0.1 domino albert",
            "0.2 domino ben berg.b",
        ],
    );
    check(
        &[
            source("book", "domino anna (aberg) (x)\ndomino ben (berg.b)"),
            source("ad", "cloud x\n- ben (berg.b) (aberg)"),
        ],
        &[
            "0.0 domino anna",
            "0.1 1.1 domino ben berg.b",
            "1.0 cloud x",
        ],
    );
}

#[test]
fn a_computed_address_that_others_have_is_not_given() {
    let sources = [source("book", "domino anna (aberg) (x)\ndomino ben (b)")];
    let taken = [address("aberg"), address("ben")].into_iter().collect();
    let people = People::gather(&sources).unwrap().without_computed(taken);
    assert_eq!(summary(people), ["0.0 domino anna x", "0.1 domino ben b"]);
}

#[test]
fn two_who_are_joined_by_a_third_are_found() {
    // The last one names an address of each, so the second is no longer the first of its kin.
    check(
        &[
            source("ad", "cloud a\ncloud b"),
            source("book", "domino c a b"),
        ],
        &[
            "0.0 cloud a",
            "0.1 cloud b",
            "1.0 domino c",
            "a@c.example is claimed for cloud by ad line 1 and for domino by book line 1; the first counts",
            "b@c.example is claimed for cloud by ad line 2 and for domino by book line 1; the first counts",
        ],
    );
}

#[test]
fn only_what_is_shared_is_asked_for_again() {
    let alone: String = (0..500).map(|n| format!("cloud p{n} q{n}\n")).collect();
    let sources = [
        source("ad", &alone),
        source("book", "domino p7\ndomino other"),
    ];
    assert_eq!(People::gather(&sources).unwrap().count(), 501);
    assert_eq!((sources[0].asked.get(), sources[1].asked.get()), (0, 1));
}

#[test]
fn an_address_that_thousands_share_says_nothing_of_who_they_are() {
    let longest = |count: usize| {
        let all: String = (0..count)
            .map(|n| format!("domino p{n} everybody\n"))
            .collect();
        let sources = [source("book", &all)];
        let people = People::gather(&sources).unwrap();
        let have = people.filter(|person| {
            let recipient = person.as_ref().unwrap().merged.recipient.as_ref().unwrap();
            recipient.aliases.len() == 1
        });
        have.count()
    };
    assert_eq!(longest(KIN_MAX), 1);
    // One more is not looked at together with them; whoever comes first has the address in the snapshot.
    assert_eq!(longest(KIN_MAX + 1), 2);
}

/// Where an address leads, found in the simplest way.
fn model(sources: &[Listed]) -> BTreeMap<String, String> {
    let mut people: Vec<Vec<&Entry>> = Vec::new();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let all = || sources.iter().flat_map(|source| &source.entries);
    let is = |entry: &Entry, round: usize| {
        matches!(
            (&entry.location, round),
            (Location::In(_), 0) | (Location::Unknown(_), 1) | (Location::External(_), 2)
        )
    };
    for round in 0..3 {
        for entry in all().filter(|entry| is(entry, round)) {
            let names: Vec<&str> = entry.addresses().map(Address::canonical).collect();
            let by_primary = owners.get(names[0]).copied();
            let is_primary = |name: &&str| {
                let holds = |one: &&Entry| one.primary.as_ref().unwrap().canonical() == *name;
                people.iter().position(|person| person.iter().any(holds))
            };
            let by_alias = || names.iter().find_map(is_primary).filter(|_| round == 1);
            let person = by_primary.or_else(by_alias).unwrap_or(people.len());
            if person == people.len() {
                people.push(Vec::new());
            }
            people[person].push(entry);
            for name in names {
                owners.entry(name).or_insert(person);
            }
        }
    }
    let mut sides = BTreeMap::new();
    for (name, person) in owners {
        let first = all().find(|entry| {
            is(entry, 0)
                && people[person]
                    .iter()
                    .any(|member| std::ptr::eq(*member, *entry))
        });
        if let Some(system) = first.and_then(Entry::system) {
            sides.insert(name.to_owned(), system.name().to_owned());
        }
    }
    sides
}

/// Where a snapshot of these people leads.
fn found<H: BuildHasher>(people: People<'_, Listed, H>) -> BTreeMap<String, String> {
    let recipients = people.filter_map(|person| person.unwrap().merged.recipient);
    let meta = Meta {
        built_at: UnixTime::from_seconds(0),
        sources: Vec::new(),
    };
    let snapshot = Snapshot::build(recipients, meta).unwrap();
    let mut sides = BTreeMap::new();
    for number in 0..NAMES {
        let address = address(&format!("n{number}"));
        if let Some(side) = snapshot.lookup(&address).and_then(|view| view.side()) {
            sides.insert(address.canonical().to_owned(), side.to_string());
        }
    }
    sides
}

const NAMES: usize = 12;

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let location = prop_oneof![
        3 => Just(Location::In(System::Cloud)),
        3 => Just(Location::In(System::Domino)),
        1 => Just(Location::In(System::GroupWise)),
        2 => Just(Location::Unknown(WhyUnknown::NoMailbox)),
        2 => Just(Location::External(address("elsewhere"))),
    ];
    let entry = (location, prop::collection::vec(0..NAMES, 1..4));
    prop::collection::vec(entry, 0..8).prop_map(|list| {
        let list = list.into_iter().enumerate();
        let entries = list.map(|(number, (location, names))| {
            let mut entry = Entry::new(Key::known(&format!("{number}")), location);
            let mut names = names.iter().map(|name| address(&format!("n{name}")));
            entry.primary = names.next();
            entry.aliases = names.collect();
            entry
        });
        entries.collect()
    })
}

/// Cases of four sources that contradict each other.
const CASES: u32 = 4_000;

#[test]
fn four_sources_that_contradict_each_other_send_nobody_to_a_wrong_side() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(CASES));
    let (addresses, numbers) = (Cell::new(0), 1_u64..9);
    let four = [entries(), entries(), entries(), entries()];
    let result = runner.run(&(four, numbers), |(four, numbers)| {
        let names = ["first", "second", "third", "fourth"];
        let sources: Vec<Listed> = names
            .into_iter()
            .zip(four)
            .map(|(n, e)| listed(n, e))
            .collect();
        let expected = model(&sources);
        addresses.set(addresses.get() + expected.len());
        prop_assert_eq!(&found(People::gather(&sources).unwrap()), &expected);
        prop_assert_eq!(
            found(People::gather_by(&sources, Weak(numbers)).unwrap()),
            expected
        );
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    println!(
        "{CASES} cases, {} addresses, 0 wrong sides",
        addresses.get()
    );
    assert!(addresses.get() > CASES as usize);
}
