//! The bench: each step is a process of its own, so that its memory is its own.

mod arguments;
mod company;
mod in_force;
mod machine;
mod memory;
mod mirrors;
mod peer;
mod pulse;
mod results;
mod step;
mod unknown;

use std::process::ExitCode;

use arguments::{Arguments, Options, USAGE};
use results::Results;
use step::Step;

/// Why a bench did not end well.
pub(crate) type Trouble = Box<dyn std::error::Error>;

pub(crate) fn main() -> ExitCode {
    let done = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Arguments::Run(options)) => run(&options),
        Ok(Arguments::Step(step, home)) => step.take(&home),
        Err(complaint) => {
            eprint!("{complaint}\n\n{USAGE}");
            return ExitCode::from(64);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Trouble> {
    let mut results = Results::new();
    for people in &options.people {
        let home = company::home(&options.directory)?;
        for step in Step::of_people(*people) {
            results.note(*people, &step, step.in_process(home.path())?);
        }
    }
    for step in options.peers() {
        let home = company::home(&options.directory)?;
        results.note(step.people(), &step, step.in_process(home.path())?);
    }
    results.write(&options.out)?;
    match options.json {
        true => println!("{:#}", results.json()),
        false => print!("{}", results.table()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that no step goes stale unseen.
    #[test]
    fn every_step_gives_its_figures() {
        let home = tempfile::tempdir().expect("a directory");
        for step in Step::of_people(500) {
            let figures = step.figures(home.path());
            let figures = figures.unwrap_or_else(|error| panic!("{step:?}: {error}"));
            assert!(figures["seconds"].as_f64().is_some(), "{step:?}: {figures}");
        }
    }
}
