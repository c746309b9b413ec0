//! Which recipients a hop refused in a message that must be sent again because others were accepted.
//!
//! Without a spool nothing may be accepted for some and refused for others, so the whole message is deferred; when its
//! sender tries again, those refused hear the hop's reply at RCPT and the rest go through.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use smtp::reply::Answer;
use tokio::time::Instant;

use crate::limits;

/// A (side, reverse path, forward path), hashed with a secret: all three may be chosen by attackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RefusalKey(u64);

/// Bounded in number and age.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    hasher: RandomState,
    known: Mutex<HashMap<RefusalKey, (Answer, Instant)>>, // shared by nature, looked at only while it holds something
    count: AtomicUsize,
}

impl Refusals {
    /// Whether nothing is remembered, so that nobody has to look.
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    pub(crate) fn key(&self, way: &str, reverse: &str, forward: &str) -> RefusalKey {
        RefusalKey(self.hasher.hash_one((way, reverse, forward)))
    }

    pub(crate) fn remember(&self, key: RefusalKey, answer: Answer) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::REFUSALS && !known.contains_key(&key) {
            known.retain(|_, (_, since)| since.elapsed() < limits::REFUSAL_AGE);
            if known.len() >= limits::REFUSALS {
                return; // the retry asks the hop again; nothing is lost
            }
        }
        known.insert(key, (answer, Instant::now()));
        self.count.store(known.len(), Ordering::Release);
    }

    pub(crate) fn recall(&self, key: RefusalKey) -> Option<Answer> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, since) = known.get(&key)?;
        (since.elapsed() < limits::REFUSAL_AGE).then(|| answer.clone())
    }

    pub(crate) fn forget(&self, key: RefusalKey) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&key);
        self.count.store(known.len(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use smtp::reply::Reply;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_remembered_for_its_time_and_no_longer() {
        let refusals = Refusals::default();
        let key = refusals.key("notes", "a@example.net", "b@contoso.com");
        refusals.remember(key, Reply::UNKNOWN_RECIPIENT.into());
        tokio::time::advance(limits::REFUSAL_AGE - std::time::Duration::from_secs(1)).await;
        assert!(refusals.recall(key).is_some());
        assert!(
            refusals
                .recall(refusals.key("cloud", "a@example.net", "b@contoso.com"))
                .is_none()
        );
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        assert!(refusals.recall(key).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn one_past_the_bound_is_not_remembered() {
        let refusals = Refusals::default();
        let key = |n: usize| refusals.key("notes", "", &n.to_string());
        for n in 0..=limits::REFUSALS {
            refusals.remember(key(n), Reply::UNKNOWN_RECIPIENT.into());
        }
        assert!(refusals.recall(key(limits::REFUSALS - 1)).is_some());
        assert!(refusals.recall(key(limits::REFUSALS)).is_none());
        refusals.forget(key(0));
        refusals.remember(key(limits::REFUSALS), Reply::UNKNOWN_RECIPIENT.into());
        assert!(refusals.recall(key(limits::REFUSALS)).is_some());
    }
}
