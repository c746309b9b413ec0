//! `cargo xtask bench tnef`: the conversion beside programs that unpack winmail.dat.

use super::passed_on::PassedOn;
use crate::peers;
use crate::program;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, options: &PassedOn) -> Result<(), String> {
    let target = workspace.target();
    let tools = peers::prepare_unpackers(&target, options.install);
    let mut command = workspace.cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "transform",
        "--bench",
        "tnef",
        "--",
    ]);
    command.arg("--tools").arg(tools);
    command.arg("--out").arg(target.join("bench"));
    match program::show(command.args(&options.arguments)).succeeded() {
        true => Ok(()),
        false => Err("the bench did not end well".to_owned()),
    }
}
