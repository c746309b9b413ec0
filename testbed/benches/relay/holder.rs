//! The process that holds connections that sit.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::json;
use testbed::held::Held;
use testbed::tls::ClientTls;

use super::scenario::Tls;
use super::stop::Stop;
use super::worker::{self, Worker};

pub(super) const ROLE: &str = "holder";

/// Connections that have said EHLO, until this is dropped.
pub(super) struct Holding {
    _worker: Worker,
    pub(super) count: usize,
    pub(super) seconds: f64,
    pub(super) fault: Option<String>,
}

impl Holding {
    pub(super) fn open(
        server: SocketAddr,
        count: usize,
        tls: Tls,
        stop: &Stop,
    ) -> Result<Self, String> {
        let order = json!({
            "server": server.to_string(),
            "count": count,
            "tls": tls.is_spoken(),
            "seconds": TIME.as_secs(),
        });
        let worker = Worker::start(ROLE, &order)?;
        let told = worker.hear(2 * TIME, stop)?;
        Ok(Self {
            count: usize::try_from(told["count"].as_u64().unwrap_or(0)).unwrap_or(0),
            seconds: told["seconds"].as_f64().unwrap_or(f64::NAN),
            fault: told["fault"].as_str().map(str::to_owned),
            _worker: worker,
        })
    }
}

/// In the worker.
pub(super) fn work(order: &str) -> Result<ExitCode, String> {
    let order = worker::order(order)?;
    let server = order["server"].as_str().unwrap_or_default();
    let server = server.parse().map_err(|error| format!("server: {error}"))?;
    let count = usize::try_from(order["count"].as_u64().ok_or("no count")?).unwrap_or(0);
    let tls = order["tls"].as_bool().unwrap_or(false);
    let tls = tls.then(|| ClientTls::unverified("mx.contoso.com"));
    let time = Duration::from_secs(order["seconds"].as_u64().ok_or("no seconds")?);
    let begin = Instant::now();
    let held = Held::open(server, count, tls.as_ref(), begin + time);
    worker::answer(&json!({
        "count": held.count(),
        "seconds": begin.elapsed().as_secs_f64(),
        "fault": held.fault().map(ToString::to_string),
    }))?;
    worker::told().for_each(drop);
    worker::done()
}

/// Whoever is not there by then does not get there.
const TIME: Duration = Duration::from_secs(30);
