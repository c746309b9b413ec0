//! `cargo xtask test`: all stages, a time for each, the counts last.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::arguments::Options;
use crate::stages::{Environment, Run, Stage};
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(crate) fn run(options: &Options) -> ExitCode {
    let workspace = match Workspace::find() {
        Ok(workspace) => workspace,
        Err(complaint) => {
            eprintln!("{complaint}");
            println!("{}", Tally::FAILED);
            return ExitCode::FAILURE;
        }
    };
    let run = Run {
        workspace: &workspace,
        options,
        environment: Environment::here(),
    };
    let total = report(&all(&run));
    println!("{total}");
    match total.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

struct Result {
    stage: Stage,
    tally: Tally,
    time: Duration,
}

fn all(run: &Run<'_>) -> Vec<Result> {
    let mut results: Vec<Result> = Vec::new();
    for stage in Stage::ALL {
        if !run.options.only.is_empty() && !run.options.only.contains(&stage) {
            continue;
        }
        println!("\n=== {}", stage.name());
        if let Some(base) = failed_base(stage, &results) {
            println!("not run, because {} failed", base.name());
            continue;
        }
        let begun = Instant::now();
        let tally = stage.run(run);
        let time = begun.elapsed();
        println!("=== {}: {tally} in {}", stage.name(), seconds(time));
        results.push(Result { stage, tally, time });
    }
    results
}

fn failed_base(stage: Stage, results: &[Result]) -> Option<Stage> {
    let base = stage.rests_on()?;
    let failed = |result: &&Result| result.stage == base && result.tally.failed > 0;
    results.iter().find(failed).map(|result| result.stage)
}

fn report(results: &[Result]) -> Tally {
    println!();
    let mut total = Tally::default();
    let mut time = Duration::ZERO;
    for result in results {
        let name = result.stage.name();
        println!("{name:12} {:>9}  {}", seconds(result.time), result.tally);
        total += result.tally;
        time += result.time;
    }
    println!("{:12} {:>9}", "in all", seconds(time));
    total
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rests_on_a_failed_stage_is_left_out() {
        let result = |stage, tally| Result {
            stage,
            tally,
            time: Duration::ZERO,
        };
        let results = [
            result(Stage::Fmt, Tally::FAILED),
            result(Stage::Build, Tally::FAILED),
            result(Stage::Seeds, Tally::FAILED),
        ];
        let check = |stage, expected| assert_eq!(failed_base(stage, &results), expected);
        check(Stage::Clippy, None);
        check(Stage::Unit, Some(Stage::Build));
        check(Stage::Peers, Some(Stage::Build));
        check(Stage::Fuzz, None);
    }
}
