//! aiosmtpd as a next hop that stores what it is given, to the octet.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::daemon::{Daemon, Home, Program};
use super::python::PYTHON;
use super::store::{Lines, Store, Stored};

pub(crate) struct Aiosmtpd {
    _daemon: Daemon,
    address: SocketAddr,
    store: Store,
}

/// What it is to do: without a word, take everything in the clear.
pub(crate) struct Builder {
    python: PathBuf,
    arguments: Vec<String>,
}

impl Builder {
    /// Takes mail only over TLS, and shows this certificate.
    pub(crate) fn identity(self, chain: &Path, key: &Path) -> Self {
        self.with("--chain", chain).with("--key", key)
    }

    /// Ends the handshake with a client that has no certificate of this authority.
    pub(crate) fn demand_certificate(self, roots: &Path) -> Self {
        self.with("--client-roots", roots)
    }

    /// The version of a virtual environment, in place of Debian's.
    pub(crate) fn of(mut self, environment: &Path) -> Self {
        self.python = environment.join("bin/python3");
        self
    }

    fn with(mut self, name: &str, path: &Path) -> Self {
        self.arguments.push(format!("{name}={}", path.display()));
        self
    }

    pub(crate) async fn start(self) -> Aiosmtpd {
        let home = Home::new("aiosmtpd");
        let store = Store::new(&home, Lines::CrLf);
        let address = home.address();
        let script = home.write("server.py", include_str!("aiosmtpd_server.py"));
        let mut command = vec![self.python.display().to_string(), "-I".to_owned()];
        command.push(script.display().to_string());
        command.push(address.port().to_string());
        command.push(store.directory().display().to_string());
        command.extend(self.arguments);
        let daemon = Daemon::start("aiosmtpd", home, Program::new(command)).await;
        Aiosmtpd {
            _daemon: daemon,
            address,
            store,
        }
    }
}

impl Aiosmtpd {
    pub(crate) fn builder() -> Builder {
        Builder {
            python: PYTHON.into(),
            arguments: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until `count` messages have been stored; all of them, oldest first.
    pub(crate) async fn stored(&self, count: usize) -> Vec<Stored> {
        self.store.wait_for(count).await
    }

    /// What has been stored so far.
    pub(crate) fn messages(&self) -> Vec<Stored> {
        self.store.messages()
    }
}
