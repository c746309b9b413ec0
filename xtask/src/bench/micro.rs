//! `cargo xtask bench micro`: criterion's times.

use crate::program;
use crate::workspace::Workspace;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) filter: Option<String>,
}

impl Options {
    pub(super) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.quick = true,
                other => super::filter(&mut options.filter, other)?,
            }
        }
        Ok(options)
    }
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<(), String> {
    let mut command = workspace.cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "benches",
        "--bench",
        "micro",
        "--",
    ]);
    if options.quick {
        command.args(["--warm-up-time", "0.2", "--measurement-time", "0.5"]);
    }
    command.args(&options.filter);
    match program::show(&mut command).succeeded() {
        true => Ok(()),
        false => Err("the benches did not end well".to_owned()),
    }
}
