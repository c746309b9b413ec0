//! `cargo xtask bench instructions`: callgrind's counts.
//!
//! A time on a shared machine says little; the number of instructions is the same each time to a part in a thousand.
//! It is reported, not asserted: a path may have good reasons to grow.

mod baseline;
mod callgrind;
mod gateway;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Install;
use crate::program;
use crate::workspace::Workspace;
use baseline::Baseline;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) bless: bool,
    pub(crate) install: Install,
    pub(crate) filter: Option<String>,
}

impl Options {
    pub(super) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--bless" => options.bless = true,
                "--yes" => options.install = Install::AtOnce,
                other => super::filter(&mut options.filter, other)?,
            }
        }
        Ok(options)
    }

    fn wants(&self, path: &str) -> bool {
        let filter = self.filter.as_deref();
        filter.is_none_or(|filter| path.contains(filter))
    }
}

/// How often a path is taken: what differs from run to run is spread.
const RUNS: u64 = 20;

/// Among more people a decision waits longer for memory, but it takes no more instructions, and to build such a
/// snapshot under callgrind takes a minute.
const NOT_COUNTED: &[&str] = &["decide/100000", "decide/1000000"];

/// A path as the program lists it.
#[derive(Debug, PartialEq)]
struct HotPath {
    name: String,
    /// Decisions or commands in one run; one for a message.
    elements: u64,
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<(), String> {
    callgrind::provide(options.install)?;
    let file = workspace.root().join("benches/instructions.json");
    let old = Baseline::read(&file)?;
    let directory = workspace.target().join("callgrind");
    std::fs::create_dir_all(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut now = hot_paths(workspace, options, &directory)?;
    if options.wants(gateway::NAME) {
        now.insert(
            gateway::NAME.to_owned(),
            gateway::count(workspace, &directory)?,
        );
    }
    print!("{}", now.beside(&old));
    println!(
        "Instructions of a message, a decision or a command. Profiles for callgrind_annotate: {}",
        directory.display()
    );
    match options.bless {
        true => old.with(now).write(&file),
        false => Ok(()),
    }
}

fn hot_paths(
    workspace: &Workspace,
    options: &Options,
    directory: &Path,
) -> Result<Baseline, String> {
    let program = build(workspace)?;
    let mut counts = Baseline::default();
    for path in listed(&program)? {
        if options.wants(&path.name) && !NOT_COUNTED.contains(&path.name.as_str()) {
            let count = count(&program, &path, directory)?;
            counts.insert(path.name, count);
        }
    }
    Ok(counts)
}

fn build(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut command = workspace.cargo();
    command.args(["build", "--release", "--locked"]);
    command.args(["--package", "benches", "--bin", "hot-path"]);
    match program::show(&mut command).succeeded() {
        true => Ok(workspace.target().join("release/hot-path")),
        false => Err("the hot paths do not compile".to_owned()),
    }
}

fn listed(program: &Path) -> Result<Vec<HotPath>, String> {
    let printed = program::ask(&mut Command::new(program))?;
    let path = |line| hot_path(line).ok_or_else(|| format!("hot-path said {line:?}"));
    printed.lines().map(path).collect()
}

fn hot_path(line: &str) -> Option<HotPath> {
    let words: Vec<&str> = line.split(' ').collect();
    let [name, unit, amount] = words[..] else {
        return None;
    };
    let elements = match unit {
        "octets" => 1,
        "elements" => amount.parse().ok()?,
        _ => return None,
    };
    Some(HotPath {
        name: name.to_owned(),
        elements,
    })
}

fn count(program: &Path, path: &HotPath, directory: &Path) -> Result<u64, String> {
    let profile = directory.join(format!("{}.out", path.name.replace('/', "-")));
    let mut command = callgrind::command(&profile);
    // Preparation does not count.
    command.arg("--toggle-collect=*hot_path::measured*");
    command.arg(program).args([&path.name, &RUNS.to_string()]);
    program::ask(&mut command)?;
    let instructions = callgrind::instructions(&profile)?;
    Ok(instructions / (RUNS * path.elements))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_the_list() {
        let check = |line, expected: Option<(&str, u64)>| {
            let expected = expected.map(|(name, elements)| HotPath {
                name: name.to_owned(),
                elements,
            });
            assert_eq!(hot_path(line), expected, "{line}");
        };
        check("data/10KB octets 10000", Some(("data/10KB", 1)));
        check("decide/1000 elements 1000", Some(("decide/1000", 1000)));
        check("decide/1000 elements many", None);
        check("decide/1000 people 5", None);
        check("decide/1000", None);
    }
}
