//! Directory harvest: somebody asks for many people whom nobody knows.
//!
//! A list that has gone stale has a few of them, a guess hardly anybody else. So both count: how many are unknown in a
//! window, and their share of all whom this client named.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits::{HARVEST_CUT, HARVEST_SHARE, HARVEST_SHUT, HARVEST_WINDOW};

/// What a network asked for in this window.
#[derive(Debug)]
pub(super) struct Harvest {
    since: Instant,
    taken: u32,
    unknown: u32,
    shut: Option<Instant>,
    told: Conduct,
}

/// How the next unknown recipient is answered. What comes later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Conduct {
    /// As any other.
    Free,
    /// After a while.
    Slow,
    /// The connection ends, and no new one is taken.
    Shut,
}

/// What one more unknown recipient comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) conduct: Conduct,
    /// It has come to this for the first time in this window.
    pub(super) is_new: bool,
    pub(super) unknown: u32,
    pub(super) named: u32,
}

impl Harvest {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            taken: 0,
            unknown: 0,
            shut: None,
            told: Conduct::Free,
        }
    }

    pub(super) fn taken(&mut self, count: u32, now: Instant) {
        self.turn(now);
        self.taken = self.taken.saturating_add(count);
    }

    /// One more, of this weight, where `most` in a window are nothing; 0: any number is.
    pub(super) fn unknown(&mut self, weight: u32, most: u32, now: Instant) -> Judgement {
        self.turn(now);
        self.unknown = self.unknown.saturating_add(weight);
        let conduct = self.conduct(most, now);
        let is_new = conduct > self.told;
        if is_new {
            self.told = conduct;
        }
        Judgement {
            conduct,
            is_new,
            unknown: self.unknown,
            named: self.unknown.saturating_add(self.taken),
        }
    }

    fn conduct(&mut self, most: u32, now: Instant) -> Conduct {
        if most == 0 {
            return Conduct::Free;
        }
        if self.is_shut(now) {
            return Conduct::Shut;
        }
        let named = u64::from(self.unknown) + u64::from(self.taken);
        let is_guessing = u64::from(self.unknown) * 100 >= named * HARVEST_SHARE;
        if self.unknown <= most || !is_guessing {
            return Conduct::Free;
        }
        if self.unknown <= most.saturating_mul(HARVEST_CUT) {
            return Conduct::Slow;
        }
        self.shut = Some(now + HARVEST_SHUT);
        Conduct::Shut
    }

    pub(super) fn is_shut(&self, now: Instant) -> bool {
        self.shut.is_some_and(|until| now < until)
    }

    /// Nothing of it will matter any more.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        let is_empty = self.taken == 0 && self.unknown == 0;
        !self.is_shut(now) && (is_empty || self.age(now) >= HARVEST_WINDOW)
    }

    fn turn(&mut self, now: Instant) {
        if self.age(now) >= HARVEST_WINDOW {
            let shut = self.shut.filter(|until| now < *until);
            *self = Self {
                shut,
                ..Self::new(now)
            };
        }
    }

    fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 10;

    /// What it comes to when `taken` are known and then so many are not.
    fn after(taken: u32, unknown: u32) -> Conduct {
        let now = Instant::now();
        let mut harvest = Harvest::new(now);
        harvest.taken(taken, now);
        let judged = (0..unknown).map(|_| harvest.unknown(1, MOST, now).conduct);
        judged.last().unwrap_or(Conduct::Free)
    }

    #[test]
    fn so_many_are_nothing_and_one_more_is_slow() {
        assert_eq!(after(0, MOST), Conduct::Free);
        assert_eq!(after(0, MOST + 1), Conduct::Slow);
        assert_eq!(after(0, MOST * HARVEST_CUT), Conduct::Slow);
        assert_eq!(after(0, MOST * HARVEST_CUT + 1), Conduct::Shut);
    }

    #[test]
    fn a_list_that_has_gone_stale_is_no_harvest() {
        // A quarter of them, and just less than a quarter.
        assert_eq!(after(36, 12), Conduct::Slow);
        assert_eq!(after(37, 12), Conduct::Free);
        assert_eq!(after(4_000, 1_000), Conduct::Free);
    }

    #[test]
    fn without_a_bound_nobody_is_slow() {
        let now = Instant::now();
        let mut harvest = Harvest::new(now);
        for _ in 0..10_000 {
            assert_eq!(harvest.unknown(1, 0, now).conduct, Conduct::Free);
        }
    }

    #[test]
    fn whoever_runs_ahead_comes_there_sooner() {
        let now = Instant::now();
        let mut harvest = Harvest::new(now);
        let judged: Vec<_> = (0..6)
            .map(|_| harvest.unknown(2, MOST, now).conduct)
            .collect();
        assert_eq!(judged[4..], [Conduct::Free, Conduct::Slow]);
    }

    #[test]
    fn each_step_is_new_once_in_a_window() {
        let now = Instant::now();
        let mut harvest = Harvest::new(now);
        let mut new = 0;
        for _ in 0..100 {
            new += usize::from(harvest.unknown(1, MOST, now).is_new);
        }
        assert_eq!(new, 2, "once slow, once shut");
    }

    #[test]
    fn a_window_ends_and_so_does_being_shut() {
        let begin = Instant::now();
        let mut harvest = Harvest::new(begin);
        for _ in 0..MOST * HARVEST_CUT + 1 {
            harvest.unknown(1, MOST, begin);
        }
        let just = Duration::from_millis(1);
        assert!(harvest.is_shut(begin + HARVEST_SHUT - just));
        assert!(!harvest.is_shut(begin + HARVEST_SHUT));
        assert!(!harvest.is_over(begin + HARVEST_WINDOW.max(HARVEST_SHUT) - just));
        assert!(harvest.is_over(begin + HARVEST_WINDOW.max(HARVEST_SHUT)));
        let later = harvest.unknown(1, MOST, begin + HARVEST_WINDOW.max(HARVEST_SHUT));
        assert_eq!((later.conduct, later.unknown), (Conduct::Free, 1));
    }
}
