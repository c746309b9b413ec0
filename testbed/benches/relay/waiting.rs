//! Messages that wait for a dead side, while the other side's go on.

use std::net::SocketAddr;
use std::time::Duration;

use super::measurement::{Measurement, Subject};
use super::source::{Load, Source, To};
use super::verdict::Verdict;

/// What waits in one gateway.
#[derive(Debug)]
pub(super) struct Backlog {
    first: u64,
    accepted: u64,
    failed: u64,
    /// Octets of memory for each.
    pub(super) each: f64,
    pub(super) seconds: f64,
}

impl Backlog {
    /// Has the gateway take `messages` for the side whose hop is down.
    pub(super) fn pile_up(
        subject: &Subject,
        measurement: &mut Measurement<'_>,
        messages: u64,
    ) -> Result<Self, String> {
        let stop = measurement.stop;
        let server = subject.address().ok_or("there is no gateway")?;
        stop.pause(SETTLE)?;
        let before = subject.pss();
        let load = Load {
            first: measurement.next,
            time: PILE_UP_MAX,
            messages: Some(messages),
            to: To::Cloud,
        };
        let mut source = Source::ready(measurement.scenario, server, &load, stop)?;
        source.go()?;
        let sent = source.sent(stop)?;
        measurement.next += sent.accepted + sent.failed + measurement.scenario.sessions as u64;
        stop.pause(SETTLE)?;
        let grown = subject.pss().saturating_sub(before) * 1024;
        Ok(Self {
            first: load.first,
            accepted: sent.accepted,
            failed: sent.failed + messages.saturating_sub(sent.accepted + sent.failed),
            each: grown as f64 / sent.accepted.max(1) as f64,
            seconds: sent.seconds,
        })
    }

    /// The gateway is killed, and comes up again along with the dead side: everything must arrive.
    pub(super) fn deliver(
        &self,
        subject: &mut Subject,
        measurement: &mut Measurement<'_>,
        down: SocketAddr,
    ) -> Result<Verdict, String> {
        subject.kill();
        measurement.counting.begin(self.first, measurement.stop)?;
        measurement.counting.open(down, measurement.stop)?;
        subject.run_again(measurement.stop)?;
        let count = measurement.drained(self.accepted)?;
        Ok(Verdict::of(self.accepted, self.failed, &count))
    }
}

const PILE_UP_MAX: Duration = Duration::from_secs(600);
const SETTLE: Duration = Duration::from_millis(1_500);
