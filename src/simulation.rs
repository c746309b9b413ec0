//! A seeded simulation of the whole gateway: the real sessions, couriers, queue, runner and spool, in a world whose clock,
//! network and disk are simulated, among clients that leave, hops that flap, people who move, and crashes.
//!
//! One thread, one runtime, a clock that stands still while anybody has something to do: a seed says everything, so a run
//! that went wrong can be had again.

mod chance;
mod client;
mod door;
mod hop;
mod judge;
mod life;
mod network;
mod people;
mod power;
mod remains;
mod report;
mod setting;
mod stage;
mod talk;
mod wire;
mod witness;
mod world;

pub(crate) use network::Port;
pub(crate) use stage::{spawn_slowly, system_time};
pub(crate) use wire::{End, connect};

use std::env;
use std::time::{Duration, Instant};

use world::{Figures, run};

/// As many runs belong to every test of the gateway.
const SEEDS: u64 = 2_000;
/// So many of them are run twice.
const REPLAYED: u64 = 100;

/// Runs seeds as long as `goes_on`, and tells how a run that went wrong can be had again.
fn all_is_well(seeds: impl Iterator<Item = u64>, goes_on: impl Fn() -> bool) {
    let began = Instant::now();
    let mut all = Figures::default();
    let mut wrong = Vec::new();
    for seed in seeds.take_while(|_| goes_on()) {
        let run = run(seed);
        let is_well = run.violations.is_empty();
        if asked("SIMULATION_SEED").is_some() || !is_well && wrong.is_empty() {
            println!("seed {seed}\n{}", run.trace.join("\n"));
        }
        if !is_well {
            let complaints = run.violations.join("; ");
            wrong.push(format!("SIMULATION_SEED={seed}: {complaints}"));
        }
        all += run.figures;
    }
    println!("{all}, {} s", began.elapsed().as_secs());
    assert!(
        wrong.is_empty(),
        "{} of {} runs went wrong; to see one: SIMULATION_SEED=... cargo test --lib simulation -- --nocapture\n{}",
        wrong.len(),
        all.runs,
        wrong.join("\n")
    );
}

/// Half of the seeds, so that two processors can share them; or the one that is asked for.
fn half(odd: u64) {
    let one = asked("SIMULATION_SEED").map(|seed| seed..=seed);
    let seeds = one.unwrap_or(0..=SEEDS - 1);
    all_is_well(seeds.filter(|seed| seed % 2 == odd), || true);
}

#[test]
fn half_of_the_runs_keep_every_promise() {
    half(0);
}

#[test]
fn the_other_half_of_the_runs_keep_every_promise() {
    half(1);
}

#[test]
fn a_seed_replays_a_run() {
    if asked("SIMULATION_SEED").is_some() {
        return;
    }
    let mut traces = Vec::new();
    for seed in 0..REPLAYED {
        let (first, again) = (run(seed), run(seed));
        let differs = first
            .trace
            .iter()
            .zip(&again.trace)
            .find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.trace.len(), again.trace.len(), "seed {seed}");
        assert_eq!(first.figures, again.figures, "seed {seed}");
        traces.push(first.trace);
    }
    let runs = traces.len();
    traces.sort_unstable();
    traces.dedup();
    assert_eq!(traces.len(), runs, "each is another run");
}

/// New seeds for as many minutes as `SIMULATION_MINUTES` says; a moment without.
#[test]
fn soak() {
    if asked("SIMULATION_SEED").is_some() {
        return;
    }
    let minutes = asked("SIMULATION_MINUTES");
    let time = minutes.map_or(MOMENT, |minutes| Duration::from_secs(minutes * 60));
    let began = Instant::now();
    all_is_well(SEEDS.., || began.elapsed() < time);
}

const MOMENT: Duration = Duration::from_millis(100);

fn asked(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number")),
    )
}
