//! Which hops are left alone for a while because they gave no session several times in a row.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::config::Hop;
use crate::limits;

/// One breaker a hop. When its time is up the next message tries again, and one failure opens it anew.
#[derive(Debug, Default)]
pub(super) struct Breakers {
    known: Mutex<HashMap<(String, Hop), Breaker>>, // only while a hop fails; shared by nature
    /// How many are known. As a rule none, and then nobody has to look.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
}

/// What a result did to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Unchanged,
    Opened,
    Closed,
}

impl Breakers {
    pub(super) fn is_open(&self, way: &str, hop: &Hop) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let breakers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        breakers
            .get(&(way.to_owned(), hop.clone()))
            .is_some_and(Breaker::is_open)
    }

    pub(super) fn failed(&self, way: &str, hop: &Hop) -> Turn {
        let mut breakers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (way.to_owned(), hop.clone());
        if breakers.len() >= limits::BREAKERS && !breakers.contains_key(&key) {
            breakers.retain(|_, breaker| breaker.is_open());
            if breakers.len() >= limits::BREAKERS {
                return Turn::Unchanged; // it is tried each time; nothing is lost
            }
        }
        let breaker = breakers.entry(key).or_default();
        breaker.failures = breaker.failures.saturating_add(1);
        let turn = if breaker.failures < limits::BREAKER_FAILURES || breaker.is_open() {
            Turn::Unchanged
        } else {
            breaker.open_until = Some(Instant::now() + limits::BREAKER_OPEN);
            Turn::Opened
        };
        self.count.store(breakers.len(), Ordering::Release);
        turn
    }

    pub(super) fn answered(&self, way: &str, hop: &Hop) -> Turn {
        let mut breakers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let removed = breakers.remove(&(way.to_owned(), hop.clone()));
        self.count.store(breakers.len(), Ordering::Release);
        match removed {
            Some(breaker) if breaker.open_until.is_some() => Turn::Closed,
            Some(_) | None => Turn::Unchanged,
        }
    }
}

impl Breakers {
    /// Somebody knows better: the hops of this way (`None`: of all) are tried again at once.
    pub(super) fn forget(&self, way: Option<&str>) {
        let mut breakers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.retain(|(name, _), _| way.is_some_and(|way| name != way));
        self.count.store(breakers.len(), Ordering::Release);
    }
}

impl Breaker {
    fn is_open(&self) -> bool {
        self.open_until.is_some_and(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Lookup;

    #[tokio::test(start_paused = true)]
    async fn the_last_allowed_failure_opens_it_and_time_closes_it() {
        let breakers = Breakers::default();
        let hop = Hop {
            host: "hop.test".to_owned(),
            port: 25,
            lookup: Lookup::Addresses,
        };
        for _ in 1..limits::BREAKER_FAILURES {
            assert_eq!(breakers.failed("notes", &hop), Turn::Unchanged);
            assert!(!breakers.is_open("notes", &hop));
        }
        assert_eq!(breakers.failed("notes", &hop), Turn::Opened);
        assert!(breakers.is_open("notes", &hop));
        tokio::time::advance(limits::BREAKER_OPEN).await;
        assert!(
            !breakers.is_open("notes", &hop),
            "after its time the next message tries"
        );
        assert_eq!(
            breakers.failed("notes", &hop),
            Turn::Opened,
            "one failure is enough then"
        );
        assert_eq!(breakers.answered("notes", &hop), Turn::Closed);
        assert!(!breakers.is_open("notes", &hop));
    }

    #[tokio::test(start_paused = true)]
    async fn one_past_the_bound_is_not_remembered_until_others_are_over() {
        let breakers = Breakers::default();
        let hop = |number: usize| Hop {
            host: format!("hop-{number}.test"),
            port: 25,
            lookup: Lookup::Addresses,
        };
        let fail = |number: usize| {
            let turns =
                (0..limits::BREAKER_FAILURES).map(|_| breakers.failed("notes", &hop(number)));
            turns.last()
        };
        for number in 0..limits::BREAKERS {
            assert_eq!(fail(number), Some(Turn::Opened));
        }
        assert_eq!(fail(limits::BREAKERS), Some(Turn::Unchanged));
        tokio::time::advance(limits::BREAKER_OPEN).await;
        assert_eq!(fail(limits::BREAKERS), Some(Turn::Opened));
    }

    #[tokio::test(start_paused = true)]
    async fn who_knows_better_closes_it() {
        let breakers = Breakers::default();
        let hop = Hop {
            host: "hop.test".to_owned(),
            port: 25,
            lookup: Lookup::Addresses,
        };
        for (forgotten, open) in [(Some("cloud"), true), (Some("notes"), false), (None, false)] {
            for _ in 0..limits::BREAKER_FAILURES {
                breakers.failed("notes", &hop);
            }
            breakers.forget(forgotten);
            assert_eq!(breakers.is_open("notes", &hop), open, "{forgotten:?}");
        }
    }
}
