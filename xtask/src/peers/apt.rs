//! Debian's package tools.

use std::fmt;
use std::process::Command;

use crate::program::{self, Outcome};

/// Installs with no service starting; see the script.
const INSTALL: &str = include_str!("install.sh");

pub(crate) fn is_here() -> bool {
    let version = Command::new("apt-get").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Those of `names` that are not installed.
pub(crate) fn missing<'a>(names: &[&'a str]) -> Result<Vec<&'a str>, String> {
    // It fails when one of the names is unknown, and prints the others all the same.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(names)
        .output()
        .map_err(|error| format!("dpkg-query: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Ok(not_installed(names, &printed))
}

fn not_installed<'a>(names: &[&'a str], printed: &str) -> Vec<&'a str> {
    let installed = |name: &str| {
        printed
            .lines()
            .any(|line| line.split_once(' ') == Some((name, "installed")))
    };
    let mut missing = names.to_vec();
    missing.retain(|name| !installed(name));
    missing
}

/// What a person would type.
pub(crate) fn line(names: &[&str]) -> String {
    format!(
        "apt-get install --no-install-recommends {}",
        names.join(" ")
    )
}

pub(crate) fn install(names: &[&str]) -> Outcome {
    let mut command = Command::new("sh");
    command.args(["-c", INSTALL, "install"]).args(names);
    println!("{}", line(names));
    let outcome = program::run(&mut command);
    if outcome == Outcome::Failed {
        println!("apt-get would not install them, or only by removing something else");
    }
    outcome
}

pub(crate) fn update() -> Outcome {
    program::show(Command::new("apt-get").args(["update", "--quiet"]))
}

/// All packages that come with one, with their sizes.
pub(crate) struct Installation;

impl Installation {
    /// Empty when the package lists are missing.
    pub(crate) fn of(names: &[&str]) -> Vec<Package> {
        let all = Self::names_of(names);
        if all.is_empty() {
            return Vec::new();
        }
        let shown = program::ask(
            Command::new("apt-cache")
                .args(["show", "--no-all-versions"])
                .args(&all),
        );
        packages(&shown.unwrap_or_default())
    }

    /// The packages and what they need that is not here yet.
    pub(crate) fn names_of(names: &[&str]) -> Vec<String> {
        if names.is_empty() {
            return Vec::new();
        }
        let simulated = program::ask(
            Command::new("apt-get")
                .args(["install", "--simulate", "--no-install-recommends"])
                .args(names),
        );
        simulated_names(&simulated.unwrap_or_default())
    }
}

fn simulated_names(printed: &str) -> Vec<String> {
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[derive(Debug, PartialEq)]
pub(crate) struct Package {
    name: String,
    download: u64,
    installed: u64,
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            download,
            installed,
        } = self;
        let (download, installed) = (download.div_ceil(1024), installed);
        write!(
            f,
            "{name:28} {download:>6} KiB to load, {installed:>6} KiB on disk"
        )
    }
}

/// Reads the records that `apt-cache show` prints: sizes are octets to load and KiB on disk.
fn packages(printed: &str) -> Vec<Package> {
    printed.split("\n\n").filter_map(package).collect()
}

fn package(record: &str) -> Option<Package> {
    let field = |name: &str| {
        let mut lines = record.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| (key == name).then_some(value))
    };
    let number = |name: &str| field(name).and_then(|value| value.parse().ok());
    Some(Package {
        name: field("Package")?.to_owned(),
        download: number("Size").unwrap_or(0),
        installed: number("Installed-Size").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_only_when_it_is_installed() {
        let check = |printed, expected: &[&str]| {
            assert_eq!(not_installed(&["postfix", "swaks"], printed), expected);
        };
        check("postfix installed\nswaks installed\n", &[]);
        check("postfix installed\n", &["swaks"]);
        check("postfix config-files\nswaks installed\n", &["postfix"]);
        check("", &["postfix", "swaks"]);
    }

    #[test]
    fn the_simulation_names_what_comes_along() {
        let printed = "Reading package lists...\n\
            Remv exim4-base [4.96]\n\
            Inst cpio (2.13+dfsg-7.1 Debian:12 [amd64])\n\
            Inst libssl3 [3.0.19] (3.0.20 Debian:12 [amd64])\n\
            Conf cpio (2.13+dfsg-7.1 Debian:12 [amd64])\n";
        assert_eq!(simulated_names(printed), ["cpio", "libssl3"]);
    }

    #[test]
    fn sizes_are_read_from_the_records() {
        let printed = "Package: swaks\nInstalled-Size: 286\nSize: 107016\nDescription: a\n b\n\n\
            Package: cpio\nSize: 1\n\n";
        let package = |name: &str, download, installed| Package {
            name: name.to_owned(),
            download,
            installed,
        };
        assert_eq!(
            packages(printed),
            [package("swaks", 107_016, 286), package("cpio", 1, 0)]
        );
        assert_eq!(
            packages(printed)[0].to_string(),
            "swaks                           105 KiB to load,    286 KiB on disk"
        );
    }
}
