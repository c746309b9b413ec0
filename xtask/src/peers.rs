//! The other programs that the peer tests talk to and the bench measures.
//!
//! Most are Debian packages, installed as such. Exim and OpenSMTPD exclude
//! Postfix there, so they are only unpacked below the build directory, and the
//! tests run them in a mount namespace of their own. nginx is only unpacked as
//! well, so that no server is left behind. Nothing is done without leave, and
//! never by sudo.

mod apt;
mod unpacked;
mod venv;

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::arguments::{Install, Peers};
use crate::program::Outcome;
use crate::stages::{Environment, Run};
use apt::Installation;
use unpacked::Unpacked;

/// Debian's names of what is installed.
const PACKAGES: &[&str] = &[
    "knot",
    "ldap-utils",
    "ldb-tools",
    "libnet-ssleay-perl",
    "openssl",
    "postfix",
    "python3",
    "python3-aiosmtpd",
    "python3-authres",
    "python3-dkim",
    "python3-venv",
    "samba",
    "samba-ad-dc",
    "samba-ad-provision",
    "samba-dsdb-modules",
    "slapd",
    "sslscan",
    "strace",
    "swaks",
    "systemd",
    "testssl.sh",
];

/// Those of them that serve directories.
const DIRECTORIES: &[&str] = &[
    "ldap-utils",
    "ldb-tools",
    "samba",
    "samba-ad-dc",
    "samba-ad-provision",
    "samba-dsdb-modules",
    "slapd",
];

/// What is only unpacked.
const UNPACKED: &[Unpacked] = &[
    Unpacked::Exim,
    Unpacked::OpenSmtpd,
    Unpacked::Tnef,
    Unpacked::Ytnef,
];

/// What the peer tests will find. Each test says itself which peer it misses.
#[derive(Debug, PartialEq)]
pub(crate) enum Ground {
    /// Peers that are only unpacked lie here.
    Ready(PathBuf),
    LeftOut,
}

pub(crate) fn prepare(run: &Run<'_>) -> Ground {
    if run.options.peers == Peers::LeftOut {
        return Ground::LeftOut;
    }
    let directory = run.workspace.target().join("peers");
    for done in [complete(run, &directory), complete_python(run, &directory)] {
        if let Err(complaint) = done {
            println!("{complaint}");
        }
    }
    Ground::Ready(directory)
}

fn complete(run: &Run<'_>, directory: &Path) -> Result<(), String> {
    if !apt::is_here() {
        return Err("not a Debian system: peers are used as far as they are here".to_owned());
    }
    let missing = apt::missing(PACKAGES)?;
    let to_unpack = Unpacked::missing(UNPACKED, directory);
    if missing.is_empty() && to_unpack.is_empty() {
        return Ok(());
    }
    if !is_root() {
        return Err(without_root(&missing));
    }
    list(&missing, &to_unpack);
    if !may_install(run.options.install, run.environment) {
        return Err(without_leave(&missing));
    }
    if !missing.is_empty() && apt::install(&missing) == Outcome::Failed {
        return Err("the packages could not be installed".to_owned());
    }
    to_unpack.iter().try_for_each(|peer| peer.fetch(directory))
}

/// What only Python's own package tools have.
fn complete_python(run: &Run<'_>, directory: &Path) -> Result<(), String> {
    let is_whole = venv::ALL.iter().all(|venv| venv.is_here(directory));
    if is_whole || !may_install(run.options.install, run.environment) {
        return Ok(());
    }
    venv::ALL
        .iter()
        .try_for_each(|venv| venv.provide(directory))
}

/// Directory servers for the bench, which leaves out what is not there.
pub(crate) fn prepare_directories(how: Install) {
    let missing = match apt::is_here() {
        true => apt::missing(DIRECTORIES),
        false => {
            Err("not a Debian system: servers are measured as far as they are here".to_owned())
        }
    };
    let done = missing.and_then(|missing| match missing.is_empty() {
        true => Ok(()),
        false => install(&missing, "the directory servers need", how),
    });
    if let Err(complaint) = done {
        println!("{complaint}");
    }
}

/// Installs packages that something else than the peer tests needs, under the same terms.
pub(crate) fn install(names: &[&str], who_needs: &str, install: Install) -> Result<(), String> {
    let by_hand = || format!("{who_needs} packages; as root:\n\n  {}\n", apt::line(names));
    if !apt::is_here() || !is_root() {
        return Err(by_hand());
    }
    println!("{who_needs} these Debian packages, to be installed:");
    show(names);
    if !may_install(install, Environment::here()) {
        return Err(by_hand());
    }
    match apt::install(names) {
        Outcome::Succeeded => Ok(()),
        Outcome::Failed => Err("the packages could not be installed".to_owned()),
    }
}

fn list(missing: &[&str], to_unpack: &[Unpacked]) {
    if !missing.is_empty() {
        println!("These Debian packages are needed, to be installed:");
        show(missing);
    }
    for peer in to_unpack {
        println!("{peer} is needed too, only unpacked below the build directory:");
        show(peer.packages());
    }
}

/// The one that stands for a side where the gateway is killed.
pub(crate) fn prepare_soak(install: Install) -> Result<(), String> {
    match apt::is_here() && !apt::missing(SOAK)?.is_empty() {
        true => self::install(SOAK, "the soak needs", install),
        false => Ok(()),
    }
}

const SOAK: &[&str] = &["postfix"];

/// What the bench compares the gateway with, as far as it can be had.
pub(crate) fn prepare_bench(target: &Path, install: Install) -> PathBuf {
    let directory = target.join("peers");
    if let Err(complaint) = complete_bench(&directory, install) {
        println!("{complaint}");
    }
    directory
}

fn complete_bench(directory: &Path, install: Install) -> Result<(), String> {
    if !apt::is_here() {
        return Err("not a Debian system: peers are used as far as they are here".to_owned());
    }
    let missing = apt::missing(&["postfix"])?;
    let nginx = apt::missing(Unpacked::Nginx.packages())?;
    let to_unpack = match nginx.is_empty() {
        true => Vec::new(),
        false => Unpacked::missing(&[Unpacked::Nginx], directory),
    };
    if missing.is_empty() && to_unpack.is_empty() {
        return Ok(());
    }
    list(&missing, &to_unpack);
    if !may_install(install, Environment::here()) {
        return Err("the bench goes without them".to_owned());
    }
    // Unpacking is for everybody, installing is not.
    to_unpack
        .iter()
        .try_for_each(|peer| peer.fetch(directory))?;
    if !missing.is_empty() && (!is_root() || apt::install(&missing) == Outcome::Failed) {
        return Err(format!(
            "Postfix is left out; as root: {}",
            apt::line(&missing)
        ));
    }
    Ok(())
}

/// The unpackers of winmail.dat, as far as they can be had. They are only unpacked, which everybody may do.
pub(crate) fn prepare_unpackers(target: &Path, install: Install) -> PathBuf {
    let directory = target.join("peers");
    let missing = match apt::is_here() {
        true => Unpacked::missing(&[Unpacked::Tnef, Unpacked::Ytnef], &directory),
        false => Vec::new(),
    };
    list(&[], &missing);
    if missing.is_empty() || may_install(install, Environment::here()) {
        let fetched = missing.iter().try_for_each(|peer| peer.fetch(&directory));
        if let Err(complaint) = fetched {
            println!("{complaint}");
        }
    }
    directory
}

/// The packages with what comes along, or their names alone as long as there are no lists.
fn show(names: &[&str]) {
    let packages = Installation::of(names);
    if packages.is_empty() {
        println!("  {} (sizes are not known here yet)", names.join(" "));
    }
    for package in packages {
        println!("  {package}");
    }
}

fn may_install(install: Install, environment: Environment) -> bool {
    if environment == Environment::Ci || install == Install::AtOnce {
        return true;
    }
    if !io::stdin().is_terminal() {
        println!("nobody to ask: --yes installs them");
        return false;
    }
    print!("Install and unpack them now? [y/N] ");
    _ = io::stdout().flush();
    let mut answer = String::new();
    _ = io::stdin().lock().read_line(&mut answer);
    matches!(answer.trim(), "y" | "Y" | "yes")
}

fn without_root(missing: &[&str]) -> String {
    match missing {
        [] => "Exim and OpenSMTPD need root: run `cargo xtask test` as root once".to_owned(),
        _ => format!(
            "The peer tests need packages; as root:\n\n  {}\n",
            apt::line(missing)
        ),
    }
}

fn without_leave(missing: &[&str]) -> String {
    match missing {
        [] => "not unpacked: tests with Exim and OpenSMTPD are skipped".to_owned(),
        _ => format!("not installed; by hand:\n\n  {}\n", apt::line(missing)),
    }
}

/// The owner of our own process, as the kernel tells it.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_root_there_is_one_line_to_type() {
        let said = without_root(&["postfix", "swaks"]);
        let typed: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("apt-get"))
            .collect();
        assert_eq!(
            typed,
            ["  apt-get install --no-install-recommends postfix swaks"]
        );
        assert!(!said.contains("sudo"));
    }
}
