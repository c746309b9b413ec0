//! What the tests of all sources over LDAP begin with.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use book::{Entry, Preset, PresetKind, Setting, System};
use mirror::{Mirror, MirrorError};
use routing::Domain;
use sources::ldap::{Access, Login, Patience, Server};
use sources::{OpenLdap, Plan, Reading, Secret, SourceError, Summary, Sweep};
use tempfile::TempDir;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A mirror in a directory of its own.
pub(crate) struct Kept {
    directory: TempDir,
    pub(crate) mirror: Mirror,
}

impl Kept {
    pub(crate) fn new(fingerprint: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let mirror = Mirror::open(&directory.path().join("mirror"), fingerprint).unwrap();
        Self { directory, mirror }
    }

    /// As another run of the gateway finds it.
    pub(crate) fn reopened(self, fingerprint: &str) -> Self {
        let Self { directory, mirror } = self;
        drop(mirror);
        let file = directory.path().join("mirror");
        let deadline = Instant::now() + PATIENCE;
        // A program that another test starts right now has our lock until it is the program.
        let mirror = loop {
            match Mirror::open(&file, fingerprint) {
                Err(MirrorError::Busy) if Instant::now() < deadline => std::thread::yield_now(),
                opened => break opened.unwrap(),
            }
        };
        Self { directory, mirror }
    }

    /// Believes everything, and gives it by key.
    pub(crate) fn believed(&mut self) -> BTreeMap<String, Entry> {
        self.mirror.believe().unwrap();
        let entries = self.mirror.view().believed().map(Result::unwrap);
        entries
            .map(|entry| (entry.key.as_str().to_owned(), entry))
            .collect()
    }
}

/// One round of a source, without anybody who looks at its progress.
pub(crate) async fn round(source: &mut OpenLdap, kept: &mut Kept) -> Result<Summary, SourceError> {
    source.round(&mut kept.mirror, &mut |_| {}).await
}

/// The same of a source that reads everything and compares.
pub(crate) async fn sweep(source: &mut Sweep, kept: &mut Kept) -> Result<Summary, SourceError> {
    source.round(&mut kept.mirror, &mut |_| {}).await
}

/// How a server on this machine is reached, as this account.
pub(crate) fn access(address: SocketAddr, login: Option<Login>) -> Access {
    Access {
        servers: vec![Server::parse(&format!("ldap://{address}")).unwrap()],
        start_tls: false,
        server_name: None,
        tls: None,
        login,
        patience: Patience {
            connect: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            round: Duration::from_secs(300),
        },
    }
}

/// An account whose password lies in a file.
pub(crate) fn login(directory: &Path, dn: &str, password: &str) -> Login {
    let file = directory.join(format!("password-{}", password.len()));
    std::fs::write(&file, format!("{password}\n")).unwrap();
    Login {
        dn: dn.to_owned(),
        password: Secret::in_file(&file),
    }
}

/// What is read below one base, by the words of one kind.
pub(crate) fn plan(kind: PresetKind, base: &str) -> Plan {
    let mut preset = Preset::of(kind);
    if kind == PresetKind::OpenLdap {
        preset.set("hosts", &["domino.contoso.com=domino"]).unwrap();
    }
    let domain = |name: &str| Domain::parse(name).unwrap();
    Plan {
        bases: vec![base.to_owned()],
        page_size: 100,
        poll: Duration::from_secs(60 * 60),
        full_every: Duration::from_secs(24 * 60 * 60),
        reading: Reading {
            preset,
            setting: Setting {
                shared: vec![domain("contoso.com")],
                routing: vec![(domain("contoso.mail.onmicrosoft.com"), System::Cloud)],
            },
        },
    }
}
