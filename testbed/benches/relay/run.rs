//! `relay`: all scenarios, one after the other. In each the relays stand side by side and take turns.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::figure::short;

use super::arguments::Options;
use super::field::Field;
use super::results::{Comparison, Row};
use super::scenario::Scenario;
use super::stage::write;
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
        "\nwritten: {}/{name}.json, {name}.md, {name}.svg",
        options.out.display(),
        name = options.name,
    );
    match comparisons.iter().all(Comparison::is_sound) {
        true => Ok(ExitCode::SUCCESS),
        false => Err("not everything arrived: see above".to_owned()),
    }
}

fn compare(scenario: &Scenario, options: &Options, stop: &Stop) -> Result<Comparison, String> {
    println!("\n{scenario}");
    let mut field = Field::ready(scenario, options, stop)?;
    let mut rows: Vec<Row> = field
        .entrants
        .iter()
        .map(|entrant| Row {
            peer: entrant.peer,
            cells: Vec::new(),
        })
        .collect();
    for round in 0..options.rounds {
        for turn in 0..rows.len() {
            // Nobody always comes after the same one.
            let at = (turn + round) % rows.len();
            let (peer, cell) = (rows[at].peer, field.turn(at)?);
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
    field.settle(&mut rows)?;
    Ok(Comparison {
        scenario: scenario.clone(),
        rows,
    })
}

fn publish(options: &Options, facts: &Value, comparisons: &[Comparison]) -> Result<(), String> {
    let file = |ending: &str| options.out.join(format!("{}.{ending}", options.name));
    let shown: Vec<Value> = comparisons.iter().map(Comparison::json).collect();
    let json = json!({ "machine": facts, "scenarios": shown });
    let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    write(&file("json"), &(json + "\n"))?;
    let tables: String = comparisons.iter().map(table::markdown).collect();
    let page = format!("{}\n{tables}", machine::words(facts));
    write(&file("md"), &page)?;
    write(&file("svg"), &picture::draw(comparisons))
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

/// Until processes are forked and connections to the hop are open.
pub(super) const WARM_UP: Duration = Duration::from_millis(500);
