//! What it was measured on.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::arguments::Options;
use super::{nginx, postfix, twinmx};

pub(super) fn facts(options: &Options) -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    json!({
        "cpu": model(&read("/proc/cpuinfo")),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_mib": total(&read("/proc/meminfo")),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "system": pretty_name(&read("/etc/os-release")),
        "commit": commit(),
        "twinmx": twinmx::version(&options.twinmx),
        "nginx": nginx::version(&options.peers),
        "postfix": postfix::version(),
        "rounds": options.rounds,
        "seconds": options.time.as_secs_f64(),
    })
}

/// One line for people.
pub(super) fn words(facts: &Value) -> String {
    let said = |name: &str| match &facts[name] {
        Value::String(text) => text.clone(),
        Value::Null => "not here".to_owned(),
        other => other.to_string(),
    };
    format!(
        "{} cores of {}, {} MiB, {}, Linux {}; twinmx {} ({}), nginx {}, Postfix {}; {} rounds of {} s",
        said("cores"),
        said("cpu"),
        said("memory_mib"),
        said("system"),
        said("kernel"),
        said("twinmx"),
        said("commit"),
        said("nginx"),
        said("postfix"),
        said("rounds"),
        said("seconds"),
    )
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(": ")?.1.to_owned())
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}

fn pretty_name(os_release: &str) -> Option<String> {
    let name = os_release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

/// With a plus behind it when there are changes that are in no commit.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new("git")
            .current_dir(root)
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() {
        commit
    } else {
        commit + "+"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_in_what_the_system_says() {
        assert_eq!(
            model("a: b\nmodel name\t: EPYC 9\n").as_deref(),
            Some("EPYC 9")
        );
        assert_eq!(model(""), None);
        assert_eq!(total("MemTotal:       2048 kB\n"), Some(2));
        assert_eq!(
            pretty_name("A=1\nPRETTY_NAME=\"Debian 12\"\n").as_deref(),
            Some("Debian 12")
        );
    }
}
