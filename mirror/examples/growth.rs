//! What a mirror of so many people takes: `cargo run --release -p mirror --example growth -- [PEOPLE [TOGETHER]]`.
//!
//! So many are committed together, 10,000 as the sources do it.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use book::{Entry, Key, Location, System};
use mirror::{Extent, Mirror};
use routing::Address;

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 1_000_000,
    };
    let together: u64 = match std::env::args().nth(2) {
        Some(text) => text.parse()?,
        None => 10_000,
    };
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("people.sqlite");
    let mut mirror = Mirror::open(&file, "growth")?;
    let mut step = Step::new(&file);
    read(&mut mirror, count, 0, together)?;
    step.tell("read for the first time");
    assert_eq!(mirror.proposal()?.added, count);
    step.tell("proposal of all of them");
    mirror.believe()?;
    step.tell("believed");
    read(&mut mirror, count, 0, together)?;
    step.tell("read again, unchanged");
    assert_eq!(
        mirror.view().believed().filter(Result::is_ok).count() as u64,
        count
    );
    step.tell("gone through");
    read(&mut mirror, count, 100, together)?;
    step.tell("read again, one in a hundred moved");
    assert_eq!(mirror.proposal()?.moved, count.div_ceil(100));
    step.tell("proposal of those");
    mirror.believe()?;
    step.tell("believed");
    assert_eq!(mirror.view().with_address(&address(count - 1)?)?.len(), 1);
    step.tell("looked for an address");
    drop(mirror);
    drop(Mirror::open(&file, "growth")?);
    step.tell("opened and checked");
    Ok(())
}

/// Reads everybody, `together` committed at a time; of each `moved` people one lives elsewhere.
fn read(mirror: &mut Mirror, count: u64, moved: u64, together: u64) -> Result<(), Box<dyn Error>> {
    let mut round = mirror.round(Extent::Full)?;
    for number in 0..count {
        round.put(&person(number, moved)?)?;
        if (number + 1).is_multiple_of(together) {
            round.commit(Some(&number.to_string()))?;
        }
    }
    Ok(round.finish(Some("end"))?)
}

/// Somebody as Active Directory has them, with a key that says nothing of their order.
fn person(number: u64, moved: u64) -> Result<Entry, Box<dyn Error>> {
    let (high, low) = (mixed(number), mixed(number ^ 0x5555));
    let mut octets = [0; 16];
    octets[..8].copy_from_slice(&high.to_be_bytes());
    octets[8..].copy_from_slice(&low.to_be_bytes());
    let is_moved = moved > 0 && number.is_multiple_of(moved);
    let system = if is_moved {
        System::Domino
    } else {
        System::Cloud
    };
    let mut entry = Entry::new(Key::from_uuid(&octets), Location::In(system));
    entry.name = format!("CN=Person {number},OU=People,DC=contoso,DC=com");
    entry.display = Some(format!("Person {number}"));
    entry.primary = Some(address(number)?);
    entry.aliases = vec![Address::parse(&format!("p{number}@contoso.com"))?];
    entry.routing_address = Some(Address::parse(&format!(
        "person.{number}@contoso.mail.onmicrosoft.com"
    ))?);
    Ok(entry)
}

fn address(number: u64) -> Result<Address, routing::AddressError> {
    Address::parse(&format!("person.{number}@contoso.com"))
}

/// SplitMix64: numbers in no order, each once.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Times and sizes.
struct Step<'a> {
    file: &'a Path,
    since: Instant,
}

impl<'a> Step<'a> {
    fn new(file: &'a Path) -> Self {
        let since = Instant::now();
        Self { file, since }
    }

    fn tell(&mut self, what: &str) {
        let octets = |suffix: &str| {
            let name = format!("{}{suffix}", self.file.display());
            std::fs::metadata(name).map_or(0, |file| file.len()) >> 20
        };
        let (seconds, main, log) = (
            self.since.elapsed().as_secs_f64(),
            octets(""),
            octets("-wal"),
        );
        let memory = peak_kib() >> 10;
        println!(
            "{what:40} {seconds:7.2} s, {main:5} MiB and {log:4} MiB of log, peak memory {memory:4} MiB"
        );
        self.since = Instant::now();
    }
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
