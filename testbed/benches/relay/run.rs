//! `relay`: all scenarios, one after the other. In each the relays stand side by side and take turns.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::figure::short;

use super::arguments::Options;
use super::counter::Counting;
use super::measurement::{Measurement, Subject};
use super::peer::Peer;
use super::results::{Comparison, Row};
use super::scenario::Scenario;
use super::stage::{Stage, write};
use super::stop::Stop;
use super::{machine, picture, table};

pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let stop = Stop::watch()?;
    raise_file_limit();
    fs::create_dir_all(&options.out)
        .map_err(|error| format!("{}: {error}", options.out.display()))?;
    let facts = machine::facts(options);
    println!("{}", machine::words(&facts));
    let mut comparisons = Vec::new();
    for scenario in &options.scenarios {
        let comparison = compare(scenario, options, &stop)?;
        print!("{}", table::plain(&comparison));
        comparisons.push(comparison);
        // After each one, so that nothing is lost if it is stopped.
        publish(options, &facts, &comparisons)?;
    }
    println!(
        "\nwritten: {}/relay.json, relay.md, relay.svg",
        options.out.display()
    );
    match comparisons.iter().all(Comparison::is_sound) {
        true => Ok(ExitCode::SUCCESS),
        false => Err("not everything arrived: see above".to_owned()),
    }
}

fn compare(scenario: &Scenario, options: &Options, stop: &Stop) -> Result<Comparison, String> {
    println!("\n{scenario}");
    let home = Stage::home()?;
    let counting = Counting::start(home.path(), scenario.writes, stop)?;
    let hops = [counting.hop, counting.demanding_hop];
    let programs = [options.twinmx.as_path(), options.peers.as_path()];
    let stage = Stage::new(home, programs, hops, scenario.tls, scenario.sessions);
    let mut measurement = Measurement {
        scenario,
        counting,
        next: 1,
        stop,
    };
    let mut subjects = Vec::new();
    for &peer in &options.only {
        match started(peer, &stage, &mut measurement) {
            Ok(subject) => subjects.push((peer, subject)),
            Err(reason) if peer == Peer::Twinmx || peer == Peer::Direct => return Err(reason),
            Err(reason) => {
                stop.check()?;
                println!("  {peer} is left out: {reason}");
            }
        }
    }
    let mut rows: Vec<Row> = subjects
        .iter()
        .map(|(peer, _)| Row {
            peer: *peer,
            cells: Vec::new(),
        })
        .collect();
    for round in 0..options.rounds {
        for turn in 0..subjects.len() {
            // Nobody always comes after the same one.
            let at = (turn + round) % subjects.len();
            let (peer, subject) = &subjects[at];
            let cell = measurement.cell(subject, options.time)?;
            println!(
                "  round {} of {}: {peer:13} {:>8} messages/s, {}",
                round + 1,
                options.rounds,
                short(cell.rate),
                cell.verdict,
            );
            rows[at].cells.push(cell);
        }
    }
    Ok(Comparison {
        scenario: scenario.clone(),
        rows,
    })
}

/// A relay that has carried its first messages: processes are forked, connections to the hop are open.
fn started(
    peer: Peer,
    stage: &Stage,
    measurement: &mut Measurement<'_>,
) -> Result<Subject, String> {
    let subject = Subject::new(peer.start(stage, measurement.stop)?);
    let warm = measurement.cell(&subject, WARM_UP)?;
    match warm.sent.accepted {
        0 => Err(format!(
            "{peer} takes nothing: {}",
            warm.sent.fault.unwrap_or_default()
        )),
        _ => Ok(subject),
    }
}

fn publish(options: &Options, facts: &Value, comparisons: &[Comparison]) -> Result<(), String> {
    let shown: Vec<Value> = comparisons.iter().map(Comparison::json).collect();
    let json = json!({ "machine": facts, "scenarios": shown });
    let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    write(&options.out.join("relay.json"), &(json + "\n"))?;
    let tables: String = comparisons.iter().map(table::markdown).collect();
    let page = format!("{}\n{tables}", machine::words(facts));
    write(&options.out.join("relay.md"), &page)?;
    write(&options.out.join("relay.svg"), &picture::draw(comparisons))
}

/// As many files as the system lets us have, for us and for what we start.
pub(super) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        eprintln!("bench: files stay limited: {error}");
    }
}

const WARM_UP: Duration = Duration::from_millis(500);
