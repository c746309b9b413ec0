//! How the gateway is set up in a run.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use spool::Options;
use tempfile::TempDir;

use super::chance::Chance;
use super::client::NOTES;
use super::people::{CLOUD_DOMAIN, DOMAIN, Home};
use crate::config::Config;

/// What a run keeps from its first life to its last.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) config: Arc<Config>,
    pub(super) spool: Options,
    /// Every recipient of a transaction fits into one envelope.
    pub(super) fits_one_envelope: bool,
}

impl Setting {
    pub(super) fn by(chance: &mut Chance) -> Self {
        let fits_one_envelope = !chance.one_in(8);
        let portion = if fits_one_envelope { 100 } else { 2 };
        let when_down = if chance.one_in(6) { "defer" } else { "spool" };
        let always = chance.one_in(4);
        let retry = chance.pick(&["\"1s\"", "\"2s\", \"20s\"", "\"1s\", \"10s\", \"1m\""]);
        let settle = chance.pick(&["1m", "10m"]);
        let through = match chance.one_in(6) {
            true => "side:cloud".to_owned(),
            false => WAY_OUT.to_string(),
        };
        let [cloud, notes] = Home::ALL.map(|home| address(Some(home)));
        let dir = PLACE.path().display();
        let text = format!(
            r#"
hostname = "mx.contoso.com"
state_dir = "{dir}"
[[listener]]
name = "mx"
address = "127.0.0.1:25"
[domain."{DOMAIN}"]
postmaster = "p0@{DOMAIN}"
[loop]
key = "{dir}/loop-key"
[routing]
settle = "{settle}"
[side.cloud]
kind = "exchange"
next_hop = ["{cloud}", "{SECOND_CLOUD}"]
routing_domains = ["{CLOUD_DOMAIN}"]
max_connections = {places}
recipients_per_transaction = {portion}
[side.cloud.tls]
mode = "none"
[side.notes]
kind = "domino"
next_hop = ["{notes}"]
max_connections = {places}
recipients_per_transaction = {portion}
[side.notes.tls]
mode = "none"
[side.notes.accept]
networks = ["192.0.2.{NOTES}/32"]
[internet]
next_hop = ["{through}"]
from = ["notes"]
[internet.tls]
mode = "none"
[spool]
when_down = "{when_down}"
always = {always}
retry = [{retry}]
expire = "1h"
"#,
            places = chance.within(1..=6),
        );
        let mut config = Config::parse(&text, "simulation.toml")
            .unwrap_or_else(|faults| panic!("{faults}"))
            .config;
        // Less than a site may choose: a run shall see its end.
        config.spool.expire = Duration::from_secs(chance.within(5..=30) * 60);
        let spool = Options {
            segment_octets: Some(1 << chance.within(16..=18)),
            floor_octets: Some(0),
            inline_octets: None,
        };
        Self {
            config: Arc::new(config),
            spool,
            fits_one_envelope,
        }
    }
}

/// Where a hop listens; `None`: the way out.
pub(super) fn address(home: Option<Home>) -> SocketAddr {
    let last = match home {
        Some(Home::Cloud) => 1,
        Some(Home::Notes) => 2,
        None => return WAY_OUT,
    };
    ([198, 51, 100, last], 25).into()
}

/// The cloud has two hops.
pub(super) const SECOND_CLOUD: SocketAddr = hop(4);
const WAY_OUT: SocketAddr = hop(3);

const fn hop(last: u8) -> SocketAddr {
    let ip = std::net::Ipv4Addr::new(198, 51, 100, last);
    SocketAddr::new(std::net::IpAddr::V4(ip), 25)
}

/// Where the one file is that is read, the same for all runs.
static PLACE: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("loop-key"), "the same in every run").expect("a file");
    dir
});
