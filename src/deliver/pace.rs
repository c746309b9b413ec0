//! How many connections a way may have at a time: what the configuration allows, and less while its hops ask for less.
//!
//! Cut-through and the queue share these places. A hop that asks for less (421, throttled) halves them; each round of
//! successes gives one back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Way;
use crate::config::Hop;
use crate::limits;

/// What shares its places: a way, or the exchangers of one domain.
#[derive(Debug, Clone)]
pub(super) struct Lane<'a> {
    name: Cow<'a, str>,
    all: usize,
}

impl<'a> Lane<'a> {
    pub(super) fn of(way: &'a Way, domain: Option<&Hop>) -> Self {
        match domain {
            // Its colon is in the name of no way.
            Some(domain) => Self {
                name: Cow::Owned(domain.to_string()),
                all: limits::DOMAIN_CONNECTIONS,
            },
            None => Self {
                name: Cow::Borrowed(way.name()),
                all: way.max_connections,
            },
        }
    }
}

/// The places of all lanes.
#[derive(Debug, Default)]
pub(super) struct Paces {
    known: Mutex<HashMap<String, Pace>>, // for an instant a message, to find the lane's own semaphore; shared by nature
    /// Ways that have fewer places than they may. As a rule none, and then nobody has to look.
    pressed: AtomicUsize,
}

#[derive(Debug)]
struct Pace {
    /// What the configuration allowed when they were made.
    all: usize,
    /// What may be used now.
    now: usize,
    free: Arc<Semaphore>,
    /// Since a place was given back last.
    successes: usize,
    pressed_at: Option<Instant>,
}

impl Paces {
    /// The places of a lane.
    pub(super) fn of(&self, lane: &Lane<'_>) -> Arc<Semaphore> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = known.get(&*lane.name)
            && pace.all == lane.all
        {
            return Arc::clone(&pace.free);
        }
        if known.len() >= limits::PACES {
            known.retain(|_, pace| !pace.is_idle());
            let pressed = known.values().filter(|pace| pace.now < pace.all);
            self.pressed.store(pressed.count(), Ordering::Release);
        }
        let pace = Pace::new(lane.all);
        let free = Arc::clone(&pace.free);
        if let Some(before) = known.insert(lane.name.clone().into_owned(), pace)
            && before.now < before.all
        {
            self.pressed.fetch_sub(1, Ordering::Release);
        }
        free
    }

    /// How many there are at present.
    pub(super) fn places(&self, lane: &Lane<'_>) -> usize {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = known.get(&*lane.name);
        pace.map_or(lane.all, |pace| pace.now)
    }

    /// Its hop asked for less.
    pub(super) fn press(&self, lane: &Lane<'_>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pace) = known.get_mut(&*lane.name) else {
            return;
        };
        let was_free = pace.now == pace.all;
        if pace.press() && was_free {
            self.pressed.fetch_add(1, Ordering::Release);
        }
    }

    /// Whether some lane has fewer places than it may.
    pub(super) fn are_pressed(&self) -> bool {
        self.pressed.load(Ordering::Acquire) > 0
    }

    /// Its hop took a message.
    pub(super) fn ease(&self, lane: &Lane<'_>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = known.get_mut(&*lane.name)
            && pace.ease()
            && pace.now == pace.all
        {
            self.pressed.fetch_sub(1, Ordering::Release);
        }
    }
}

impl Pace {
    fn new(all: usize) -> Self {
        Self {
            all,
            now: all,
            free: Arc::new(Semaphore::new(all)),
            successes: 0,
            pressed_at: None,
        }
    }

    fn is_idle(&self) -> bool {
        self.free.available_permits() >= self.now
    }

    /// Many connections hear the same at once: that counts as one word. Says whether there are fewer places now.
    fn press(&mut self) -> bool {
        let lately = |at: Instant| at.elapsed() < limits::PACE_PRESS;
        if self.pressed_at.is_some_and(lately) {
            return false;
        }
        self.pressed_at = Some(Instant::now());
        self.successes = 0;
        let fewer = self.now - (self.now / 2).max(1);
        let taken = self.free.forget_permits(fewer);
        self.now -= fewer;
        if taken < fewer {
            // The rest are in use, and go as they come back.
            let free = Arc::clone(&self.free);
            let rest = u32::try_from(fewer - taken).unwrap_or(u32::MAX);
            tokio::spawn(async move {
                if let Ok(permits) = free.acquire_many(rest).await {
                    permits.forget();
                }
            });
        }
        fewer > 0
    }

    /// Says whether there is one place more.
    fn ease(&mut self) -> bool {
        if self.now == self.all {
            return false;
        }
        self.successes += 1;
        if self.successes < self.now {
            return false;
        }
        self.successes = 0;
        self.now += 1;
        self.free.add_permits(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn less_is_half_and_more_is_earned() {
        let mut pace = Pace::new(20);
        assert!(pace.press());
        assert_eq!((pace.now, pace.free.available_permits()), (10, 10));
        assert!(!pace.press(), "the same word from another connection");
        tokio::time::advance(limits::PACE_PRESS).await;
        assert!(pace.press());
        assert_eq!((pace.now, pace.free.available_permits()), (5, 5));
        for _ in 0..4 {
            assert!(!pace.ease());
        }
        assert!(pace.ease());
        assert_eq!((pace.now, pace.free.available_permits()), (6, 6));
        for _ in 0..1_000 {
            pace.ease();
        }
        assert_eq!((pace.now, pace.free.available_permits()), (20, 20));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_lanes_are_forgotten_past_the_bound_and_busy_ones_are_not() {
        let paces = Paces::default();
        let lane = |number: usize| Lane {
            name: Cow::Owned(format!("mx:{number}.example:25")),
            all: 2,
        };
        let busy = paces.of(&lane(0)).try_acquire_owned().expect("a place");
        for number in 0..limits::PACES {
            paces.of(&lane(number));
        }
        paces.press(&lane(1));
        assert!(paces.are_pressed());
        assert_eq!(paces.known.lock().expect("sound").len(), limits::PACES);
        paces.of(&lane(limits::PACES));
        assert_eq!(paces.known.lock().expect("sound").len(), 2);
        assert!(!paces.are_pressed());
        assert_eq!(paces.of(&lane(0)).available_permits(), 1);
        drop(busy);
    }

    #[tokio::test(start_paused = true)]
    async fn one_place_is_always_left() {
        let mut pace = Pace::new(3);
        for _ in 0..5 {
            pace.press();
            tokio::time::advance(limits::PACE_PRESS).await;
        }
        assert_eq!((pace.now, pace.free.available_permits()), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn places_in_use_go_as_they_come_back() {
        let mut pace = Pace::new(4);
        let used = Arc::clone(&pace.free)
            .acquire_many_owned(4)
            .await
            .expect("open");
        pace.press();
        tokio::task::yield_now().await;
        drop(used);
        tokio::task::yield_now().await;
        assert_eq!((pace.now, pace.free.available_permits()), (2, 2));
    }
}
