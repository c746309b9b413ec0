//! What it takes to make a snapshot of so many people from two sources: `cargo run --release -p mirror --example whole -- [PEOPLE]`.
//!
//! Both sources know everybody, by keys in no order; each second person lives in the cloud, of whom the second source
//! still says otherwise.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use book::{Entry, Key, Location, People, PresetKind, Shelf, System};
use mirror::{Extent, Mirror, MirrorError, View};
use routing::{Address, Meta, SideName, Snapshot, UnixTime};

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 1_000_000,
    };
    let dir = tempfile::tempdir()?;
    let sources: Vec<Source> = ["directory", "domino"]
        .into_iter()
        .enumerate()
        .map(|(number, name)| Source::new(dir.path(), name, number as u64, count))
        .collect::<Result<_, _>>()?;
    let mut step = Step::new();
    step.tell("both sources are in their mirrors");
    let people = People::gather(&sources)?;
    step.tell("read once: who is who");
    let mut rivals = 0;
    let recipients = people.filter_map(|person| {
        let person = person.ok()?;
        rivals += person.rivals.len();
        person.merged.recipient
    });
    let meta = Meta {
        built_at: UnixTime::from_seconds(0),
        sources: Vec::new(),
    };
    let snapshot = Snapshot::build(recipients, meta)?;
    step.tell("read twice: the snapshot");
    let (people, addresses, octets) = (snapshot.len(), snapshot.addresses(), snapshot.octets());
    println!("{people} people, {addresses} addresses, {octets} octets, {rivals} contradictions");
    assert_eq!(people as u64, count);
    Ok(())
}

struct Source {
    name: &'static str,
    view: View,
}

impl Source {
    fn new(
        dir: &Path,
        name: &'static str,
        number: u64,
        count: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let file = dir.join(name);
        let mut mirror = Mirror::open(&file, "")?;
        let mut round = mirror.round(Extent::Full)?;
        for person in 0..count {
            round.put(&entry(number, person)?)?;
        }
        round.finish(None)?;
        mirror.believe()?;
        drop(mirror);
        let view = View::open(&file)?;
        Ok(Self { name, view })
    }
}

impl Shelf for Source {
    type Error = MirrorError;

    fn name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> Option<PresetKind> {
        None
    }

    fn side(&self, entry: &Entry) -> Option<SideName> {
        Some(entry.system()?.name().into())
    }

    fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, MirrorError>> + '_> {
        Box::new(self.view.believed())
    }

    fn entry(&self, key: &Key) -> Result<Option<Entry>, MirrorError> {
        self.view.believed_one(key)
    }
}

fn entry(source: u64, number: u64) -> Result<Entry, routing::AddressError> {
    let mut octets = [0; 16];
    octets[..8].copy_from_slice(&mixed(number ^ (source << 60)).to_be_bytes());
    octets[8..].copy_from_slice(&mixed(number ^ 0x5555).to_be_bytes());
    let is_in_cloud = source == 0 && number.is_multiple_of(2);
    let system = if is_in_cloud {
        System::Cloud
    } else {
        System::Domino
    };
    let mut entry = Entry::new(Key::from_uuid(&octets), Location::In(system));
    entry.name = format!("CN=Person {number},OU=People,DC=contoso,DC=com");
    entry.display = Some(format!("Person {number}"));
    entry.primary = Some(Address::parse(&format!("person.{number}@contoso.com"))?);
    let own = ["p", "notes"][source as usize];
    entry.aliases = vec![Address::parse(&format!("{own}{number}@contoso.com"))?];
    if is_in_cloud {
        let routing = format!("person.{number}@contoso.mail.onmicrosoft.com");
        entry.routing_address = Some(Address::parse(&routing)?);
    }
    Ok(entry)
}

/// SplitMix64: numbers in no order, each once.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Times and memory.
struct Step(Instant);

impl Step {
    fn new() -> Self {
        Self(Instant::now())
    }

    fn tell(&mut self, what: &str) {
        let seconds = self.0.elapsed().as_secs_f64();
        let memory = peak_kib() >> 10;
        println!("{what:40} {seconds:7.2} s, peak memory {memory:5} MiB");
        self.0 = Instant::now();
    }
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
