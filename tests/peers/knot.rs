//! Knot DNS as the name server of zones that a test wrote.

use std::fmt::Write;
use std::net::SocketAddr;

use super::daemon::{Daemon, Home, Program};

pub(crate) struct Knot {
    daemon: Daemon,
}

impl Knot {
    /// Serves `example.` from this text. Of `broken.example.` it has no content, and says SERVFAIL.
    pub(crate) async fn serving(zone: &str) -> Self {
        Self::at(super::free_address(), zone).await
    }

    /// The same at an address that is known already.
    pub(crate) async fn at(address: SocketAddr, zone: &str) -> Self {
        let home = Home::at("knot", address);
        home.write("example.zone", zone);
        let directory = home.path().display();
        let mut configuration = format!(
            "server:\n  rundir: {directory}\n  listen: {}@{}\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n\
             log:\n- target: stderr\n  any: info\n\
             database:\n  storage: {directory}\n  journal-db-max-size: 1M\n  timer-db-max-size: 1M\n\
             template:\n- id: default\n  storage: {directory}\n  journal-content: none\n  zonefile-sync: -1\nzone:\n",
            address.ip(),
            address.port()
        );
        for name in ["example", "broken.example"] {
            writeln!(configuration, "- domain: {name}\n  file: {name}.zone").expect("memory");
        }
        let file = home.write("knot.conf", &configuration);
        let command = ["/usr/sbin/knotd", "--config"].map(str::to_owned);
        let program = Program::new(command.into_iter().chain([file.display().to_string()]));
        let daemon = Daemon::start_until("knot", home, program, "server started").await;
        daemon
            .log()
            .wait_for("[example.] loaded", 1)
            .await
            .expect("the zone is sound");
        Self { daemon }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.daemon.address()
    }
}
