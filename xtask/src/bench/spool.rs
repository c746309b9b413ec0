//! `cargo xtask bench spool`: the store alone, beside a log and a file for each message.

use crate::program;
use crate::workspace::Workspace;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// For the bench program, which knows its options itself and says what is wrong with them.
    pub(super) arguments: Vec<String>,
}

impl Options {
    pub(super) fn parse(arguments: impl Iterator<Item = String>) -> Self {
        Self {
            arguments: arguments.collect(),
        }
    }
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<(), String> {
    let mut command = workspace.cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "spool",
        "--bench",
        "store",
        "--",
    ]);
    match program::show(command.args(&options.arguments)).succeeded() {
        true => Ok(()),
        false => Err("the bench did not end well".to_owned()),
    }
}
