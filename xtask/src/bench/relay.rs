//! `cargo xtask bench relay`, `bench tls`, `bench idle` and `bench abuse`: builds the gateway as it is shipped and the bench program, sees to
//! the peers, and becomes that program.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::passed_on::PassedOn;
use crate::peers;
use crate::program;
use crate::workspace::Workspace;

/// Comes back only if it failed. As the same process the program hears every signal that is meant for us.
pub(super) fn run(workspace: &Workspace, options: &PassedOn) -> Result<(), String> {
    let bench = build(workspace)?;
    let target = workspace.target();
    let (kind, rest) = options.arguments.split_first().ok_or("which bench?")?;
    let peers = match kind.as_str() {
        // It compares the gateway with itself.
        "abuse" => target.join("peers"),
        _ => peers::prepare_bench(&target, options.install),
    };
    let mut command = Command::new(bench);
    command.arg(kind);
    command.arg("--twinmx").arg(target.join("release/twinmx"));
    command.arg("--peers").arg(peers);
    command.arg("--out").arg(target.join("bench"));
    let error = command.args(rest).exec();
    Err(format!("the bench cannot be started: {error}"))
}

/// Builds the gateway, and the bench program, which knows it only as a program; where the latter is.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf, String> {
    // By itself: built along with tests it would carry what they need (a clock that can be stopped).
    let built = program::show(workspace.cargo().args(["build", "--release", "--locked"]));
    if !built.succeeded() {
        return Err("the gateway does not compile".to_owned());
    }
    let built = program::show(workspace.cargo().args(BUILD));
    if !built.succeeded() {
        return Err("the bench program does not compile".to_owned());
    }
    let messages = ["--quiet", "--message-format", "json"];
    let printed = program::ask(workspace.cargo().args(BUILD).args(messages))?;
    executable(&printed).ok_or_else(|| "cargo names no bench program".to_owned())
}

const BUILD: [&str; 7] = [
    "bench",
    "--package",
    "testbed",
    "--bench",
    "relay",
    "--no-run",
    "--locked",
];

fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    messages
        .filter(|message: &Value| message["target"]["name"] == "relay")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_named_in_cargos_messages() {
        let messages = r#"not JSON
{"target":{"name":"testbed"},"executable":null}
{"target":{"name":"relay"},"executable":"/target/release/deps/relay-1"}
{"reason":"build-finished","success":true}"#;
        let expected = PathBuf::from("/target/release/deps/relay-1");
        assert_eq!(executable(messages), Some(expected));
        assert_eq!(executable(""), None);
    }
}
