//! The process that counts what arrives.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::certificates::{Authority, Leaf};
use testbed::counter::{Count, Counter};
use testbed::load::Writes;
use testbed::tls::{ClientDemand, ServerTls};

use super::stop::Stop;
use super::worker::{self, Worker};

pub(super) const ROLE: &str = "counter";

pub(super) struct Counting {
    worker: Worker,
    /// In clear, or over TLS without a certificate of the client.
    pub(super) hop: SocketAddr,
    /// The same, but over TLS only with one.
    pub(super) demanding_hop: SocketAddr,
}

impl Counting {
    /// Starts it. It leaves certificates for the relays in `directory`.
    pub(super) fn start(directory: &Path, writes: Writes, stop: &Stop) -> Result<Self, String> {
        let order = json!({
            "directory": directory.display().to_string(),
            "split": writes == Writes::Split,
        });
        let worker = Worker::start(ROLE, &order)?;
        let told = worker.hear(PATIENCE, stop)?;
        let address = |name: &str| {
            let text = told[name].as_str().unwrap_or_default();
            text.parse()
                .map_err(|error| format!("counter at {text:?}: {error}"))
        };
        Ok(Self {
            hop: address("hop")?,
            demanding_hop: address("demanding_hop")?,
            worker,
        })
    }

    /// Takes mail at this address, too: a hop that was down comes up.
    pub(super) fn open(&mut self, address: SocketAddr, stop: &Stop) -> Result<(), String> {
        self.worker.say(&format!("open {address}"))?;
        match self.worker.hear(PATIENCE, stop)?["fault"].as_str() {
            Some(fault) => Err(format!("counter at {address}: {fault}")),
            None => Ok(()),
        }
    }

    /// Counts from naught, messages from this number on.
    pub(super) fn begin(&mut self, first: u64, stop: &Stop) -> Result<(), String> {
        self.worker.say(&format!("begin {first}"))?;
        self.worker.hear(PATIENCE, stop).map(drop)
    }

    pub(super) fn count(&mut self, stop: &Stop) -> Result<Count, String> {
        self.worker.say("count")?;
        let told = self.worker.hear(PATIENCE, stop)?;
        let count = |name: &str| told[name].as_u64().unwrap_or(0);
        Ok(Count {
            messages: count("messages"),
            unique: count("unique"),
            duplicates: count("duplicates"),
            damaged: count("damaged"),
            strays: count("strays"),
            connections: count("connections"),
            secured: count("secured"),
            elapsed: Duration::from_nanos(count("elapsed")),
        })
    }

    pub(super) fn cpu(&self) -> f64 {
        self.worker.cpu()
    }
}

/// In the worker.
pub(super) fn work(order: &str) -> Result<ExitCode, String> {
    let order = worker::order(order)?;
    let directory = order["directory"].as_str().ok_or("no directory")?;
    let writes = match order["split"].as_bool() {
        Some(true) => Writes::Split,
        _ => Writes::Whole,
    };
    let (open, demanding) = identities(directory.as_ref())?;
    let told = |error: std::io::Error| error.to_string();
    let counter = Counter::start_with(Some(open), writes).map_err(told)?;
    let demanding = counter.door(Some(demanding)).map_err(told)?;
    worker::answer(&json!({
        "hop": counter.addr().to_string(),
        "demanding_hop": demanding.addr().to_string(),
    }))?;
    let mut doors = Vec::new();
    for line in worker::told() {
        let told = match line.split_once(' ') {
            Some(("begin", first)) => {
                let number = first.parse();
                counter.begin(number.map_err(|error| format!("begin {first:?}: {error}"))?);
                json!({})
            }
            Some(("open", address)) => match opened(&counter, address) {
                Ok(door) => {
                    doors.push(door);
                    json!({})
                }
                Err(fault) => json!({ "fault": fault }),
            },
            _ => shown(&counter.count()),
        };
        worker::answer(&told)?;
    }
    worker::done()
}

fn opened(counter: &Counter, address: &str) -> Result<Counter, String> {
    let address = address
        .parse()
        .map_err(|error| format!("{address:?}: {error}"))?;
    let door = counter.door_at(address, None);
    door.map_err(|error| error.to_string())
}

fn shown(count: &Count) -> Value {
    json!({
        "messages": count.messages,
        "unique": count.unique,
        "duplicates": count.duplicates,
        "damaged": count.damaged,
        "strays": count.strays,
        "connections": count.connections,
        "secured": count.secured,
        "elapsed": u64::try_from(count.elapsed.as_nanos()).unwrap_or(u64::MAX),
    })
}

/// An authority, a certificate of ours, and one for the relay, which lies in the directory then.
fn identities(directory: &Path) -> Result<(ServerTls, ServerTls), String> {
    let authority = Authority::new("Bench root");
    let own = authority.issue(&Leaf::new("counter.test"));
    let relay = authority.issue(&Leaf::new("mx.contoso.com"));
    let told = |error: std::io::Error| format!("certificates: {error}");
    authority.write_to(directory, "authority").map_err(told)?;
    relay.write_to(directory, "relay").map_err(told)?;
    let open = ServerTls::showing(&own);
    let demanding = open.clone().demanding(ClientDemand::Of(vec![authority]));
    Ok((open, demanding))
}

const PATIENCE: Duration = Duration::from_secs(20);
