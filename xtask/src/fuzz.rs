//! Fuzz targets: their seeds replayed, and a minute of fuzzing shared by a few of them.
//!
//! The targets stand outside the workspace in `fuzz/` and are built without a
//! sanitizer, which the stable toolchain can do; the crates hold no unsafe code.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::program::{self, Outcome};
use crate::stages::{Environment, Run};
use crate::tally::Tally;
use crate::workspace::Workspace;

const TOOL: [&str; 4] = ["cargo-fuzz", "--locked", "--version", "=0.13.2"];
/// All targets of one run together.
const BUDGET: Duration = Duration::from_secs(60);
const TARGETS_PER_RUN: usize = 4;
/// No single input may take longer, in seconds.
const INPUT_TIMEOUT: u64 = 10;

pub(crate) fn manifest(workspace: &Workspace) -> PathBuf {
    workspace.root().join("fuzz/Cargo.toml")
}

/// Runs every target once over each of its seeds.
pub(crate) fn replay(run: &Run<'_>) -> Tally {
    let targets = match ready(run) {
        Ok(targets) => targets,
        Err(tally) => return tally,
    };
    let mut tally = Tally::default();
    for target in &targets {
        tally += replay_one(run, target);
    }
    tally
}

/// Fuzzes the targets whose turn it is.
pub(crate) fn fuzz(run: &Run<'_>) -> Tally {
    let targets = match ready(run) {
        Ok(targets) => in_turn(&targets, turn(run.workspace), TARGETS_PER_RUN),
        Err(tally) => return tally,
    };
    let share = BUDGET.as_secs() / targets.len().max(1) as u64;
    let mut tally = Tally::default();
    for target in &targets {
        tally += fuzz_one(run, target, share);
    }
    tally
}

fn replay_one(run: &Run<'_>, target: &str) -> Tally {
    let seeds = run.workspace.root().join("fuzz/seeds").join(target);
    if !seeds.is_dir() {
        println!("fuzz target {target} has no seeds in fuzz/seeds/{target}");
        return Tally::FAILED;
    }
    let mut command = cargo_fuzz(run, "run");
    command.arg(target).arg(seeds).args(["--", "-runs=0"]);
    Tally::check(finished(&mut command, run))
}

fn fuzz_one(run: &Run<'_>, target: &str, seconds: u64) -> Tally {
    let corpus = run.workspace.target().join("fuzz-corpus").join(target);
    if let Err(error) = fs::create_dir_all(&corpus) {
        println!("{}: {error}", corpus.display());
        return Tally::FAILED;
    }
    let mut command = cargo_fuzz(run, "run");
    command
        .arg(target)
        .arg(corpus)
        .arg(run.workspace.root().join("fuzz/seeds").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"));
    Tally::check(finished(&mut command, run))
}

fn finished(command: &mut Command, run: &Run<'_>) -> bool {
    command.arg(format!("-timeout={INPUT_TIMEOUT}"));
    if run.environment == Environment::Ci {
        // Thousands of "NEW" lines help nobody; a crash is printed all the same.
        command.arg("-print_final_stats=1").arg("-verbosity=0");
    }
    program::show(command).succeeded()
}

fn cargo_fuzz(run: &Run<'_>, verb: &str) -> Command {
    let mut command = run.workspace.cargo();
    command
        .args(["fuzz", verb, "--sanitizer", "none", "--target-dir"])
        .arg(run.workspace.target().join("fuzz"));
    command.env("PATH", path_with_tools(run.workspace));
    command
}

/// The targets, once everything that builds them is there.
fn ready(run: &Run<'_>) -> Result<Vec<String>, Tally> {
    let targets = match targets(run.workspace) {
        Ok(targets) => targets,
        Err(complaint) => {
            println!("{complaint}");
            return Err(Tally::FAILED);
        }
    };
    if Command::new("c++").arg("--version").output().is_err() {
        println!("SKIPPED: the fuzzer needs a C++ compiler (package g++)");
        return Err(match run.environment {
            Environment::Ci => Tally::FAILED,
            Environment::Desk => Tally::SKIPPED,
        });
    }
    let built = install_tool(run.workspace).succeeded() && build(run).succeeded();
    match built {
        true => Ok(targets),
        false => Err(Tally::FAILED),
    }
}

/// All at once, so that cargo uses every core.
fn build(run: &Run<'_>) -> Outcome {
    program::show(&mut cargo_fuzz(run, "build"))
}

/// Cargo knows the targets as the programs of the fuzz crate.
fn targets(workspace: &Workspace) -> Result<Vec<String>, String> {
    let printed = program::ask(
        workspace
            .cargo()
            .args(["metadata", "--locked", "--format-version", "1"])
            .arg("--manifest-path")
            .arg(manifest(workspace)),
    )?;
    match programs(&printed) {
        targets if targets.is_empty() => Err("there is no fuzz target in fuzz/".to_owned()),
        targets => Ok(targets),
    }
}

fn programs(metadata: &str) -> Vec<String> {
    let metadata: serde_json::Value = serde_json::from_str(metadata).unwrap_or_default();
    let root = &metadata["resolve"]["root"];
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.filter(|package| &package["id"] == root);
    let mut names: Vec<String> = ours
        .filter_map(|package| package["targets"].as_array())
        .flatten()
        .filter(|target| target["kind"][0] == "bin")
        .filter_map(|target| Some(target["name"].as_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn install_tool(workspace: &Workspace) -> Outcome {
    let installed = workspace
        .cargo()
        .args(["fuzz", "--version"])
        .env("PATH", path_with_tools(workspace))
        .output()
        .is_ok_and(|output| output.status.success());
    if installed {
        return Outcome::Succeeded;
    }
    let mut install = workspace.cargo();
    install
        .arg("install")
        .args(TOOL)
        .arg("--root")
        .arg(workspace.target().join("tools"));
    program::show(&mut install)
}

fn path_with_tools(workspace: &Workspace) -> std::ffi::OsString {
    let ours = workspace.target().join("tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(ours).chain(std::env::split_paths(&path));
    std::env::join_paths(all).unwrap_or(path)
}

/// Moves on with each day and each commit.
fn turn(workspace: &Workspace) -> usize {
    let today = SystemTime::now().duration_since(UNIX_EPOCH);
    let days = today.map_or(0, |since| since.as_secs() / 86_400);
    let mut git = Command::new("git");
    git.current_dir(workspace.root())
        .args(["rev-list", "--count", "HEAD"]);
    let commits = program::ask(&mut git).ok();
    let commits = commits.and_then(|count| count.trim().parse::<u64>().ok());
    usize::try_from(days + commits.unwrap_or(0)).unwrap_or(0)
}

fn in_turn(targets: &[String], turn: usize, count: usize) -> Vec<String> {
    let count = count.min(targets.len());
    let first = turn.wrapping_mul(count);
    (0..count)
        .map(|offset| targets[first.wrapping_add(offset) % targets.len()].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_take_turns_and_none_is_forgotten() {
        let names = |all: &str| -> Vec<String> { all.chars().map(String::from).collect() };
        let check = |all, turn, expected| {
            assert_eq!(
                in_turn(&names(all), turn, 4),
                names(expected),
                "{all} {turn}"
            );
        };
        check("", 7, "");
        check("ab", 1, "ab");
        check("abcdef", 0, "abcd");
        check("abcdef", 1, "efab");
        check("abcdef", 2, "cdef");
        check("abcdefghij", 2, "ijab");
    }

    #[test]
    fn the_programs_of_the_fuzz_crate_are_its_targets() {
        let metadata = r#"{"resolve": {"root": "fuzz 0"}, "packages": [
            {"id": "other 1", "targets": [{"kind": ["bin"], "name": "tool"}]},
            {"id": "fuzz 0", "targets": [
                {"kind": ["bin"], "name": "data"},
                {"kind": ["lib"], "name": "support"},
                {"kind": ["bin"], "name": "command"}
            ]}
        ]}"#;
        assert_eq!(programs(metadata), ["command", "data"]);
        assert!(programs("nonsense").is_empty());
    }
}
