//! Real mail programs to talk to: started by a test, private to it, gone with it.
//!
//! All tests that need one live below this module, so that `peers::` selects
//! them and `--skip peers::` leaves them out. A test names what it needs first:
//!
//! ```ignore
//! let Some(()) = peers::require(&[Peer::Postfix, Peer::Swaks]) else { return };
//! ```
//!
//! A peer listens on 127.0.0.1 at a free port, keeps its files in a directory
//! of its own and runs in its own process and mount namespace, so that killing
//! the first process of that namespace ends all of it; it is killed with the
//! test, however that ends. When the test fails, its log is printed.

mod aiosmtpd;
mod certificates;
mod daemon;
mod directories;
mod dns;
mod exim;
mod firewall;
mod gateway;
mod knot;
mod log;
mod matrix;
mod opensmtpd;
mod openssl;
mod our_program;
mod port;
mod postfix;
mod program;
mod proof;
mod python;
mod scanners;
mod signed;
mod smuggling;
mod store;
mod strace;
mod swaks;
mod systemd;
mod unpackers;

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use aiosmtpd::Aiosmtpd;
pub(crate) use certificates::{Authority, Identity};
pub(crate) use exim::Exim;
pub(crate) use knot::Knot;
pub(crate) use opensmtpd::OpenSmtpd;
pub(crate) use openssl::s_client;
pub(crate) use our_program::Twinmx;
pub(crate) use port::free as free_address;
pub(crate) use postfix::{Postfix, Source};
pub(crate) use python::smtplib;
pub(crate) use store::Stored;
pub(crate) use swaks::swaks;

/// No wait for a peer is longer; a loaded machine may need most of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A mail program that a test may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Aiosmtpd,
    /// The last one that ends messages at bare line feeds (CVE-2024-27305).
    AiosmtpdLax,
    /// A present one.
    AiosmtpdStrict,
    Dkim,
    Exim,
    Knot,
    OpenSmtpd,
    Openssl,
    Postfix,
    Samba,
    Slapd,
    Smtplib,
    Sslscan,
    Strace,
    Swaks,
    Systemd,
    Testssl,
    Tnef,
    Tnefparse,
    Ytnef,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aiosmtpd => "aiosmtpd",
            Self::AiosmtpdLax => "aiosmtpd-1.4.4",
            Self::AiosmtpdStrict => "aiosmtpd-1.4.6",
            Self::Dkim => "python3-dkim",
            Self::Exim => "exim",
            Self::Knot => "knot",
            Self::OpenSmtpd => "opensmtpd",
            Self::Openssl => "openssl",
            Self::Postfix => "postfix",
            Self::Samba => "samba",
            Self::Slapd => "slapd",
            Self::Smtplib => "smtplib",
            Self::Sslscan => "sslscan",
            Self::Strace => "strace",
            Self::Swaks => "swaks",
            Self::Systemd => "systemd",
            Self::Testssl => "testssl.sh",
            Self::Tnef => "tnef",
            Self::Tnefparse => "tnefparse",
            Self::Ytnef => "ytnef",
        })
    }
}

/// Says whether all of them are here. If one is not, the test is left out,
/// loudly; with `CI=true` it fails.
#[must_use]
pub(crate) fn require(peers: &[Peer]) -> Option<()> {
    if std::env::var_os("TWINMX_PEERS").is_some_and(|value| value == "off") {
        skip(peers[0], "left out by --no-peers");
        return None;
    }
    for &peer in peers {
        if let Err(reason) = peer.present() {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "peer {peer} is missing: {reason}"
            );
            skip(peer, &reason);
            return None;
        }
    }
    Some(())
}

/// Past the test program's capture: a test that did nothing must not look like one that passed.
fn skip(peer: Peer, reason: &str) {
    let name = std::thread::current();
    let name = name.name().unwrap_or("?");
    let line = format!("SKIPPED peer {peer}: {reason} ({name})\n");
    _ = std::io::stderr().write_all(line.as_bytes());
}

impl Peer {
    fn present(self) -> Result<(), String> {
        match self {
            Self::Aiosmtpd => file("/usr/lib/python3/dist-packages/aiosmtpd/smtp.py"),
            Self::AiosmtpdLax | Self::AiosmtpdStrict => here(&unpacked(&self.to_string())),
            Self::Dkim => file("/usr/lib/python3/dist-packages/dkim/__init__.py"),
            Self::Exim => rooted(&unpacked("exim")),
            Self::Knot => file("/usr/sbin/knotd"),
            Self::OpenSmtpd => rooted(&unpacked("opensmtpd")),
            Self::Openssl => file("/usr/bin/openssl"),
            Self::Postfix => rooted(Path::new("/usr/sbin/postfix")),
            Self::Samba => testbed::samba::missing().map_or(Ok(()), Err),
            Self::Slapd => testbed::slapd::Slapd::is_here(),
            Self::Smtplib => file("/usr/bin/python3"),
            Self::Sslscan => file("/usr/bin/sslscan"),
            Self::Strace => rooted(Path::new("/usr/bin/strace")),
            Self::Swaks => file("/usr/bin/swaks"),
            Self::Systemd => file("/usr/bin/systemd-analyze"),
            Self::Testssl => file("/usr/bin/testssl"),
            Self::Tnef => here(&unpacked("tnef")),
            Self::Tnefparse => here(&unpacked("tnefparse")),
            Self::Ytnef => here(&unpacked("ytnef")),
        }
    }
}

fn rooted(path: &Path) -> Result<(), String> {
    here(path)?;
    match rustix::process::geteuid().is_root() {
        true => Ok(()),
        false => Err("it can only be started by root".to_owned()),
    }
}

fn file(path: &str) -> Result<(), String> {
    here(Path::new(path))
}

fn here(path: &Path) -> Result<(), String> {
    match path.exists() {
        true => Ok(()),
        false => Err(format!("no {} (cargo xtask test)", path.display())),
    }
}

/// Where `cargo xtask test` has unpacked a peer that is not installed.
fn unpacked(peer: &str) -> PathBuf {
    let directory = std::env::var_os("TWINMX_PEERS").map(PathBuf::from);
    let beside_us = || Path::new(env!("CARGO_TARGET_TMPDIR")).join("../peers");
    directory.unwrap_or_else(beside_us).join(peer)
}
