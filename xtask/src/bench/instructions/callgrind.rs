//! Valgrind's callgrind, a Debian package.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::arguments::Install;
use crate::peers;

/// Asks for the package and installs it, unless it is here.
pub(super) fn provide(install: Install) -> Result<(), String> {
    let version = Command::new("valgrind").arg("--version").output();
    match version {
        Ok(output) if output.status.success() => Ok(()),
        _ => peers::install(&["valgrind"], "The counts need", install),
    }
}

/// Callgrind, which writes what it counted to `profile`. The program to be run is still to be named.
pub(super) fn command(profile: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        // `rep movsb` counts as an instruction an octet, though the processor copies 32 at a time.
        .env("GLIBC_TUNABLES", NO_STRING_INSTRUCTIONS);
    command
}

/// How many instructions a profile has counted.
pub(super) fn instructions(profile: &Path) -> Result<u64, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", profile.display());
    let text = fs::read_to_string(profile).map_err(|error| told(&error))?;
    total(&text).ok_or_else(|| told(&"no total, or nothing was counted"))
}

fn total(profile: &str) -> Option<u64> {
    let mut lines = profile.lines();
    let total = lines.find_map(|line| line.strip_prefix("totals: "))?;
    total.trim().parse().ok().filter(|&count| count > 0)
}

const NO_STRING_INSTRUCTIONS: &str =
    "glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_found() {
        let check = |profile, expected| assert_eq!(total(profile), expected, "{profile}");
        check(
            "events: Ir\nsummary: 702279\n\ntotals: 702279\n",
            Some(702_279),
        );
        // The function that was to be counted was not found.
        check("events: Ir\ntotals: 0\n", None);
        check("events: Ir\n", None);
    }
}
