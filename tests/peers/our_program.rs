//! The gateway's own program, to be ended like any other.

use std::net::SocketAddr;

use super::daemon::{Daemon, Home, Program};

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

impl Twinmx {
    /// Nora lives in Notes, which is at `notes`.
    pub(crate) async fn start(address: SocketAddr, notes: SocketAddr) -> Self {
        let home = Home::at("gateway", address);
        home.write("people.csv", "address,side\nnora@contoso.com,notes\n");
        let configuration = CONFIGURATION
            .replace("HOME", &home.path().display().to_string())
            .replace("ADDRESS", &address.to_string())
            .replace("NOTES", &notes.to_string());
        let file = home.write("twinmx.toml", &configuration);
        let file = file.display().to_string();
        let program = Program::new([env!("CARGO_BIN_EXE_twinmx"), "run", "--config", &file]);
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
