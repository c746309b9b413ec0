//! The gateway's own program, to be ended like any other.

use std::net::SocketAddr;

use super::daemon::{Daemon, Home, Program};
use super::python::PYTHON;

pub(crate) struct Twinmx {
    daemon: Daemon,
}

const CONFIGURATION: &str = r#"
hostname = "mx.contoso.com"
state_dir = "HOME/state"
[[listener]]
name = "mx"
address = "ADDRESS"
[domain."contoso.com"]
postmaster = "nora@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["NOTES"]
[[directory]]
name = "people"
kind = "csv"
path = "HOME/people.csv"
"#;

/// Listens at an address and becomes another program, to which it passes the socket.
const ACTIVATE: &str = "
import os, socket, sys
socket = socket.create_server((sys.argv[1], int(sys.argv[2])))
os.dup2(socket.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[3], sys.argv[3:])
";

impl Twinmx {
    /// Nora lives in Notes, which is at `notes`.
    pub(crate) async fn start(address: SocketAddr, notes: SocketAddr) -> Self {
        Self::start_behind(&[], address, notes).await
    }

    /// The same, with its socket passed to it as systemd does (sd_listen_fds(3)).
    pub(crate) async fn activated(address: SocketAddr, notes: SocketAddr) -> Self {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        Self::start_behind(
            &[PYTHON, "-I", "-c", ACTIVATE, &host, &port],
            address,
            notes,
        )
        .await
    }

    async fn start_behind(words: &[&str], address: SocketAddr, notes: SocketAddr) -> Self {
        let home = Home::at("gateway", address);
        home.write("people.csv", "address,side\nnora@contoso.com,notes\n");
        let configuration = CONFIGURATION
            .replace("HOME", &home.path().display().to_string())
            .replace("ADDRESS", &address.to_string())
            .replace("NOTES", &notes.to_string());
        let file = home.write("twinmx.toml", &configuration);
        let file = file.display().to_string();
        let own = [env!("CARGO_BIN_EXE_twinmx"), "run", "--config", &file];
        let program = Program::new([words, &own[..]].concat());
        let daemon = Daemon::start("twinmx", home, program).await;
        Self { daemon }
    }

    /// As an administrator ends it (SIGTERM).
    pub(crate) fn end(self) {
        self.daemon.end();
    }

    /// As a power failure ends it.
    pub(crate) fn kill(self) {
        drop(self.daemon);
    }
}
