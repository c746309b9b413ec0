//! The process that sends.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::figure::percentile;
use testbed::flood::Flood;
use testbed::limits;
use testbed::load::Errand;
use testbed::tls::ClientTls;

use super::course::Course;
use super::scenario::{Scenario, Tls};
use super::stop::Stop;
use super::worker::{self, Worker};
use super::{process, twinmx};

pub(super) const ROLE: &str = "source";

/// What the source says about one cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) accepted: u64,
    pub(super) failed: u64,
    pub(super) fault: Option<String>,
    pub(super) seconds: f64,
    /// Milliseconds from MAIL, or from connecting, to the reply to the end.
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
    /// Messages that took longer than [`SLOW`].
    pub(super) slow: u64,
    pub(super) cpu: f64,
}

/// What it is to send, beside what the scenario says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Number of the first message.
    pub(super) first: u64,
    pub(super) time: Duration,
    /// No more than so many; `None`: as many as go into the time.
    pub(super) messages: Option<u64>,
    pub(super) to: To,
}

/// Who gets mail. With two sides the first and every second of the company are of the one, the others of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Everybody,
    /// Of the first side.
    Notes,
    /// Of the other side.
    Cloud,
    /// One of each side gets each message.
    Both,
}

/// A source that is ready and waits for its word.
pub(super) struct Source {
    worker: Worker,
    time: Duration,
}

impl Source {
    pub(super) fn ready(
        scenario: &Scenario,
        server: std::net::SocketAddr,
        load: &Load,
        stop: &Stop,
    ) -> Result<Self, String> {
        let order = json!({
            "server": server.to_string(),
            "scenario": scenario.to_string(),
            "first": load.first,
            "seconds": load.time.as_secs_f64(),
            "messages": load.messages,
            "to": load.to.name(),
        });
        let worker = Worker::start(ROLE, &order)?;
        worker.hear(PATIENCE, stop)?;
        Ok(Self {
            worker,
            time: load.time,
        })
    }

    pub(super) fn go(&mut self) -> Result<(), String> {
        self.worker.say("go")
    }

    /// Waits until it has sent everything and heard every reply.
    pub(super) fn sent(&self, stop: &Stop) -> Result<Sent, String> {
        let told = self.worker.hear(self.time + LAST_REPLY, stop)?;
        let number = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
        let count = |name: &str| told[name].as_u64().unwrap_or(0);
        Ok(Sent {
            accepted: count("accepted"),
            failed: count("failed"),
            fault: told["fault"].as_str().map(str::to_owned),
            seconds: number("seconds"),
            p50: number("p50"),
            p99: number("p99"),
            max: number("max"),
            slow: count("slow"),
            cpu: number("cpu"),
        })
    }
}

impl To {
    const ALL: [Self; 4] = [Self::Everybody, Self::Notes, Self::Cloud, Self::Both];

    fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Notes => "notes",
            Self::Cloud => "cloud",
            Self::Both => "both",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|to| to.name() == name)
    }

    fn addresses(self) -> Vec<String> {
        let all = twinmx::addresses().into_iter();
        match self {
            Self::Everybody | Self::Both => all.collect(),
            Self::Notes => all.step_by(2).collect(),
            Self::Cloud => all.skip(1).step_by(2).collect(),
        }
    }
}

/// In the worker.
pub(super) fn work(order: &str) -> Result<ExitCode, String> {
    let order = worker::order(order)?;
    let flood = flood(&order)?;
    worker::answer(&json!({}))?;
    if worker::told().next().is_none() {
        return worker::done();
    }
    let before = process::cpu(std::process::id());
    let report = flood.run().map_err(|error| error.to_string())?;
    let cpu = process::cpu(std::process::id()) - before;
    let latencies = &report.latencies;
    let slow = latencies.len() - latencies.partition_point(|&micros| micros <= SLOW);
    let at = |share| f64::from(percentile(latencies, share)) / 1e3;
    worker::answer(&json!({
        "accepted": report.accepted,
        "failed": report.failed,
        "fault": report.fault,
        "seconds": report.elapsed.as_secs_f64(),
        "p50": at(0.5),
        "p99": at(0.99),
        "max": at(1.0),
        "slow": slow,
        "cpu": cpu,
    }))?;
    worker::done()
}

fn flood(order: &Value) -> Result<Flood, String> {
    let text = |name: &str| order[name].as_str().ok_or_else(|| format!("no {name}"));
    let server = text("server")?
        .parse()
        .map_err(|error| format!("server: {error}"))?;
    let scenario: Scenario = text("scenario")?.parse()?;
    let tls = match scenario.tls {
        Tls::Clear => None,
        // A sender does not know whom it meets.
        Tls::Resumed => Some(ClientTls::unverified("mx.contoso.com")),
        Tls::Spoken => Some(ClientTls::unverified("mx.contoso.com").a_stranger_each_time()),
    };
    let to = To::named(text("to")?).ok_or("to nobody")?;
    let each = match to {
        To::Both => 2,
        _ => scenario.recipients,
    };
    let seconds = order["seconds"].as_f64().ok_or("no seconds")?;
    Ok(Flood::to(server)
        .sessions(scenario.sessions)
        .octets(scenario.octets)
        .first(order["first"].as_u64().ok_or("no first")?)
        .time(Duration::from_secs_f64(seconds))
        .messages(order["messages"].as_u64().unwrap_or(limits::COUNTED_MAX))
        .recipients(to.addresses())
        .recipients_each(each)
        .writes(scenario.writes)
        .errand(match scenario.course {
            Course::Hello => Errand::Greeting,
            _ => Errand::Mail,
        })
        .turnover(scenario.turnover)
        .pipelining(scenario.pipelining)
        .tls(tls))
}

/// Microseconds. A delayed acknowledgement takes 40 ms: what is this slow has probably waited for one.
const SLOW: u32 = 35_000;

const PATIENCE: Duration = Duration::from_secs(20);
/// A source waits up to a minute for each reply.
const LAST_REPLY: Duration = Duration::from_secs(90);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_share_the_company() {
        let [notes, cloud] = [To::Notes, To::Cloud].map(To::addresses);
        assert_eq!(notes.len(), cloud.len());
        let woven = notes
            .iter()
            .zip(&cloud)
            .flat_map(|(notes, cloud)| [notes, cloud]);
        assert!(
            woven.eq(&To::Both.addresses()),
            "one of each gets each message"
        );
        for to in To::ALL {
            assert_eq!(To::named(to.name()), Some(to));
        }
        assert_eq!(To::named("nobody"), None);
    }
}
