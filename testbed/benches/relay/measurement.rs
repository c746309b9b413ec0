//! One relay between source and counter for a few seconds.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use testbed::counter::Count;

use super::account::Account;
use super::cell::Cell;
use super::counter::Counting;
use super::course::Course;
use super::daemon::Daemon;
use super::peer::Peer;
use super::scenario::Scenario;
use super::source::{Load, Sent, Source, To};
use super::stage::Stage;
use super::stop::{PACE, Stop};
use super::twinmx::Gateway;
use super::verdict::Verdict;

/// A relay that is ready, and what it was before the first message.
pub(super) struct Subject {
    peer: Peer,
    daemon: Option<Daemon>,
    gateway: Option<Gateway>,
    /// Its next hop.
    hop: SocketAddr,
    /// KiB.
    memory_at_rest: u64,
}

impl Subject {
    pub(super) fn start(peer: Peer, stage: &Stage, stop: &Stop) -> Result<Self, String> {
        let gateway = match peer {
            Peer::Twinmx | Peer::TwinmxAlone => Some(Gateway::prepare(peer.name(), stage)?),
            _ => None,
        };
        let daemon = match &gateway {
            Some(gateway) => Some(gateway.run(stop)?),
            None => peer.start(stage, stop)?,
        };
        let memory_at_rest = daemon.as_ref().map_or(0, |daemon| daemon.account().pss());
        Ok(Self {
            peer,
            daemon,
            gateway,
            hop: stage.hop,
            memory_at_rest,
        })
    }

    pub(super) fn hop(&self) -> SocketAddr {
        self.hop
    }

    /// `None`: there is nothing between source and counter.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.daemon.as_ref().map(Daemon::address)
    }

    /// KiB now.
    pub(super) fn pss(&self) -> u64 {
        self.account().map_or(0, Account::pss)
    }

    pub(super) fn memory_at_rest(&self) -> u64 {
        self.memory_at_rest
    }

    /// Without a word.
    pub(super) fn kill(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            daemon.kill();
        }
    }

    /// With what it has kept.
    pub(super) fn run_again(&mut self, stop: &Stop) -> Result<(), String> {
        let gateway = self.gateway.as_ref().ok_or("only the gateway comes back")?;
        self.daemon = Some(gateway.run(stop)?);
        Ok(())
    }

    fn account(&self) -> Option<&Account> {
        self.daemon.as_ref().map(Daemon::account)
    }

    fn cpu(&self) -> f64 {
        self.account().map_or(0.0, Account::cpu)
    }

    /// When its spool was written last.
    fn spool_written(&self) -> Option<SystemTime> {
        self.gateway.as_ref().and_then(Gateway::spool_written)
    }
}

/// Measures with one counter for each side; every message has a number of its own.
pub(super) struct Measurement<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) counting: Counting,
    /// Where the same message goes to two sides.
    pub(super) other: Option<Counting>,
    pub(super) next: u64,
    pub(super) stop: &'a Stop,
}

/// What was sent in one go, and what there was before.
pub(super) struct Burst {
    pub(super) sent: Sent,
    /// KiB at its highest.
    pub(super) memory: u64,
    to: To,
    relay_before: f64,
    counting_before: f64,
    spool_before: Option<SystemTime>,
}

/// CPU seconds.
pub(super) struct Spent {
    pub(super) relay: f64,
    pub(super) load: f64,
}

impl Burst {
    /// Until now.
    pub(super) fn spent(&self, measurement: &Measurement<'_>, subject: &Subject) -> Spent {
        Spent {
            relay: subject.cpu() - self.relay_before,
            load: self.sent.cpu + measurement.counting_cpu() - self.counting_before,
        }
    }
}

impl Measurement<'_> {
    pub(super) fn cell(&mut self, subject: &Subject, time: Duration) -> Result<Cell, String> {
        let burst = self.burst(subject, time)?;
        let accepted = burst.sent.accepted;
        if self.scenario.course == Course::Hello {
            return Ok(self.called_on(burst, subject));
        }
        let count = self.drained(accepted)?;
        let mut verdict = Verdict::of(accepted, burst.sent.failed, &count);
        let mut elapsed = count.elapsed;
        if burst.to == To::Both {
            let other = self.drained_at(accepted, Side::Other)?;
            verdict = verdict.and(Verdict::of(accepted, 0, &other));
            elapsed = elapsed.max(other.elapsed);
        }
        if self.scenario.course == Course::Sides {
            verdict.kept = subject.spool_written() != burst.spool_before;
        }
        let spent = burst.spent(self, subject);
        let thousands = count.unique.max(1) as f64 / 1e3;
        Ok(Cell {
            verdict,
            rate: count.unique as f64 / elapsed.as_secs_f64().max(1e-9),
            cpu: spent.relay / thousands,
            load_cpu: spent.load / thousands,
            hop_connections: count.connections,
            ..Cell::of(burst, subject, self.scenario.sessions)
        })
    }

    /// Nothing has to arrive: each connection that was greeted and left is one.
    fn called_on(&self, burst: Burst, subject: &Subject) -> Cell {
        let spent = burst.spent(self, subject);
        let thousands = burst.sent.accepted.max(1) as f64 / 1e3;
        Cell {
            verdict: Verdict {
                failed: burst.sent.failed,
                ..Verdict::default()
            },
            rate: burst.sent.accepted as f64 / burst.sent.seconds.max(1e-9),
            cpu: spent.relay / thousands,
            load_cpu: spent.load / thousands,
            ..Cell::of(burst, subject, self.scenario.sessions)
        }
    }

    /// Sends for so long, until the last reply.
    pub(super) fn burst(&mut self, subject: &Subject, time: Duration) -> Result<Burst, String> {
        let server = subject.address().unwrap_or(self.counting.hop);
        let to = match (self.scenario.course, subject.peer) {
            (Course::Sides, Peer::Twinmx) => To::Both,
            (Course::Sides | Course::Waiting(_), _) => To::Notes,
            _ => To::Everybody,
        };
        let load = Load {
            first: self.next,
            time,
            messages: None,
            to,
        };
        let mut source = Source::ready(self.scenario, server, &load, self.stop)?;
        let (relay_before, counting_before) = (subject.cpu(), self.counting_cpu());
        let spool_before = subject.spool_written();
        for counting in std::iter::once(&mut self.counting).chain(&mut self.other) {
            counting.begin(load.first, self.stop)?;
        }
        source.go()?;
        // Looking costs time when there are many processes, so it is done twice only.
        self.stop.pause(time.mul_f64(0.7))?;
        let during = subject.pss();
        let sent = source.sent(self.stop)?;
        let begun = sent.accepted + sent.failed + self.scenario.sessions as u64;
        self.next = load.first + begun;
        Ok(Burst {
            memory: during.max(subject.pss()),
            sent,
            to,
            relay_before,
            counting_before,
            spool_before,
        })
    }

    /// Waits until everything accepted has arrived, as long as something arrives.
    pub(super) fn drained(&mut self, accepted: u64) -> Result<Count, String> {
        self.drained_at(accepted, Side::First)
    }

    fn drained_at(&mut self, accepted: u64, side: Side) -> Result<Count, String> {
        let stop = self.stop;
        let counting = match side {
            Side::First => &mut self.counting,
            Side::Other => self.other.as_mut().ok_or("there is one side only")?,
        };
        let most = DRAIN_MAX + Duration::from_millis(accepted);
        let deadline = Instant::now() + most;
        let mut patience = Instant::now() + STALL_MAX;
        let mut last = 0;
        loop {
            let count = counting.count(stop)?;
            if count.unique > last {
                last = count.unique;
                patience = Instant::now() + STALL_MAX;
            }
            let late = Instant::now() > deadline.min(patience);
            if count.unique >= accepted || late {
                break;
            }
            stop.pause(PACE)?;
        }
        // Whatever comes twice comes soon; what comes later is seen as a stray of the next cell.
        stop.pause(AFTERWARDS)?;
        counting.count(stop)
    }

    fn counting_cpu(&self) -> f64 {
        let all = std::iter::once(&self.counting).chain(&self.other);
        all.map(Counting::cpu).sum()
    }
}

#[derive(Debug, Clone, Copy)]
enum Side {
    First,
    Other,
}

const DRAIN_MAX: Duration = Duration::from_secs(180);
/// Longer than a queue waits before it tries again.
const STALL_MAX: Duration = Duration::from_secs(20);
const AFTERWARDS: Duration = Duration::from_millis(100);
