//! The stages of a test run, in their order.

use std::process::Command;

use crate::arguments::Options;
use crate::peers::Ground;
use crate::program::{self, Outcome};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{fuzz, licences, peers};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Fmt,
    Clippy,
    Licences,
    Build,
    Unit,
    Integration,
    Peers,
    Seeds,
    Fuzz,
}

/// What a stage needs.
pub(crate) struct Run<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) options: &'a Options,
    pub(crate) environment: Environment,
}

/// Whether somebody can be asked and a part may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Desk,
    Ci,
}

impl Environment {
    pub(crate) fn here() -> Self {
        match std::env::var("CI").as_deref() {
            Ok("true") => Self::Ci,
            _ => Self::Desk,
        }
    }
}

impl Stage {
    pub(crate) const ALL: [Self; 9] = [
        Self::Fmt,
        Self::Clippy,
        Self::Licences,
        Self::Build,
        Self::Unit,
        Self::Integration,
        Self::Peers,
        Self::Seeds,
        Self::Fuzz,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Licences => "licences",
            Self::Build => "build",
            Self::Unit => "unit",
            Self::Integration => "integration",
            Self::Peers => "peers",
            Self::Seeds => "seeds",
            Self::Fuzz => "fuzz",
        }
    }

    /// The stage without which this one would only say the same failure again.
    pub(crate) fn rests_on(self) -> Option<Self> {
        match self {
            Self::Unit | Self::Integration | Self::Peers => Some(Self::Build),
            Self::Fmt | Self::Clippy | Self::Licences => None,
            Self::Build | Self::Seeds | Self::Fuzz => None,
        }
    }

    pub(crate) fn run(self, run: &Run<'_>) -> Tally {
        match self {
            Self::Fmt => fmt(run),
            Self::Clippy => clippy(run),
            Self::Licences => licences::check(run.workspace),
            Self::Build => build(run),
            Self::Unit => unit(run),
            Self::Integration => integration(run),
            Self::Peers => with_peers(run),
            Self::Seeds => fuzz::replay(run),
            Self::Fuzz => fuzz::fuzz(run),
        }
    }
}

fn fmt(run: &Run<'_>) -> Tally {
    let mut passed = show(run, &["fmt", "--all", "--check"]);
    if fuzz::manifest(run.workspace).is_file() {
        let manifest = ["--manifest-path", "fuzz/Cargo.toml"];
        passed &= show(run, &["fmt", manifest[0], manifest[1], "--check"]);
    }
    Tally::check(passed)
}

fn clippy(run: &Run<'_>) -> Tally {
    Tally::check(show(
        run,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ))
}

/// Compiles all tests beforehand, so that the times of the next stages are the tests'.
fn build(run: &Run<'_>) -> Tally {
    Tally::check(show(run, &["test", "--workspace", "--locked", "--no-run"]))
}

fn unit(run: &Run<'_>) -> Tally {
    tests(cargo_test(run).args(["--lib", "--bins"])) + tests(cargo_test(run).arg("--doc"))
}

/// Tests that need another program live below `peers::`, all others here.
fn integration(run: &Run<'_>) -> Tally {
    tests(cargo_test(run).args(["--test", "*", "--", "--skip", "peers::"]))
}

fn with_peers(run: &Run<'_>) -> Tally {
    let mut command = cargo_test(run);
    match peers::prepare(run) {
        Ground::Ready(directory) => command.env("TWINMX_PEERS", directory),
        Ground::LeftOut => command.env("TWINMX_PEERS", "off"),
    };
    tests(command.args(["--test", "*", "--", "peers::"]))
}

fn show(run: &Run<'_>, arguments: &[&str]) -> bool {
    program::show(run.workspace.cargo().args(arguments)).succeeded()
}

fn cargo_test(run: &Run<'_>) -> Command {
    let mut command = run.workspace.cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    command
}

/// Runs test programs and adds up their results.
fn tests(command: &mut Command) -> Tally {
    let mut count = Count::default();
    let outcome = program::watch(command, |line| count.read(line));
    count.close(outcome)
}

/// What several test programs have printed.
#[derive(Default)]
struct Count {
    results: Tally,
    left_out: u64,
}

impl Count {
    fn read(&mut self, line: &str) {
        self.results += Tally::of_result_line(line).unwrap_or_default();
        self.left_out += u64::from(line.starts_with("SKIPPED peer "));
    }

    fn close(self, outcome: Outcome) -> Tally {
        let tally = self.results.with_skipped(self.left_out);
        if outcome == Outcome::Failed && tally.failed == 0 {
            // It did not compile, or a test program ended without a result.
            return tally + Tally::FAILED;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str], outcome: Outcome) -> String {
        let mut count = Count::default();
        lines.iter().for_each(|line| count.read(line));
        count.close(outcome).to_string()
    }

    #[test]
    fn results_of_several_programs_are_added() {
        let lines = [
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "SKIPPED peer postfix: not installed (a_test)",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        assert_eq!(
            counted(&lines, Outcome::Failed),
            "2 passed, 1 failed, 2 skipped"
        );
    }

    #[test]
    fn a_program_that_dies_without_a_result_has_failed() {
        let lines = ["test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"];
        let check = |outcome, expected| assert_eq!(counted(&lines, outcome), expected);
        check(Outcome::Failed, "2 passed, 1 failed, 0 skipped");
        check(Outcome::Succeeded, "2 passed, 0 failed, 0 skipped");
    }
}
