//! A real Active Directory domain controller: Samba's, private, on a loopback address of its own.
//!
//! A domain is provisioned once ([`Cache`]), with the attributes that Exchange adds to a schema, and copied for each test
//! ([`Domain`]). The copy can be filled and changed while nobody serves it, which is fast, and while a [`Controller`]
//! does. The LDAP service has fixed ports (389 and 636), so each controller has an address below 127.0.0.0/8 to itself,
//! which wants root. It is killed when it is dropped, and with the thread that started it.

mod account;
mod address;
mod cache;
mod company;
mod controller;
mod domain;

use std::io;
use std::path::Path;
use std::process::Command;

pub use account::{Account, PASSWORD};
pub use cache::Cache;
pub use company::Company;
pub use controller::{Controller, Stopped};
pub use domain::Domain;

/// The name of the domain, as LDAP writes it.
pub const BASE: &str = "DC=contoso,DC=test";
/// Where accounts and people are.
pub const PEOPLE: &str = "OU=People,DC=contoso,DC=test";
/// The name by which certificates should call the controller.
pub const HOST: &str = "dc1.contoso.test";

/// A tool of Samba did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SambaError {
    /// It could not be started, or a file could not be written.
    #[error("{what}: {error}")]
    Io {
        /// What was done.
        what: String,
        /// Why not.
        error: io::Error,
    },
    /// It failed.
    #[error("{program} failed:\n{said}")]
    Failed {
        /// Which.
        program: String,
        /// What it printed.
        said: String,
    },
    /// The controller does not listen.
    #[error(
        "the controller at {address} does not listen after {:?}; it said:\n{said}",
        crate::limits::SAMBA_START
    )]
    Silent {
        /// Where.
        address: std::net::SocketAddr,
        /// What it printed.
        said: String,
    },
}

/// Why no controller can run here; `None`: one can.
pub fn missing() -> Option<String> {
    let programs = [SAMBA, SAMBA_TOOL, LDBADD, LDBMODIFY, SETPRIV];
    let absent = programs.iter().find(|path| !Path::new(path).exists());
    if let Some(path) = absent {
        return Some(format!("no {path} (cargo xtask test)"));
    }
    if !Path::new(SCHEMA).exists() {
        return Some(format!("no {SCHEMA} (cargo xtask test)"));
    }
    address::Address::new()
        .listenable()
        .err()
        .map(|error| format!("its ports cannot be had ({error}): it can only be started by root"))
}

/// Runs a tool to its end; what it printed.
fn run(program: &str, command: &mut Command) -> Result<String, SambaError> {
    let output = command.output().map_err(io_error(program))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    match output.status.success() {
        true => Ok(said),
        false => Err(SambaError::Failed {
            program: program.to_owned(),
            said,
        }),
    }
}

fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> SambaError {
    let what = what.into();
    |error| SambaError::Io { what, error }
}

const SAMBA: &str = "/usr/sbin/samba";
const SAMBA_TOOL: &str = "/usr/bin/samba-tool";
const LDBADD: &str = "/usr/bin/ldbadd";
const LDBMODIFY: &str = "/usr/bin/ldbmodify";
const SETPRIV: &str = "/usr/bin/setpriv";
/// In the package samba-ad-provision.
const SCHEMA: &str = "/usr/share/samba/setup/ad-schema";

#[cfg(test)]
mod tests;
