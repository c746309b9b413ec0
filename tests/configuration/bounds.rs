//! Every number at its bounds and one past them.

use super::{BASE, codes};

/// `text` holds `{}` for the value.
fn check(text: &str, within: &[&str], beyond: &[&str]) {
    for value in within {
        assert_eq!(
            codes(&format!("{BASE}{}", text.replace("{}", value))),
            [""; 0],
            "{value} in {text}"
        );
    }
    for value in beyond {
        assert_eq!(
            codes(&format!("{BASE}{}", text.replace("{}", value))),
            ["TWX-0108"],
            "{value} in {text}"
        );
    }
}

#[test]
fn limits_have_bounds() {
    check(
        "[limits]\nmessage_size = \"{}\"",
        &["64 KiB", "1 GiB"],
        &["65535 B", "1073741825 B"],
    );
    check(
        "[limits]\nrecipients = {}",
        &["100", "50000"],
        &["99", "50001"],
    );
    check(
        "[limits]\nconnections_per_client = {}",
        &["1", "100000"],
        &["0", "100001"],
    );
    check(
        "[limits]\nmessages_per_client = {}",
        &["0", "1000000"],
        &["1000001"],
    );
    check(
        "[limits]\nnew_connections_per_client = {}",
        &["0", "1000000"],
        &["1000001"],
    );
    check(
        "[limits]\nrecipients_per_client = {}",
        &["0", "1000000"],
        &["1000001"],
    );
    check(
        "[limits]\nunknown_per_client = {}",
        &["0", "100000"],
        &["100001"],
    );
    check(
        "[limits]\ngreeting_delay = \"{}\"",
        &["0s", "10s"],
        &["11s"],
    );
    check(
        "[limits]\nclient_idle = \"{}\"",
        &["1s", "1h"],
        &["0s", "3601s"],
    );
    check(
        "[limits]\nhop_envelope = \"{}\"",
        &["1s", "5m"],
        &["0s", "301s"],
    );
}

#[test]
fn dns_has_bounds() {
    check("[dns]\ntimeout = \"{}\"", &["1s", "15s"], &["0s", "16s"]);
}

#[test]
fn routing_and_spool_have_bounds() {
    check("[routing]\nsettle = \"{}\"", &["0s", "30d"], &["2592001s"]);
    check(
        "[routing]\nstale_after = \"{}\"",
        &["1s", "365d"],
        &["0s", "31536001s"],
    );
    check(
        "[spool]\nexpire = \"{}\"",
        &["1h", "30d"],
        &["3599s", "2592001s"],
    );
    check(
        "[spool]\nretry = [\"{}\"]",
        &["1s", "24h"],
        &["0s", "86401s"],
    );
    let waits = |count: usize| vec!["\"1m\""; count].join(", ");
    check(
        "[spool]\nretry = [{}]",
        &[&waits(1), &waits(20)],
        &["", &waits(21)],
    );
}

#[test]
fn sides_have_bounds() {
    let side = "[side.x]\nkind = \"smtp\"\nnext_hop = [\"a.b\"]\n";
    check(
        &format!("{side}max_connections = {{}}"),
        &["1", "1000"],
        &["0", "1001"],
    );
    check(
        &format!("{side}recipients_per_transaction = {{}}"),
        &["1", "1000"],
        &["0", "1001"],
    );
}

#[test]
fn names_have_bounds() {
    let side = |name: &str| {
        codes(&format!(
            "{BASE}[side.{name}]\nkind = \"smtp\"\nnext_hop = [\"a.b\"]"
        ))
    };
    assert_eq!(side(&"a".repeat(63)), [""; 0]);
    assert_eq!(side(&"a".repeat(64)), ["TWX-0106"]);
    for name in ["A", "\"a b\"", "\"\"", "-a", "a_b"] {
        assert_eq!(side(name), ["TWX-0106"], "{name}");
    }
}

#[test]
fn shares_have_bounds() {
    let source = |share: &str| {
        codes(&format!(
            "{BASE}[[directory]]\nname = \"x\"\nkind = \"csv\"\npath = \"x\"\nshrink_max = {share}\nmove_max = {share}"
        ))
    };
    for share in ["0", "0.0", "1", "1.0", "0.05"] {
        assert_eq!(source(share), [""; 0], "{share}");
    }
    for share in ["-0.01", "1.01", "2", "nan", "inf"] {
        assert_eq!(source(share), ["TWX-0106", "TWX-0106"], "{share}");
    }
}

#[test]
fn no_more_complaints_are_shown_than_can_be_read() {
    let faulty = |count: usize| {
        (0..count)
            .map(|index| format!("x{index:03}x = 1\n"))
            .collect::<String>()
            + BASE
    };
    let most = super::said(&faulty(100));
    assert_eq!(most.errors(), 100);
    assert!(!most.to_string().contains("more"), "nothing was left out");
    let more = super::said(&faulty(101));
    assert_eq!(more.errors(), 100);
    assert!(more.to_string().contains("\nand 1 more\n"), "{more}");
}
