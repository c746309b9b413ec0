//! Who may begin an attempt: as many a side as it has places, and so many of all.
//!
//! An attempt begins where its occasion is: beside the session that took the message, or behind an attempt that has ended.
//! Only what nobody is there for is begun by the [runner](super::Runner), in another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::attempt::Attempt;
use super::report::UNDECIDED;
use super::{Queue, now};
use crate::generation::Generation;
use crate::limits;
use crate::services::Services;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Dispatcher {
    queue: Arc<Queue>,
    services: Arc<Services>,
    under_way: UnderWay,
    is_stopped: AtomicBool,
}

/// Attempts that have not ended.
#[derive(Debug, Default)]
struct UnderWay {
    count: AtomicUsize,
    fewer: Notify,
}

/// What may be begun for a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// So many at a time.
    Places(usize),
    /// All of its hops are left alone for now.
    Down,
}

impl Dispatcher {
    pub(super) fn new(queue: Arc<Queue>, services: Arc<Services>) -> Self {
        Self {
            queue,
            services,
            under_way: UnderWay::default(),
            is_stopped: AtomicBool::new(false),
        }
    }

    /// What may be begun for `side` now.
    pub(super) fn leave(&self, side: &str, generation: &Generation) -> Leave {
        let name = match side {
            "internet" => None,
            side => Some(side),
        };
        match generation.way(name) {
            _ if side == UNDECIDED => Leave::Places(limits::QUEUE_ATTEMPTS),
            Some(way) if self.services.deliver.is_down(way) => Leave::Down,
            Some(way) => Leave::Places(self.services.deliver.places(way)),
            // The side is gone: another may have its people.
            None => Leave::Places(limits::QUEUE_ATTEMPTS),
        }
    }

    /// The next attempt for `side`, if one is due and may begin. It counts from now on, and is to be [begun](Self::begin).
    pub(super) fn next(&self, side: &Arc<str>) -> Option<Attempt> {
        let generation = self.services.generation.load();
        let Leave::Places(places) = self.leave(side, &generation) else {
            return None;
        };
        if self.is_stopped.load(Ordering::Acquire) || !self.under_way.begin() {
            return None;
        }
        let id = self.queue.waiting().take(side, now(), places);
        if id.is_none() {
            self.under_way.end();
        }
        Some(Attempt {
            queue: Arc::clone(&self.queue),
            services: Arc::clone(&self.services),
            id: id?,
            side: Arc::clone(side),
        })
    }

    /// Has it run on `runtime`, and what is due for its side behind it.
    pub(super) fn begin(self: &Arc<Self>, attempt: Attempt, runtime: &Handle) {
        runtime.spawn(Arc::clone(self).run(attempt));
    }

    async fn run(self: Arc<Self>, mut attempt: Attempt) {
        loop {
            let (id, side) = (attempt.id, Arc::clone(&attempt.side));
            let crashed = self.has_crashed(attempt).await;
            let are_more = self.queue.ended(id, &side, crashed).await;
            // Where all places were taken, other sides wait, too.
            let was_full = self.under_way.end();
            let next = match are_more {
                true => self.next(&side),
                false => None,
            };
            if was_full || are_more && next.is_none() {
                self.queue.changed.notify_one();
            }
            match next {
                Some(next) => attempt = next,
                None => return,
            }
        }
    }

    /// Tries, and says whether it broke off by a fault of ours.
    async fn has_crashed(&self, attempt: Attempt) -> bool {
        let Some(_mark) = self.queue.marks.begin(attempt.id).await else {
            let later = now() + SUSPECT_WAIT;
            self.queue.waiting().delay(attempt.id, &attempt.side, later);
            return false;
        };
        // Within: a runtime that is told of two tasks from outside is woken twice.
        let task = tokio::spawn(attempt.run());
        task.await.is_err_and(|error| error.is_panic())
    }

    /// Begins nothing new, and comes back when nothing is under way any more.
    pub(super) async fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
        self.under_way.none().await;
    }
}

impl UnderWay {
    /// One more, if there is a place for it.
    fn begin(&self) -> bool {
        let more = |count| (count < limits::QUEUE_ATTEMPTS).then_some(count + 1);
        let begun = self
            .count
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        begun.is_ok()
    }

    /// One less. Says whether there was no place for another.
    fn end(&self) -> bool {
        let before = self.count.fetch_sub(1, Ordering::AcqRel);
        self.fewer.notify_one();
        before >= limits::QUEUE_ATTEMPTS
    }

    /// Comes back when there is none.
    async fn none(&self) {
        while self.count.load(Ordering::Acquire) > 0 {
            self.fewer.notified().await;
        }
    }
}

/// Seconds until a message is looked at again that is to be tried alone, while another one is.
const SUSPECT_WAIT: i64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn as_many_are_under_way_as_there_are_places() {
        let under_way = UnderWay::default();
        for number in 0..limits::QUEUE_ATTEMPTS {
            assert!(under_way.begin(), "{number}");
        }
        assert!(!under_way.begin(), "one past the bound");
        assert!(under_way.end(), "others may wait for a place");
        assert!(!under_way.end());
        assert!(under_way.begin());
        for _ in 1..limits::QUEUE_ATTEMPTS {
            under_way.end();
        }
        under_way.none().await;
    }
}
