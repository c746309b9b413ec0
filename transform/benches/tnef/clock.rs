//! CPU time: of this thread, and of the processes it has waited for.

use std::fs;

use rustix::param::clock_ticks_per_second;
use rustix::time::{ClockId, clock_gettime};

pub(super) struct Clock {
    ticks_per_second: f64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            ticks_per_second: clock_ticks_per_second() as f64,
        }
    }

    /// Seconds of this thread.
    pub(super) fn own(&self) -> f64 {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }

    /// Seconds of children that have ended, user and system; to a hundredth.
    pub(super) fn children(&self) -> f64 {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The name stands in parentheses and may hold anything.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(13).take(2);
        let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
        ticks as f64 / self.ticks_per_second
    }
}
