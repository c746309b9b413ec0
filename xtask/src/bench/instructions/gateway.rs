//! The whole gateway, between a load source and a sink on loopback.

use std::path::Path;

use super::callgrind;
use crate::program;
use crate::workspace::Workspace;

/// The path in the table.
pub(super) const NAME: &str = "gateway";

/// With so many messages and with twice as many: the difference has no start, no connections and no end in it.
const MESSAGES: u64 = 400;

/// Instructions of a message of 10 000 octets, those of the kernel not counted.
pub(super) fn count(workspace: &Workspace, directory: &Path) -> Result<u64, String> {
    build(workspace)?;
    let once = run(workspace, directory, MESSAGES)?;
    let twice = run(workspace, directory, 2 * MESSAGES)?;
    Ok(twice.saturating_sub(once) / MESSAGES)
}

fn build(workspace: &Workspace) -> Result<(), String> {
    let build = |of: &[&str]| {
        let mut command = workspace.cargo();
        command.args(["build", "--release", "--locked", "--package"]);
        program::show(command.args(of)).succeeded()
    };
    match build(&["twinmx"]) && build(&["testbed", "--example", "through"]) {
        true => Ok(()),
        false => Err("the gateway does not compile".to_owned()),
    }
}

fn run(workspace: &Workspace, directory: &Path, messages: u64) -> Result<u64, String> {
    let built = workspace.target().join("release");
    let profile = directory.join(format!("{NAME}-{messages}.out"));
    let gateway = callgrind::command(&profile);
    let mut through = std::process::Command::new(built.join("examples/through"));
    through.arg(messages.to_string());
    through.arg(gateway.get_program()).args(gateway.get_args());
    for (name, value) in gateway.get_envs() {
        through.env(name, value.unwrap_or_default());
    }
    program::ask(through.arg(built.join("twinmx")))?;
    callgrind::instructions(&profile)
}
