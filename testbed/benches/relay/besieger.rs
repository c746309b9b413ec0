//! The process that means harm.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use testbed::limits::WAIT;
use testbed::siege::{Heard, Siege};

use super::stop::Stop;
use super::worker::{self, Worker};

pub(super) const ROLE: &str = "besieger";

/// It goes on until this is dropped.
pub(super) struct Besieger {
    worker: Worker,
}

impl Besieger {
    /// Comes back when it is fully there.
    pub(super) fn begin(server: SocketAddr, siege: Siege, stop: &Stop) -> Result<Self, String> {
        let (kind, number) = words(siege);
        let order = json!({ "server": server.to_string(), "siege": kind, "number": number });
        let worker = Worker::start(ROLE, &order)?;
        worker.hear(PATIENCE, stop)?;
        Ok(Self { worker })
    }

    /// What it was told until now.
    pub(super) fn heard(&mut self, stop: &Stop) -> Result<Heard, String> {
        self.worker.say("heard")?;
        let told = self.worker.hear(PATIENCE, stop)?;
        let count = |name: &str| told[name].as_u64().unwrap_or(0);
        Ok(Heard {
            greeted: count("greeted"),
            refused: count("refused"),
            unknown: count("unknown"),
            cut: count("cut"),
        })
    }
}

/// In the worker.
pub(super) fn work(order: &str) -> Result<ExitCode, String> {
    let order = worker::order(order)?;
    let server = order["server"].as_str().unwrap_or_default();
    let server = server.parse().map_err(|error| format!("server: {error}"))?;
    let kind = order["siege"].as_str().unwrap_or_default();
    let number = order["number"].as_u64().ok_or("no number")?;
    let siege = named(kind, number).ok_or_else(|| format!("no siege {kind:?} of {number}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    // On the thread of the runtime they go on while we listen here.
    let besieging = runtime.block_on(async { tokio::spawn(siege.begin(server)).await });
    let besieging = besieging.map_err(|error| error.to_string())?;
    let besieging = besieging.map_err(|error| error.to_string())?;
    worker::answer(&json!({}))?;
    for _ in worker::told() {
        let heard = besieging.heard();
        worker::answer(&json!({
            "greeted": heard.greeted,
            "refused": heard.refused,
            "unknown": heard.unknown,
            "cut": heard.cut,
        }))?;
    }
    worker::done()
}

/// Its name, and its number.
pub(super) fn words(siege: Siege) -> (&'static str, u64) {
    match siege {
        Siege::Idle(count) => ("idle", count as u64),
        Siege::Flood(pace) => ("flood", pace.into()),
        Siege::Drip(count) => ("drip", count as u64),
        Siege::Harvest(count) => ("harvest", count as u64),
    }
}

fn named(kind: &str, number: u64) -> Option<Siege> {
    let count = usize::try_from(number).ok();
    match kind {
        "idle" => count.map(Siege::Idle),
        "flood" => u32::try_from(number).ok().map(Siege::Flood),
        "drip" => count.map(Siege::Drip),
        "harvest" => count.map(Siege::Harvest),
        _ => None,
    }
}

const PATIENCE: Duration = WAIT.saturating_mul(6);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siege_goes_into_words_and_back() {
        for siege in [
            Siege::Idle(10_000),
            Siege::Flood(1_000),
            Siege::Drip(7),
            Siege::Harvest(1),
        ] {
            let (kind, number) = words(siege);
            assert_eq!(named(kind, number), Some(siege));
        }
        assert_eq!(named("siesta", 1), None);
    }
}
