use std::collections::{BTreeMap, BTreeSet};

use book::{Entry, ForeignAddress, Key, Location, Moving, System, WhyUnknown};
use mirror::{Extent, Mirror, View};
use tempfile::TempDir;

use super::*;
use crate::config::Directory;
use crate::directory::chance::Chance;
use crate::directory::whole;
use crate::limits::DIRECTORY_CIRCLE;

const NAMES: [&str; 4] = ["first", "second", "third", "fourth"];
const LIVES: u64 = 28;
const STEPS: u64 = 40;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// Four sources and what follows from them: patched again and again, and built from scratch each time.
struct World {
    directories: Vec<Directory>,
    mirrors: Vec<Mirror>,
    patched: Snapshot,
    built: Snapshot,
    generations: Vec<u64>,
    now: UnixTime,
    asked: BTreeMap<String, Address>,
    _dir: TempDir,
}

impl World {
    fn new() -> Self {
        // Thousands of commits, none of which must outlive the machine.
        let memory = std::path::Path::new("/dev/shm");
        let dir = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        };
        let open = |name: &&str| Mirror::open(&dir.path().join(name), "").unwrap();
        let mut mirrors: Vec<Mirror> = NAMES.iter().map(open).collect();
        mirrors.iter_mut().for_each(|mirror| {
            mirror.believe().unwrap();
        });
        let mut world = Self {
            directories: NAMES.map(|name| Directory::csv(name, "/p.csv")).into(),
            mirrors,
            patched: Snapshot::never_read(),
            built: Snapshot::never_read(),
            generations: vec![1; NAMES.len()],
            now: UnixTime::from_seconds(1_000),
            asked: BTreeMap::new(),
            _dir: dir,
        };
        world.build();
        world.patched = world.built.clone();
        world
    }

    fn reads(&self) -> Vec<SourceRead> {
        let read = |name: &&str| SourceRead {
            name: (*name).into(),
            read_at: Some(self.now),
        };
        NAMES.iter().map(read).collect()
    }

    /// Everybody anew.
    fn build(&mut self) {
        let shelves = self.directories.iter().zip(&self.mirrors).enumerate();
        let shelves: Vec<_> = shelves
            .map(|(number, (source, mirror))| Shelved {
                number,
                source,
                said: Said::Believed(mirror.view()),
            })
            .collect();
        let whole = whole::build(&shelves, &self.built, self.now, self.reads()).unwrap();
        self.built = whole.snapshot.unwrap();
    }

    /// Those whom the changes concern; gives how many entries that are.
    fn patch(&mut self) -> Option<usize> {
        let views: Vec<_> = self
            .mirrors
            .iter()
            .map(|mirror| Some(mirror.view()))
            .collect();
        let since = |(view, generation): (&Option<&View>, &u64)| {
            view.unwrap().changed_since(*generation).unwrap()
        };
        let changed: Option<Vec<_>> = views.iter().zip(&self.generations).map(since).collect();
        let circle = Circle::around(&views, changed?).unwrap()?;
        let sources: Vec<_> = self.directories.iter().zip(views).collect();
        let before = Before {
            base: &self.patched,
            in_force: &self.patched,
        };
        let patched = patch(&sources, &circle, before, self.now, self.reads()).unwrap();
        let count = circle.entries.iter().map(BTreeMap::len).sum();
        self.patched = patched.snapshot.unwrap();
        let generation = |mirror: &Mirror| mirror.facts().unwrap().generation;
        self.generations = self.mirrors.iter().map(generation).collect();
        Some(count)
    }

    fn change(&mut self, source: usize, put: &[Entry], gone: &[Key]) {
        let mirror = &mut self.mirrors[source];
        let mut round = mirror.round(Extent::Changes).unwrap();
        for entry in put {
            round.put(entry).unwrap();
            let computed = entry.addresses().chain(&entry.computed);
            let foreign = entry.foreign.iter().map(Address::of_foreign);
            for address in computed
                .chain(&entry.routing_address)
                .cloned()
                .chain(foreign)
            {
                self.asked.insert(address.canonical().to_owned(), address);
            }
        }
        gone.iter().for_each(|key| round.gone(key).unwrap());
        round.finish(None).unwrap();
        mirror.believe().unwrap();
    }

    /// All of a snapshot: everybody, and where every address leads that ever was.
    fn seen(&self, snapshot: &Snapshot) -> (BTreeSet<String>, Vec<Option<String>>, usize, usize) {
        let all: Vec<_> = snapshot
            .iter()
            .map(|view| view.to_recipient().unwrap())
            .collect();
        assert_eq!(all.len(), snapshot.len());
        let spelled =
            |recipient: &Recipient| format!("{} {recipient:?}", recipient.primary.local());
        let found = |address: &Address| {
            let view = snapshot.find(address).unwrap()?;
            Some(format!(
                "{:?} {}",
                view.found(),
                spelled(&view.to_recipient().unwrap())
            ))
        };
        (
            all.iter().map(spelled).collect(),
            self.asked.values().map(found).collect(),
            snapshot.len(),
            snapshot.addresses(),
        )
    }
}

impl Chance {
    fn is(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn address(&mut self, names: u64) -> Address {
        let number = self.below(names);
        let upper = self.is(8);
        let local = if upper { "N" } else { "n" };
        address(&format!("{local}{number}@c.example"))
    }

    fn key(&mut self) -> Key {
        Key::from_text(&format!("k{}", self.below(16))).unwrap()
    }

    fn entry(&mut self, names: u64) -> Entry {
        let side = |side: u64| System::Side(["notes", "cloud", "other"][side as usize].into());
        let location = match self.below(8) {
            0 => Location::Unknown(WhyUnknown::NoMailbox),
            1 => Location::External(address("x@elsewhere.example")),
            _ => Location::In(side(self.below(3))),
        };
        let mut entry = Entry::new(self.key(), location);
        if !self.is(8) {
            entry.primary = Some(self.address(names));
        }
        entry.aliases = (0..self.below(3)).map(|_| self.address(names)).collect();
        entry.computed = (0..self.below(2)).map(|_| self.address(names)).collect();
        if self.is(3) {
            entry.routing_address = Some(self.address(names));
        }
        if self.is(4) {
            let name = format!("X500:/o=c/cn={}", self.below(names));
            entry.foreign.extend(ForeignAddress::parse(&name));
        }
        if self.is(6) {
            let to = side(self.below(3));
            entry.moving = Some(Moving { to, wave: None });
        }
        entry
    }
}

#[test]
fn a_patched_directory_is_the_one_built_from_scratch() {
    let (mut chance, mut cases, mut lookups, mut parts) = (Chance(5), 0, 0, 0);
    for life in 0..LIVES {
        let mut world = World::new();
        // From so few addresses that all are one circle to so many that hardly two meet.
        let names = [12, 30, 60, 120][life as usize % 4];
        for step in 0..STEPS {
            world.now = world.now.after(std::time::Duration::from_secs(1));
            for _ in 0..=chance.below(2) {
                let put: Vec<_> = (0..chance.below(3)).map(|_| chance.entry(names)).collect();
                let gone: Vec<_> = (0..chance.below(2)).map(|_| chance.key()).collect();
                world.change(chance.below(4) as usize, &put, &gone);
            }
            world.build();
            let count = world.patch().unwrap();
            let entries = |mirror: &Mirror| mirror.facts().unwrap().entries as usize;
            parts += usize::from(count > 0 && count < world.mirrors.iter().map(entries).sum());
            if chance.is(10) {
                world.patched = world.patched.folded().unwrap();
            }
            assert_eq!(
                world.seen(&world.patched),
                world.seen(&world.built),
                "life {life}, step {step}"
            );
            cases += 1;
            lookups += world.asked.len();
        }
    }
    println!(
        "{cases} changes, {parts} of them of a part of the entries, {lookups} lookups, 0 differences"
    );
    assert_eq!(cases, LIVES * STEPS);
    assert!(parts * 2 > cases as usize);
}

#[test]
fn a_circle_is_bounded() {
    let reaches = |count: usize| {
        let mut world = World::new();
        // Each shares an address with the next.
        let person = |number: usize| {
            let key = Key::from_text(&format!("{number}")).unwrap();
            let mut entry = Entry::new(key, Location::In(System::Domino));
            entry.primary = Some(address(&format!("n{number}@c.example")));
            entry.aliases = vec![address(&format!("n{}@c.example", number + 1))];
            entry
        };
        let people: Vec<_> = (0..count).map(person).collect();
        world.change(0, &people, &[]);
        world.generations[0] = 2;
        world.change(0, &[], std::slice::from_ref(&people[0].key));
        world.patch()
    };
    assert_eq!(reaches(DIRECTORY_CIRCLE + 1), Some(DIRECTORY_CIRCLE));
    assert_eq!(reaches(DIRECTORY_CIRCLE + 2), None);
}

#[test]
fn what_changes_nothing_for_routing_is_no_change() {
    let mut world = World::new();
    let mut entry = Entry::new(
        Key::from_text("anna").unwrap(),
        Location::In(System::Side("notes".into())),
    );
    entry.primary = Some(address("anna@c.example"));
    world.change(0, std::slice::from_ref(&entry), &[]);
    world.patch();
    let before = world.patched.patches();
    entry.display = Some("Anna".into());
    world.change(0, &[entry], &[]);
    assert_eq!(world.patch(), Some(1));
    assert_eq!(world.patched.patches(), before);
}
