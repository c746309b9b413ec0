//! What became of a flood.

use std::time::Duration;

/// What became of it. Every message that was begun is in one of the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages answered 2xx.
    pub accepted: u64,
    /// Messages answered otherwise, or not at all.
    pub failed: u64,
    /// Connections that were opened.
    pub connections: u64,
    /// From the first connection to the last reply.
    pub elapsed: Duration,
    /// What the first failure was.
    pub fault: Option<String>,
    /// Microseconds from MAIL (from connecting, where each message has its own connection) to the reply to its end, of each accepted message, shortest first.
    pub latencies: Vec<u32>,
}

impl Report {
    pub(super) fn failed(fault: String) -> Self {
        Self {
            failed: 1,
            fault: Some(fault),
            ..Self::default()
        }
    }

    pub(super) fn accept(&mut self, latency: Duration) {
        self.accepted += 1;
        let micros = u32::try_from(latency.as_micros());
        self.latencies.push(micros.unwrap_or(u32::MAX));
    }

    pub(super) fn fail(&mut self, fault: String) {
        self.failed += 1;
        self.fault.get_or_insert(fault);
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.accepted += other.accepted;
        self.failed += other.failed;
        self.connections += other.connections;
        self.fault = self.fault.or(other.fault);
        self.latencies.extend(other.latencies);
        self
    }

    pub(super) fn close(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
        self.latencies.sort_unstable();
    }
}
