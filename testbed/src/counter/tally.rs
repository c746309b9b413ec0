//! What has come to a counter.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::limits;
use crate::numbered::Arrival;

/// What came since counting began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All messages.
    pub messages: u64,
    /// Numbers that came intact.
    pub unique: u64,
    /// Intact messages that had come before.
    pub duplicates: u64,
    /// Messages that were not what was sent.
    pub damaged: u64,
    /// Messages of numbers that are not expected: they belong to an earlier count.
    pub strays: u64,
    /// Connections.
    pub connections: u64,
    /// Connections that went over to TLS.
    pub secured: u64,
    /// From the begin to the last message.
    pub elapsed: Duration,
}

/// Shared by all sessions of a counter.
#[derive(Debug)]
pub(super) struct Tally {
    made: Instant,
    /// A bit for each number from `first` on.
    seen: Box<[AtomicU64]>,
    first: AtomicU64,
    begun: AtomicU64,
    last: AtomicU64,
    messages: AtomicU64,
    unique: AtomicU64,
    duplicates: AtomicU64,
    damaged: AtomicU64,
    strays: AtomicU64,
    connections: AtomicU64,
    secured: AtomicU64,
}

impl Default for Tally {
    fn default() -> Self {
        let words = limits::COUNTED_MAX.div_ceil(64);
        Self {
            made: Instant::now(),
            seen: (0..words).map(|_| AtomicU64::new(0)).collect(),
            first: AtomicU64::new(0),
            begun: AtomicU64::default(),
            last: AtomicU64::default(),
            messages: AtomicU64::default(),
            unique: AtomicU64::default(),
            duplicates: AtomicU64::default(),
            damaged: AtomicU64::default(),
            strays: AtomicU64::default(),
            connections: AtomicU64::default(),
            secured: AtomicU64::default(),
        }
    }
}

impl Tally {
    pub(super) fn begin(&self, first: u64) {
        for word in &self.seen {
            word.store(0, Relaxed);
        }
        for number in [
            &self.messages,
            &self.unique,
            &self.duplicates,
            &self.damaged,
            &self.strays,
            &self.connections,
            &self.secured,
        ] {
            number.store(0, Relaxed);
        }
        self.first.store(first, Relaxed);
        let now = self.now();
        self.begun.store(now, Relaxed);
        self.last.store(now, Relaxed);
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(super) fn secured(&self) {
        self.secured.fetch_add(1, Relaxed);
    }

    pub(super) fn arrived(&self, arrival: Arrival) {
        self.messages.fetch_add(1, Relaxed);
        let offset = arrival
            .number
            .and_then(|number| number.checked_sub(self.first.load(Relaxed)))
            .filter(|offset| *offset < limits::COUNTED_MAX);
        let counted = match offset {
            // Damaged it may have lost its number, and does not stand for the message of that number.
            _ if !arrival.intact => &self.damaged,
            None => &self.strays,
            Some(offset) if self.is_new(offset) => &self.unique,
            Some(_) => &self.duplicates,
        };
        counted.fetch_add(1, Relaxed);
        self.last.fetch_max(self.now(), Relaxed);
    }

    pub(super) fn count(&self) -> Count {
        let elapsed = self.last.load(Relaxed) - self.begun.load(Relaxed);
        Count {
            messages: self.messages.load(Relaxed),
            unique: self.unique.load(Relaxed),
            duplicates: self.duplicates.load(Relaxed),
            damaged: self.damaged.load(Relaxed),
            strays: self.strays.load(Relaxed),
            connections: self.connections.load(Relaxed),
            secured: self.secured.load(Relaxed),
            elapsed: Duration::from_nanos(elapsed),
        }
    }

    fn is_new(&self, offset: u64) -> bool {
        let word = usize::try_from(offset / 64).ok();
        let bit = 1 << (offset % 64);
        let word = word.and_then(|word| self.seen.get(word));
        word.is_some_and(|word| word.fetch_or(bit, Relaxed) & bit == 0)
    }

    /// Nanoseconds since it was made.
    fn now(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
