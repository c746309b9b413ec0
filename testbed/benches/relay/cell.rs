//! What one relay did in one round of one scenario.

use serde_json::{Value, json};

use super::measurement::{Burst, Subject};
use super::source::Sent;
use super::verdict::Verdict;

#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) sent: Sent,
    pub(super) verdict: Verdict,
    /// Messages that arrived a second, until the last one; with a hop that is down, that were accepted.
    pub(super) rate: f64,
    /// CPU seconds of the relay for 1,000 messages.
    pub(super) cpu: f64,
    /// The same of source and counter.
    pub(super) load_cpu: f64,
    /// MiB of the relay at its highest.
    pub(super) memory: f64,
    /// KiB that it grew above what it had before the first message, for each session.
    pub(super) memory_per_session: f64,
    /// Octets of memory that each message took which waits for another side.
    pub(super) memory_per_waiting: Option<f64>,
    /// Connections that the counter saw.
    pub(super) hop_connections: u64,
}

impl Cell {
    /// What is known as soon as everything is sent.
    pub(super) fn of(burst: Burst, subject: &Subject, sessions: usize) -> Self {
        let grown = burst.memory.saturating_sub(subject.memory_at_rest());
        Self {
            sent: burst.sent,
            verdict: Verdict::default(),
            rate: 0.0,
            cpu: 0.0,
            load_cpu: 0.0,
            memory: burst.memory as f64 / 1024.0,
            memory_per_session: grown as f64 / sessions as f64,
            memory_per_waiting: None,
            hop_connections: 0,
        }
    }

    pub(super) fn json(&self) -> Value {
        let Sent {
            accepted,
            failed,
            ref fault,
            seconds,
            p50,
            p99,
            max,
            slow,
            cpu: _,
        } = self.sent;
        json!({
            "accepted": accepted,
            "failed": failed,
            "fault": fault,
            "accepted_per_second": accepted as f64 / seconds,
            "messages_per_second": self.rate,
            "cpu_seconds_per_1000": self.cpu,
            "load_cpu_seconds_per_1000": self.load_cpu,
            "pss_mib": self.memory,
            "pss_kib_per_session": self.memory_per_session,
            "pss_octets_per_waiting": self.memory_per_waiting,
            "p50_ms": p50,
            "p99_ms": p99,
            "max_ms": max,
            "slower_than_35_ms": slow,
            "lost": self.verdict.lost,
            "duplicates": self.verdict.duplicates,
            "damaged": self.verdict.damaged,
            "strays": self.verdict.strays,
            "kept": self.verdict.kept,
            "hop_connections": self.hop_connections,
        })
    }
}
