//! Sources against the servers that they are made for: started by a test, private to it, gone with it.
//!
//! All tests that need an installed program live below this module, so that `peers::` selects them and `--skip peers::`
//! leaves them out.

mod active_directory;
mod large;
mod openldap;
mod refusals;
mod reliability;
mod samba;
mod slapd;
mod sweep;

use std::io::Write;

/// Says whether a program is here. If it is not, the test is left out, loudly; with `CI=true` it fails.
#[must_use]
pub(crate) fn require(name: &str, presence: Result<(), String>) -> Option<()> {
    if std::env::var_os("TWINMX_PEERS").is_some_and(|value| value == "off") {
        skip(name, "left out by --no-peers");
        return None;
    }
    if let Err(reason) = presence {
        let must = std::env::var("CI").as_deref() == Ok("true");
        assert!(!must, "peer {name} is missing: {reason}");
        skip(name, &reason);
        return None;
    }
    Some(())
}

/// Past the test program's capture: a test that did nothing must not look like one that passed.
fn skip(name: &str, reason: &str) {
    let test = std::thread::current();
    let test = test.name().unwrap_or("?");
    let line = format!("SKIPPED peer {name}: {reason} ({test})\n");
    _ = std::io::stderr().write_all(line.as_bytes());
}
