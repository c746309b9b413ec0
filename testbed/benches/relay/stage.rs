//! Where the relays of one scenario stand.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::scenario::Tls;

/// Private directories, the next hop, and what the relays must bear.
pub(crate) struct Stage {
    home: TempDir,
    /// The gateway's program.
    pub(super) twinmx: PathBuf,
    /// Where peers are that are only unpacked.
    pub(super) peers: PathBuf,
    /// The counter, which offers STARTTLS and asks for no certificate.
    pub(super) hop: SocketAddr,
    /// The same, and over TLS it demands a certificate.
    pub(super) demanding_hop: SocketAddr,
    pub(super) tls: Tls,
    /// Connections at a time from the source.
    pub(super) connections: usize,
    /// `None`: the gateway keeps nothing.
    pub(super) custody: Option<Custody>,
    pub(super) doors: Doors,
}

/// The gateway's bounds for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doors {
    /// Raised, for all mail comes from one address.
    Wide,
    /// As an administrator finds them.
    AsShipped,
}

/// What the gateway keeps.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Custody {
    /// Every message, not only those whose hop is down.
    pub(super) always: bool,
    /// Where the other half of its people are; `None`: there is one side.
    pub(super) other_hop: Option<SocketAddr>,
}

/// Certificates that the counter makes: everybody's authority, and the relay's own for both legs.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) authority: PathBuf,
    pub(super) chain: PathBuf,
    pub(super) key: PathBuf,
}

impl Identity {
    pub(super) fn in_directory(directory: &Path) -> Self {
        Self {
            authority: directory.join("authority.pem"),
            chain: directory.join("relay.pem"),
            key: directory.join("relay.key"),
        }
    }
}

impl Stage {
    /// On a disk, as a queue is, and where the users that a mail server becomes can reach it; Unix sockets have short
    /// names.
    pub(crate) fn home() -> Result<TempDir, String> {
        let made = tempfile::Builder::new()
            .prefix("twinmx-bench-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in("/var/tmp");
        made.map_err(|error| format!("no directory in /var/tmp: {error}"))
    }

    pub(crate) fn new(
        home: TempDir,
        programs: [&Path; 2],
        hops: [SocketAddr; 2],
        tls: Tls,
        connections: usize,
    ) -> Self {
        let [twinmx, peers] = programs.map(Path::to_owned);
        let [hop, demanding_hop] = hops;
        Self {
            home,
            twinmx,
            peers,
            hop,
            demanding_hop,
            tls,
            connections,
            custody: None,
            doors: Doors::Wide,
        }
    }

    pub(super) fn with_doors(mut self, doors: Doors) -> Self {
        self.doors = doors;
        self
    }

    pub(super) fn with_custody(mut self, custody: Custody) -> Self {
        self.custody = Some(custody);
        self
    }

    /// The directory of a relay.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::in_directory(self.home.path())
    }

    /// A new directory for one relay.
    pub(super) fn directory(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.path(name);
        let made = fs::create_dir(&path)
            .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o755)));
        made.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

/// Writes a file of a relay.
pub(super) fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
