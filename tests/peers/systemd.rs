//! systemd-analyze(1), which judges our units without a manager that runs.

use std::path::Path;

use super::program;
use super::{Peer, require};

/// Ten times the exposure that it may find. What is left is what a gateway is for (it speaks IPv4, IPv6 and, to the
/// manager and to operators, over local sockets), and the host's own root directory.
const EXPOSURE_MAX: &str = "11";

#[tokio::test]
async fn our_service_is_exposed_no_more_than_its_work_needs() {
    let Some(()) = require(&[Peer::Systemd]) else {
        return;
    };
    let arguments = |threshold: &str| {
        vec![
            "security".to_owned(),
            "--offline=true".to_owned(),
            "--no-pager".to_owned(),
            format!("--threshold={threshold}"),
            unit("twinmx.service"),
        ]
    };
    let judged = analyze(&arguments(EXPOSURE_MAX)).await;
    println!("{}", judged.succeeded().lines().last().unwrap_or_default());
    assert!(
        judged.output.contains("Overall exposure level"),
        "{judged:#?}"
    );
    // And its verdict is one: with less allowed it says no.
    assert!(!analyze(&arguments("1")).await.status.success());
}

#[tokio::test]
async fn our_units_say_nothing_that_systemd_does_not_understand() {
    let Some(()) = require(&[Peer::Systemd]) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let mut arguments = vec!["verify".to_owned(), "--man=no".to_owned()];
    // A program that is there stands in for ours, which is not installed.
    for name in ["twinmx.socket", "twinmx.service"] {
        let text = std::fs::read_to_string(unit(name)).expect("a unit");
        let there = directory.path().join(name);
        std::fs::write(&there, text.replace("/usr/bin/twinmx", "/bin/true")).expect("a copy");
        arguments.push(there.display().to_string());
    }
    let verified = analyze(&arguments).await;
    verified.succeeded();
    let complaints: Vec<&str> = verified
        .errors
        .lines()
        .filter(|line| line.contains("twinmx."))
        .collect();
    assert_eq!(complaints, [""; 0], "{verified:#?}");
}

async fn analyze(arguments: &[String]) -> program::Finished {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    program::run("/usr/bin/systemd-analyze", &arguments, b"").await
}

fn unit(name: &str) -> String {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    config.join(name).display().to_string()
}
