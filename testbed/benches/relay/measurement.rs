//! One relay between source and counter for a few seconds.

use std::time::{Duration, Instant};

use testbed::counter::Count;

use super::account::Account;
use super::cell::Cell;
use super::counter::Counting;
use super::daemon::Daemon;
use super::scenario::Scenario;
use super::source::{Sent, Source};
use super::stop::{PACE, Stop};
use super::verdict::Verdict;

/// A relay that is ready, and what it was before the first message.
pub(super) struct Subject {
    daemon: Option<Daemon>,
    /// KiB.
    memory_at_rest: u64,
}

impl Subject {
    /// `None`: there is nothing between source and counter.
    pub(super) fn new(daemon: Option<Daemon>) -> Self {
        let memory_at_rest = daemon.as_ref().map_or(0, |daemon| daemon.account().pss());
        Self {
            daemon,
            memory_at_rest,
        }
    }

    fn account(&self) -> Option<&Account> {
        self.daemon.as_ref().map(Daemon::account)
    }
}

/// Measures with one counter; every message has a number of its own.
pub(super) struct Measurement<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) counting: Counting,
    pub(super) next: u64,
    pub(super) stop: &'a Stop,
}

impl Measurement<'_> {
    pub(super) fn cell(&mut self, subject: &Subject, time: Duration) -> Result<Cell, String> {
        let server = subject
            .daemon
            .as_ref()
            .map_or(self.counting.hop, Daemon::address);
        let first = self.next;
        let mut source = Source::ready(self.scenario, server, first, time, self.stop)?;
        let account = subject.account();
        let cpu = || account.map_or(0.0, Account::cpu);
        let (before, counting_before) = (cpu(), self.counting.cpu());
        self.counting.begin(first, self.stop)?;
        source.go()?;
        // Looking costs time when there are many processes, so it is done twice only.
        self.stop.pause(time.mul_f64(0.7))?;
        let memory = || account.map_or(0, Account::pss);
        let during = memory();
        let sent = source.sent(self.stop)?;
        let memory = during.max(memory());
        let begun = sent.accepted + sent.failed + self.scenario.sessions as u64;
        self.next = first + begun;
        let count = self.drained(&sent)?;
        let thousands = count.unique.max(1) as f64 / 1e3;
        let load = sent.cpu + self.counting.cpu() - counting_before;
        let sessions = self.scenario.sessions as f64;
        Ok(Cell {
            verdict: Verdict::of(sent.accepted, sent.failed, &count),
            rate: count.unique as f64 / count.elapsed.as_secs_f64().max(1e-9),
            cpu: (cpu() - before) / thousands,
            load_cpu: load / thousands,
            memory: memory as f64 / 1024.0,
            memory_per_session: memory.saturating_sub(subject.memory_at_rest) as f64 / sessions,
            hop_connections: count.connections,
            sent,
        })
    }

    /// Waits until everything accepted has arrived, as long as something arrives.
    fn drained(&mut self, sent: &Sent) -> Result<Count, String> {
        let deadline = Instant::now() + DRAIN_MAX;
        let mut patience = Instant::now() + STALL_MAX;
        let mut last = 0;
        loop {
            let count = self.counting.count(self.stop)?;
            if count.unique > last {
                last = count.unique;
                patience = Instant::now() + STALL_MAX;
            }
            let late = Instant::now() > deadline.min(patience);
            if count.unique >= sent.accepted || late {
                break;
            }
            self.stop.pause(PACE)?;
        }
        // Whatever comes twice comes soon; what comes later is seen as a stray of the next cell.
        self.stop.pause(AFTERWARDS)?;
        self.counting.count(self.stop)
    }
}

const DRAIN_MAX: Duration = Duration::from_secs(180);
const STALL_MAX: Duration = Duration::from_secs(20);
const AFTERWARDS: Duration = Duration::from_millis(100);
