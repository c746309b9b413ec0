//! The gateway: two sides, and a way out for reports.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use super::super::daemon::{self, Daemon};
use super::super::stage::write;
use super::super::stop::Stop;
use super::sides::Sides;
use super::tally::PLACES;

/// Behind Postfix.
pub(super) const NORA: &str = "nora@contoso.com";
/// Behind the sink.
pub(super) const CARL: &str = "carl@contoso.com";
/// Whom the sink refuses.
pub(super) const GONE: &str = "gone@contoso.com";

pub(super) struct House {
    program: PathBuf,
    home: PathBuf,
    pub(super) address: SocketAddr,
}

impl House {
    pub(super) fn prepare(sides: &Sides) -> Result<Self, String> {
        let house = Self {
            program: sides.stage.twinmx.clone(),
            home: sides.stage.directory("twinmx")?,
            address: daemon::free_address()?,
        };
        let people = format!("address,side\n{NORA},notes\n{CARL},other\n{GONE},other\n");
        write(&house.home.join("people.csv"), &people)?;
        let [notes, other, way_out] = sides.addresses();
        let (home, address) = (house.home.display(), house.address);
        let text = format!(
            r#"hostname = "mx.contoso.com"
state_dir = "{home}/state"
[[listener]]
name = "mx"
address = "{address}"
[domain."contoso.com"]
postmaster = "{NORA}"
[side.notes]
kind = "domino"
next_hop = ["{notes}"]
max_connections = {PLACES}
[side.notes.tls]
mode = "none"
[side.other]
kind = "smtp"
next_hop = ["{other}"]
max_connections = {PLACES}
[side.other.tls]
mode = "none"
[[directory]]
name = "people"
kind = "csv"
path = "{home}/people.csv"
[limits]
new_connections_per_client = 0
[internet]
next_hop = ["{way_out}"]
[internet.tls]
mode = "none"
[spool]
retry = ["1s"]
"#
        );
        write(&house.home.join("twinmx.toml"), &text)?;
        Ok(house)
    }

    /// Until it is killed.
    pub(super) fn run(&self, stop: &Stop) -> Result<Daemon, String> {
        let mut command = Command::new(&self.program);
        let file = self.home.join("twinmx.toml");
        command.arg("run").arg("--config").arg(file);
        let log = self.home.join("log");
        Daemon::start("twinmx", &mut command, self.address, &log, stop)
    }
}
