//! `cargo xtask bench directory`: what many people cost, synthetic ones and those of real servers.

use super::passed_on::PassedOn;
use crate::peers;
use crate::program;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, options: &PassedOn) -> Result<(), String> {
    let is_without = |server: &str| {
        let mut pairs = options.arguments.windows(2);
        pairs.any(|pair| pair[0] == server && pair[1] == "0")
    };
    if !(is_without("--samba") && is_without("--slapd")) {
        peers::prepare_directories(options.install);
    }
    let mut command = workspace.cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "twinmx",
        "--bench",
        "directory",
        "--",
    ]);
    command.arg("--out").arg(workspace.target().join("bench"));
    match program::show(command.args(&options.arguments)).succeeded() {
        true => Ok(()),
        false => Err("the bench did not end well".to_owned()),
    }
}
