//! From the mirrors to what routing reads: the gateway's own directory, with somebody who looks people up all the while.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use routing::Address;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use twinmx::directory::Directory;
use twinmx::event::Events;

use super::Trouble;
use super::company::{address, config, mixed, state, write_exceptions};

/// Starts where nothing is stored yet, then changes one line of a file.
pub(super) fn build_and_change(home: &Path, people: u64) -> Result<Value, Trouble> {
    write_exceptions(home, &["first@contoso.com"])?;
    let runtime = Runtime::new()?;
    let began = Instant::now();
    let config = Arc::new(config(home)?);
    let directory = Arc::new(runtime.block_on(Directory::start(config, Events::to_log()))?);
    await_people(&runtime, &directory, people + 1)?;
    let seconds = began.elapsed().as_secs_f64();
    let snapshot = directory.snapshot();
    let (addresses, octets) = (snapshot.addresses(), snapshot.octets());
    drop(snapshot);

    let sample = sample(people)?;
    let second = Address::parse("second@contoso.com")?;
    let began = Instant::now();
    write_exceptions(home, &["first@contoso.com", "second@contoso.com"])?;
    let during = look_up(&directory, &sample, |directory| {
        directory.snapshot().lookup(&second).is_some() || began.elapsed() > PATIENCE
    });
    let in_force = began.elapsed();
    if in_force > PATIENCE {
        return Err("the change did not come in force".into());
    }
    // The keeper may still store it; then as long again without.
    runtime.block_on(settled(home));
    let rest = in_force.max(Duration::from_secs(3));
    let began = Instant::now();
    let at_rest = look_up(&directory, &sample, |_| began.elapsed() > rest);
    runtime.block_on(directory.shutdown());
    Ok(json!({
        "seconds": seconds,
        "addresses": addresses,
        "snapshot_octets": octets,
        "change_seconds": in_force.as_secs_f64(),
        "lookups_per_second": during.per_second(),
        "pause_us": micros(during.pause),
        "own_us": micros(during.own),
        "waits": during.waits,
        "lookups_per_second_at_rest": at_rest.per_second(),
        "pause_us_at_rest": micros(at_rest.pause),
        "own_us_at_rest": micros(at_rest.own),
    }))
}

/// Starts where a snapshot is stored; until the first lookup is answered.
pub(super) fn restart(home: &Path, people: u64) -> Result<Value, Trouble> {
    let runtime = Runtime::new()?;
    let config = Arc::new(config(home)?);
    let began = Instant::now();
    let directory = runtime.block_on(Directory::start(config, Events::to_log()))?;
    let found = directory.snapshot().lookup(&address(people - 1)?).is_some();
    let seconds = began.elapsed().as_secs_f64();
    runtime.block_on(directory.shutdown());
    match found {
        true => Ok(json!({ "seconds": seconds })),
        false => Err("the snapshot that was stored does not serve".into()),
    }
}

fn await_people(runtime: &Runtime, directory: &Directory, people: u64) -> Result<(), Trouble> {
    let all = directory.wait_for(|snapshot| snapshot.len() as u64 == people);
    let found = runtime.block_on(async { timeout(PATIENCE, all).await });
    match found {
        Ok(Some(_)) => Ok(()),
        Ok(None) | Err(_) => {
            let found = directory.snapshot().len();
            Err(format!("{found} people are in force, not {people}").into())
        }
    }
}

/// Waits until the snapshot's file is as it is to stay.
async fn settled(home: &Path) {
    let file = state(home).join("snapshot");
    let modified = || {
        std::fs::metadata(&file)
            .and_then(|file| file.modified())
            .ok()
    };
    let (mut last, mut looks) = (None, tokio::time::interval(SETTLED));
    loop {
        looks.tick().await;
        match modified() {
            now if now == last => return,
            now => last = now,
        }
    }
}

/// Addresses in no order.
fn sample(people: u64) -> Result<Vec<Address>, Trouble> {
    let numbers = (0..SAMPLE).map(|number| mixed(number) % people);
    Ok(numbers.map(address).collect::<Result<_, _>>()?)
}

/// What a loop of lookups saw.
struct Seen {
    lookups: u64,
    time: Duration,
    /// The longest from one answer to the next, with whatever else the machine did meanwhile.
    pause: Duration,
    /// The longest that [`TURN`] lookups took of the processor.
    own: Duration,
    /// How often the thread gave the processor up because it had to wait.
    waits: u64,
}

impl Seen {
    fn per_second(&self) -> f64 {
        self.lookups as f64 / self.time.as_secs_f64()
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Looks people up as a session does, on a thread of its own, until this one says that it is enough.
fn look_up(
    directory: &Arc<Directory>,
    sample: &[Address],
    mut is_enough: impl FnMut(&Directory) -> bool,
) -> Seen {
    let enough = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| keep_looking(directory, sample, &enough));
        while !is_enough(directory) {
            std::thread::park_timeout(LOOK);
        }
        enough.store(true, Ordering::Relaxed);
        looking.join().expect("nobody is missing")
    })
}

fn keep_looking(directory: &Directory, sample: &[Address], enough: &AtomicBool) -> Seen {
    let (began, waited) = (Instant::now(), waits());
    let (mut lookups, mut pause, mut before) = (0, Duration::ZERO, began);
    let (mut own, mut spent) = (Duration::ZERO, processor_time());
    let mut people = sample.iter().cycle();
    while !enough.load(Ordering::Relaxed) {
        for somebody in people.by_ref().take(TURN) {
            let snapshot = directory.snapshot();
            assert!(snapshot.lookup(somebody).is_some(), "{somebody} is lost");
            let now = Instant::now();
            pause = pause.max(now - before);
            before = now;
        }
        let now = processor_time();
        own = own.max(now.saturating_sub(spent));
        spent = now;
        lookups += TURN as u64;
    }
    Seen {
        lookups,
        time: began.elapsed(),
        pause,
        own,
        waits: waits() - waited,
    }
}

/// What this thread has had of the processors.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("it only grows from zero")
}

/// How often this thread has waited for anything.
fn waits() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.and_then(|count| count.trim().parse().ok())
        .expect("Linux counts them")
}

/// So many lookups between two looks at the processor's time, since a look costs about as much as a lookup.
const TURN: usize = 16;
const SAMPLE: u64 = 100_000;
/// A file that was not written for so long is complete.
const SETTLED: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(1_800);
