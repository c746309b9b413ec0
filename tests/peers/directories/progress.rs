//! How far a server is read, as an administrator sees it. The terminal is that of script(1).

use std::process::Stdio;

use testbed::slapd::{Ldif, Setup, Slapd};
use tokio::process::Command;
use tokio::time::timeout;

use super::super::{PATIENCE, Peer, require};
use super::{House, openldap};

const PEOPLE: u32 = 20_000;

/// Types `twinmx directory sync`; all that was to be seen, on a terminal or elsewhere.
async fn synced(house: &House, on_terminal: bool) -> String {
    let program = env!("CARGO_BIN_EXE_twinmx");
    let file = house.path().join("twinmx.toml");
    let line = format!("{program} directory sync --config {}", file.display());
    let mut command = match on_terminal {
        true => Command::new("script"),
        false => Command::new("sh"),
    };
    match on_terminal {
        true => command.args(["--quiet", "--return", "--command", &line, "/dev/null"]),
        false => command.args(["-c", &format!("{line} 2>&1")]),
    };
    let command = command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.expect("it ends");
    let output = output.expect("it runs");
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{seen}");
    seen
}

#[tokio::test]
async fn a_terminal_shows_how_far_a_server_is_read() {
    let Some(()) = require(&[Peer::Slapd]) else {
        return;
    };
    let (house, home) = (House::new(), tempfile::tempdir().expect("a directory"));
    let content = Ldif::base().people(0..PEOPLE);
    let server = Slapd::start(home.path(), &Setup::default(), content.as_str()).expect("slapd");
    let configuration = house.configuration(&openldap(&house, &server));
    house.write("twinmx.toml", &configuration);

    let seen = synced(&house, true).await;
    let signs: Vec<&str> = seen.split("\r\u{1b}[K").collect();
    assert!(signs.len() > 1, "no sign of progress: {seen:?}");
    for sign in &signs[..signs.len() - 1] {
        let said = sign
            .strip_prefix("people: ")
            .and_then(|rest| rest.split_once(" entries, "));
        let (count, time) = said.unwrap_or_else(|| panic!("{sign:?}"));
        let count: u32 = count.parse().unwrap_or_else(|_| panic!("{sign:?}"));
        assert!(count <= PEOPLE + 10 && time.ends_with(" s"), "{sign:?}");
    }
    // The bar is gone, and what was asked for stands in its place.
    assert!(
        signs[signs.len() - 1].starts_with("people (ldap://"),
        "{seen:?}"
    );

    // Elsewhere there are lines, and none for so short a time.
    let seen = synced(&house, false).await;
    assert!(
        !seen.contains('\u{1b}') && !seen.contains("entries, "),
        "{seen:?}"
    );
}
