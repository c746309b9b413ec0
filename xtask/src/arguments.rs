//! What was asked for on the command line.

use crate::bench::{self, Bench};
use crate::soak;
use crate::stages::Stage;

pub(crate) const USAGE: &str = "\
Usage: cargo xtask test [--yes] [--no-peers] [--only STAGE]...

  --yes         install the Debian packages of the peer tests without asking
  --no-peers    leave out the tests that need other mail programs
  --only STAGE  run this stage alone; may be given more than once:
                fmt, clippy, licences, build, unit, integration, peers, seeds, fuzz

With CI=true in the environment packages are installed without asking, and a
missing peer is a failure.
";

#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Test(Options),
    Bench(Bench),
    Soak(soak::Options),
    Help,
}

/// How the tests are to be run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) install: Install,
    pub(crate) peers: Peers,
    /// Empty: all of them.
    pub(crate) only: Vec<Stage>,
}

#[derive(Debug, Default, PartialEq, Clone, Copy)]
pub(crate) enum Install {
    #[default]
    Ask,
    AtOnce,
}

#[derive(Debug, Default, PartialEq, Clone, Copy)]
pub(crate) enum Peers {
    #[default]
    Wanted,
    LeftOut,
}

pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut arguments = arguments;
    match arguments.next().as_deref() {
        Some("test") => {}
        Some("bench") => return bench::parse(arguments).map(Request::Bench),
        Some("soak") => return soak::Options::parse(arguments).map(Request::Soak),
        Some("help" | "--help" | "-h") => return Ok(Request::Help),
        Some(other) => return Err(format!("unknown command {other:?}")),
        None => return Err("no command given".to_owned()),
    }
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--yes" => options.install = Install::AtOnce,
            "--no-peers" => options.peers = Peers::LeftOut,
            "--only" => options.only.push(stage(arguments.next())?),
            "--help" | "-h" => return Ok(Request::Help),
            other => return Err(format!("unknown option {other:?}")),
        }
    }
    Ok(Request::Test(options))
}

fn stage(name: Option<String>) -> Result<Stage, String> {
    let name = name.ok_or("--only needs the name of a stage")?;
    Stage::ALL
        .into_iter()
        .find(|stage| stage.name() == name)
        .ok_or_else(|| format!("unknown stage {name:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_understood() {
        let check = |line, install, peers, only: &[Stage]| {
            let only = only.to_vec();
            let expected = Options {
                install,
                peers,
                only,
            };
            assert_eq!(parsed(line), Ok(Request::Test(expected)), "{line}");
        };
        check("test", Install::Ask, Peers::Wanted, &[]);
        check("test --yes", Install::AtOnce, Peers::Wanted, &[]);
        check("test --no-peers", Install::Ask, Peers::LeftOut, &[]);
        check(
            "test --only unit --only fmt",
            Install::Ask,
            Peers::Wanted,
            &[Stage::Unit, Stage::Fmt],
        );
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| assert_eq!(parsed(line), Err(complaint.to_owned()));
        check("", "no command given");
        check("tset", "unknown command \"tset\"");
        check("test --fast", "unknown option \"--fast\"");
        check("test --only", "--only needs the name of a stage");
        check("test --only lint", "unknown stage \"lint\"");
    }

    #[test]
    fn the_usage_names_every_stage() {
        for stage in Stage::ALL {
            assert!(USAGE.contains(stage.name()), "{}", stage.name());
        }
    }
}
