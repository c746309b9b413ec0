//! How far a long step is: a line every ten seconds.

use std::time::{Duration, Instant};

pub(super) struct Pulse {
    what: String,
    began: Instant,
    due: Instant,
}

impl Pulse {
    pub(super) fn of(what: impl Into<String>) -> Self {
        let began = Instant::now();
        Self {
            what: what.into(),
            began,
            due: began + EVERY,
        }
    }

    pub(super) fn stand(&mut self, done: u64, total: u64) {
        let now = Instant::now();
        if now >= self.due {
            self.due = now + EVERY;
            let seconds = now.duration_since(self.began).as_secs();
            eprintln!("  {}: {done} of {total}, {seconds} s", self.what);
        }
    }
}

const EVERY: Duration = Duration::from_secs(10);
