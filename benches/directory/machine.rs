//! What it was measured on.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

pub(super) fn facts() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let line = |text: &str, begin: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(begin));
        line.map(|line| line.trim_start_matches([' ', '\t', ':']).to_owned())
    };
    json!({
        "cpu": line(&read("/proc/cpuinfo"), "model name"),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory": line(&read("/proc/meminfo"), "MemTotal"),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "twinmx": env!("CARGO_PKG_VERSION"),
        "commit": commit(),
    })
}

/// One line for people.
pub(super) fn words(facts: &Value) -> String {
    let said = |name: &str| match &facts[name] {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    format!(
        "{} cores of {}, {}, Linux {}; twinmx {} ({})",
        said("cores"),
        said("cpu"),
        said("memory"),
        said("kernel"),
        said("twinmx"),
        said("commit"),
    )
}

fn commit() -> Option<String> {
    let mut git = Command::new("git");
    let output = git.args(["rev-parse", "--short", "HEAD"]).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
