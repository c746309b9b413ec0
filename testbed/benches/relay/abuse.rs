//! `abuse`: what is left of legitimate mail beside clients that mean harm.
//!
//! The gateway has the bounds that it is shipped with. In each round mail is sent alone, and then beside the siege, so
//! that each ratio is one of the same minute on the same machine.

mod options;
mod table;

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::figure::Figure;
use testbed::load::Writes;
use testbed::siege::{Heard, Siege};

use super::besieger::Besieger;
use super::cell::Cell;
use super::counter::Counting;
use super::measurement::{Measurement, Subject};
use super::peer::Peer;
use super::scenario::{Scenario, Tls};
use super::stage::{Doors, Stage, write};
use super::stop::Stop;
use super::{arguments, machine, run};

pub(super) use options::Options;

/// One siege, round by round.
#[derive(Debug)]
struct Course {
    siege: Siege,
    rounds: Vec<Round>,
}

#[derive(Debug)]
struct Round {
    alone: Cell,
    beside: Cell,
    /// In all rounds until this one.
    heard: Heard,
}

impl Course {
    /// The share of its rate that mail keeps.
    fn kept(&self) -> Option<Figure> {
        let ratio = |round: &Round| round.beside.rate / round.alone.rate;
        Figure::of(self.rounds.iter().map(ratio))
    }

    fn figure(&self, value: impl Fn(&Round) -> f64) -> Option<Figure> {
        Figure::of(self.rounds.iter().map(value))
    }

    /// MiB that the gateway may have: what it has without anybody, and for each connection of the siege what a connection
    /// that sits may cost.
    fn budget(&self) -> f64 {
        let connections = match self.siege {
            Siege::Idle(count) | Siege::Drip(count) | Siege::Harvest(count) => count,
            Siege::Flood(_) => 0,
        };
        BUDGET_MIB + (connections * BUDGET_EACH_KIB) as f64 / 1024.0
    }

    fn is_sound(&self) -> bool {
        let mut cells = self.rounds.iter().flat_map(|r| [&r.alone, &r.beside]);
        cells.all(|cell| cell.verdict.is_sound())
    }

    /// What is wrong with it.
    fn faults(&self) -> Vec<&'static str> {
        let kept = self.kept().is_some_and(|kept| kept.median >= KEPT_LEAST);
        let memory = self.figure(|round| round.beside.memory);
        let fits = memory.is_some_and(|memory| memory.most <= self.budget());
        let wrong = [
            (kept, "mail was slowed down"),
            (fits, "memory is beyond its budget"),
            (self.is_sound(), "not everything arrived"),
        ];
        let wrong = wrong.into_iter().filter(|(is_well, _)| !is_well);
        wrong.map(|(_, words)| words).collect()
    }

    fn json(&self) -> Value {
        let (kind, number) = super::besieger::words(self.siege);
        let rounds = self.rounds.iter().map(|round| {
            json!({
                "alone": round.alone.json(),
                "beside": round.beside.json(),
                "greeted": round.heard.greeted,
                "refused": round.heard.refused,
                "unknown": round.heard.unknown,
                "cut": round.heard.cut,
            })
        });
        json!({
            "siege": kind,
            "number": number,
            "kept": self.kept().map(|kept| json!({
                "median": kept.median, "min": kept.least, "max": kept.most,
            })),
            "pss_budget_mib": self.budget(),
            "faults": self.faults(),
            "rounds": rounds.collect::<Vec<_>>(),
        })
    }
}

pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let stop = Stop::watch()?;
    run::raise_file_limit();
    let out = &options.relay.out;
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let facts = machine::facts(&options.relay);
    println!("{}\n\n{}", machine::words(&facts), table::HEAD);
    let mut courses = Vec::new();
    for &siege in &options.sieges {
        let course = measure(siege, &options.relay, &stop)?;
        println!("{}", table::line(&course));
        courses.push(course);
        publish(options, &facts, &courses)?;
    }
    println!("\nwritten: {}/abuse.json, abuse.md", out.display());
    match courses.iter().all(|course| course.faults().is_empty()) {
        true => Ok(ExitCode::SUCCESS),
        false => Err("a siege did harm: see above".to_owned()),
    }
}

fn publish(options: &Options, facts: &Value, courses: &[Course]) -> Result<(), String> {
    let file = |name: &str| options.relay.out.join(name);
    let shown: Vec<Value> = courses.iter().map(Course::json).collect();
    let json = json!({ "machine": facts, "abuse": shown });
    let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    write(&file("abuse.json"), &(json + "\n"))?;
    let lines: String = courses.iter().map(|one| table::line(one) + "\n").collect();
    let page = format!("{}\n\n{}\n{lines}", machine::words(facts), table::HEAD);
    write(&file("abuse.md"), &page)
}

fn measure(siege: Siege, options: &arguments::Options, stop: &Stop) -> Result<Course, String> {
    let scenario: Scenario = MAIL.parse()?;
    let home = Stage::home()?;
    let counting = Counting::start(home.path(), Writes::Whole, stop)?;
    let hops = [counting.hop, counting.demanding_hop];
    let programs = [options.twinmx.as_path(), options.peers.as_path()];
    let stage = Stage::new(home, programs, hops, Tls::Clear, scenario.sessions)
        .with_doors(Doors::AsShipped);
    let subject = Subject::start(Peer::Twinmx, &stage, stop)?;
    let address = subject.address().ok_or("the gateway listens nowhere")?;
    let mut measurement = Measurement {
        scenario: &scenario,
        counting,
        other: None,
        next: 1,
        stop,
    };
    measurement.cell(&subject, run::WARM_UP)?;
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        let alone = measurement.cell(&subject, options.time)?;
        let mut besieger = Besieger::begin(address, siege, stop)?;
        let beside = measurement.cell(&subject, options.time)?;
        let heard = besieger.heard(stop)?;
        drop(besieger);
        stop.pause(SETTLE)?;
        rounds.push(Round {
            alone,
            beside,
            heard,
        });
    }
    Ok(Course { siege, rounds })
}

/// What is sent beside all of it.
const MAIL: &str = "10k:20:many";
/// After a siege its sessions have to end.
const SETTLE: Duration = Duration::from_secs(2);
const KEPT_LEAST: f64 = 0.8;
/// The gateway with 20 sessions that work, and its table of networks.
const BUDGET_MIB: f64 = 96.0;
/// A connection that sits, in clear.
const BUDGET_EACH_KIB: usize = 8;

#[cfg(test)]
mod tests {
    use super::super::results::tests::comparison;
    use super::*;

    /// Alone and beside, messages a second; MiB beside.
    fn course(rates: &[(f64, f64)], memory: f64) -> Course {
        let cell = |rate: f64, memory: f64| Cell {
            rate,
            memory,
            verdict: Default::default(),
            ..comparison().rows[0].cells[0].clone()
        };
        let round = |&(alone, beside): &(f64, f64)| Round {
            alone: cell(alone, 10.0),
            beside: cell(beside, memory),
            heard: Heard::default(),
        };
        Course {
            siege: Siege::Idle(1024),
            rounds: rates.iter().map(round).collect(),
        }
    }

    #[test]
    fn harm_is_named() {
        let check = |rates: &[(f64, f64)], memory, expected: &[&str]| {
            assert_eq!(course(rates, memory).faults(), expected);
        };
        check(&[(100.0, 80.0)], 104.0, &[]);
        check(&[(100.0, 79.0)], 104.0, &["mail was slowed down"]);
        check(&[(100.0, 80.0)], 104.1, &["memory is beyond its budget"]);
        // Each ratio is one of its own round.
        check(&[(100.0, 90.0), (10.0, 9.0), (1000.0, 100.0)], 1.0, &[]);
    }

    #[test]
    fn a_loss_is_harm() {
        let mut course = course(&[(1.0, 1.0)], 1.0);
        course.rounds[0].beside.verdict.lost = 1;
        assert_eq!(course.faults(), ["not everything arrived"]);
        let json = course.json();
        assert_eq!(json["faults"][0], "not everything arrived");
        assert_eq!(json["kept"]["median"], 1.0);
    }
}
