//! `cargo xtask soak`: the gateway is killed again and again under load, and the simulation runs for long.

use std::process::{Command, ExitCode};

use crate::arguments::Install;
use crate::bench::relay;
use crate::peers;
use crate::program;
use crate::workspace::Workspace;

pub(crate) const USAGE: &str = "\
Usage: cargo xtask soak [--yes] [--kills N] [--minutes N] [--seed N] [--json]
                        [--simulation-minutes N]

  The release build takes mail for two sides, a real Postfix and a sink, which
  come and go, and is killed at random instants. Each message that it answered
  250 must arrive at both, or its sender be told. Then the simulation runs.

  --kills N     times that it is killed, 100: about ten minutes
  --minutes N   go on for so long instead
  --seed N      of the instants, 1
  --json        the last line of the first part is JSON
  --simulation-minutes N
                minutes of simulated runs, 30; 0: none
";

#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    install: Install,
    simulation_minutes: u32,
    /// For the program that kills, which knows its options itself and says what is wrong with them.
    arguments: Vec<String>,
}

impl Options {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            install: Install::default(),
            simulation_minutes: 30,
            arguments: Vec::new(),
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--yes" => options.install = Install::AtOnce,
                "--simulation-minutes" => {
                    let value = arguments.next().and_then(|value| value.parse().ok());
                    options.simulation_minutes =
                        value.ok_or("--simulation-minutes needs a number")?;
                }
                _ => options.arguments.push(argument),
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let done = Workspace::find().and_then(|workspace| {
        kill(&workspace, options)?;
        simulate(&workspace, options.simulation_minutes)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn kill(workspace: &Workspace, options: &Options) -> Result<(), String> {
    peers::prepare_soak(options.install)?;
    let mut command = Command::new(relay::build(workspace)?);
    command.arg("soak").arg("--twinmx");
    command.arg(workspace.target().join("release/twinmx"));
    match program::run(command.args(&options.arguments)).succeeded() {
        true => Ok(()),
        false => Err("not every promise was kept: see above".to_owned()),
    }
}

fn simulate(workspace: &Workspace, minutes: u32) -> Result<(), String> {
    if minutes == 0 {
        return Ok(());
    }
    let mut command = workspace.cargo();
    command.args(["test", "--release", "--locked", "--lib", "simulation::soak"]);
    command.args(["--", "--nocapture"]);
    command.env("SIMULATION_MINUTES", minutes.to_string());
    match program::show(&mut command).succeeded() {
        true => Ok(()),
        false => Err("the simulation failed: see above".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_understood() {
        let parsed = |line: &str| Options::parse(line.split_whitespace().map(str::to_owned));
        let check = |line, install, simulation_minutes, arguments: &[&str]| {
            let arguments = arguments.iter().map(ToString::to_string).collect();
            let expected = Options {
                install,
                simulation_minutes,
                arguments,
            };
            assert_eq!(parsed(line), Ok(expected), "{line}");
        };
        check("", Install::Ask, 30, &[]);
        check(
            "--kills 7 --yes --simulation-minutes 0 --json",
            Install::AtOnce,
            0,
            &["--kills", "7", "--json"],
        );
        let complaint = "--simulation-minutes needs a number".to_owned();
        assert_eq!(parsed("--simulation-minutes soon"), Err(complaint.clone()));
        assert_eq!(parsed("--simulation-minutes"), Err(complaint));
    }
}
