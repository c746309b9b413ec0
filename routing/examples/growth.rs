//! How the directory grows: octets, build, opening, lookups and decisions, from ten thousand to ten million addresses.
//!
//! ```text
//! cargo run --release -p routing --example growth -- [--json] [ADDRESSES...]
//! ```
//! Everybody has an address of 29 octets and half of them an alias. One thread, warm, in random order, by the time the
//! processor gave it; the best of some rounds counts, since other programs can only make one slower. Ten million take
//! some 4 GB and most of a minute.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use routing::{
    Address, Decision, Domain, DomainRule, Meta, Origin, Policy, Recipient, RecipientForm,
    SideName, SideRule, Snapshot, SourceRead, Tags, UnixTime, UnknownRule, decide,
};
use rustix::time::{ClockId, clock_gettime};

type Failure = Box<dyn std::error::Error>;

const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// The largest directory the example builds.
const ADDRESSES_MAX: usize = 20_000_000;
/// Addresses asked for in one round.
const QUESTIONS: usize = 1_000_000;
const ROUNDS: usize = 5;
const NOW: u64 = 1_700_000_000;

fn main() -> Result<(), Failure> {
    let (options, sizes): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    if options.iter().any(|option| option != "--json") {
        return Err("usage: growth [--json] [ADDRESSES...]".into());
    }
    let sizes = match sizes
        .iter()
        .map(|size| size.parse())
        .collect::<Result<Vec<usize>, _>>()?
    {
        none if none.is_empty() => SIZES.to_vec(),
        sizes => sizes,
    };
    let json = !options.is_empty();
    if !json {
        println!("{}", Figures::HEAD);
    }
    let directory = tempfile::tempdir()?;
    for size in sizes {
        let figures = measure(
            size.clamp(3, ADDRESSES_MAX),
            &directory.path().join("snapshot"),
        )?;
        if json {
            println!("{}", figures.json());
        } else {
            println!("{}", figures.row());
        }
    }
    Ok(())
}

/// What was measured at one size.
struct Figures {
    addresses: usize,
    octets: usize,
    build: Duration,
    open: Duration,
    check: Duration,
    hits: f64,
    misses: f64,
    decisions: f64,
}

impl Figures {
    const HEAD: &str = " addresses  octets/address  build s  open ms  check ms  M hits/s  M misses/s  M decisions/s";

    fn row(&self) -> String {
        format!(
            "{:>10}  {:>14.1}  {:>7.3}  {:>7.2}  {:>8.1}  {:>8.2}  {:>10.2}  {:>13.2}",
            self.addresses,
            self.octets_an_address(),
            self.build.as_secs_f64(),
            self.open.as_secs_f64() * 1e3,
            self.check.as_secs_f64() * 1e3,
            self.hits / 1e6,
            self.misses / 1e6,
            self.decisions / 1e6,
        )
    }

    fn json(&self) -> String {
        format!(
            "{{\"addresses\":{},\"octets_per_address\":{:.2},\"build_s\":{:.4},\"open_ms\":{:.3},\"check_ms\":{:.2},\
             \"hits_per_s\":{:.0},\"misses_per_s\":{:.0},\"decisions_per_s\":{:.0}}}",
            self.addresses,
            self.octets_an_address(),
            self.build.as_secs_f64(),
            self.open.as_secs_f64() * 1e3,
            self.check.as_secs_f64() * 1e3,
            self.hits,
            self.misses,
            self.decisions,
        )
    }

    fn octets_an_address(&self) -> f64 {
        self.octets as f64 / self.addresses as f64
    }
}

/// The processor's time from its making on: that of this thread, whoever else wants the processor.
struct Watch(Duration);

impl Watch {
    fn start() -> Self {
        Self(Self::now())
    }

    fn elapsed(&self) -> Duration {
        Self::now() - self.0
    }

    fn now() -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
    }
}

fn measure(addresses: usize, file: &Path) -> Result<Figures, Failure> {
    let people = people(addresses)?;
    let (numbers, meta) = (people.len(), meta());
    let started = Watch::start();
    let built = Snapshot::build(people, meta)?;
    let build = started.elapsed();
    built.write(file)?;
    drop(built);

    let (mut open, mut check) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let started = Watch::start();
        let snapshot = Snapshot::open(file)?;
        open = open.min(started.elapsed());
        snapshot.check()?;
        check = check.min(started.elapsed());
        drop(snapshot);
    }
    let snapshot = Snapshot::read(file)?;
    let (hits, misses) = questions(numbers)?;
    let found = |address: &Address| {
        snapshot
            .lookup(address)
            .is_some_and(|view| view.side().is_some())
    };
    let (policy, now) = (policy()?, UnixTime::from_seconds(NOW));
    let delivers = |address: &Address| {
        let decision = decide(address, &Origin::Internet, &snapshot, &policy, now);
        matches!(decision, Decision::Deliver { .. })
    };
    Ok(Figures {
        addresses: snapshot.addresses(),
        octets: snapshot.octets(),
        build,
        open,
        check,
        hits: rate(&hits, true, found)?,
        misses: rate(&misses, false, found)?,
        decisions: rate(&hits, true, delivers)?,
    })
}

/// Questions a second in the best round; each must be answered as `expected`.
fn rate(
    questions: &[Address],
    expected: bool,
    ask: impl Fn(&Address) -> bool,
) -> Result<f64, Failure> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let started = Watch::start();
        let right = questions
            .iter()
            .filter(|address| ask(black_box(address)) == expected)
            .count();
        best = best.min(started.elapsed());
        if right != questions.len() {
            return Err(format!("{} answers are wrong", questions.len() - right).into());
        }
    }
    Ok(questions.len() as f64 / best.as_secs_f64())
}

/// Two people have three addresses.
fn people(addresses: usize) -> Result<Vec<Recipient>, Failure> {
    (0..addresses - addresses / 3)
        .map(|number| {
            let side = SideName::from(if number % 4 < 2 { "cloud" } else { "notes" });
            let mut person = Recipient::new(primary(number)?, side, "people");
            if number % 2 == 0 && number / 2 < addresses / 3 {
                person.aliases.push(alias(number)?);
            }
            Ok(person)
        })
        .collect()
}

/// Twenty-nine octets; the number is scattered, so that people next to each other have no names like each other.
fn primary(number: usize) -> Result<Address, Failure> {
    Ok(Address::parse(&format!(
        "given.n{:09x}@contoso.com",
        scattered(number)
    ))?)
}

fn alias(number: usize) -> Result<Address, Failure> {
    Ok(Address::parse(&format!(
        "n.{:09x}@fabrikam.example",
        scattered(number)
    ))?)
}

/// One to one below 2^36: an odd factor.
fn scattered(number: usize) -> u64 {
    (number as u64).wrapping_mul(0x5_DEEC_E66D) & 0xF_FFFF_FFFF
}

/// Random addresses that somebody has, two primary ones to one alias, and some that nobody has.
fn questions(people: usize) -> Result<(Vec<Address>, Vec<Address>), Failure> {
    let mut state = 1;
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for question in 0..QUESTIONS {
        let number = (random(&mut state) % (people as u64 / 2 * 2 - 1)) as usize;
        let is_alias = question % 3 == 2;
        hits.push(if is_alias {
            alias(number / 2 * 2)?
        } else {
            primary(number)?
        });
    }
    for question in 0..QUESTIONS {
        misses.push(primary((1 << 35) + question)?);
    }
    Ok((hits, misses))
}

/// SplitMix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

fn meta() -> Meta {
    let now = Some(UnixTime::from_seconds(NOW));
    let source = SourceRead {
        name: "people".into(),
        read_at: now,
    };
    Meta {
        built_at: UnixTime::from_seconds(NOW),
        sources: vec![source],
    }
}

fn policy() -> Result<Policy, Failure> {
    let domain = |name: &str| -> Result<DomainRule, Failure> {
        let name = Domain::parse(name)?;
        Ok(DomainRule {
            name,
            unknown: UnknownRule::Reject,
            postmaster: None,
        })
    };
    let side = |name: &str| SideRule {
        name: name.into(),
        routing_domains: Vec::new(),
        recipient: RecipientForm::Primary,
        tags: Tags::Refused,
        has_next_hop: true,
    };
    Ok(Policy::new(
        vec![domain("contoso.com")?, domain("fabrikam.example")?],
        vec![side("cloud"), side("notes")],
        None,
        Duration::from_secs(3_600),
        Duration::from_secs(86_400),
    ))
}
