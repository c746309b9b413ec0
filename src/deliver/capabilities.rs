//! What each side can do, as far as we know.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use smtp::extension::{Capabilities, SizeLimit};
use tokio::time::Instant;

use crate::config::SideKind;
use crate::limits;

/// The last EHLO reply of each way, for an hour.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    known: Mutex<HashMap<String, (Capabilities, Instant)>>, // an instant a message, shared by nature
    edition: AtomicU64,
}

impl Remembered {
    pub(super) fn put(&self, way: &str, capabilities: &Capabilities) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.insert(way.to_owned(), (*capabilities, Instant::now()));
        if before.is_none_or(|(before, _)| before != *capabilities) {
            self.edition.fetch_add(1, Ordering::Release);
        }
    }

    pub(super) fn get(&self, way: &str) -> Option<Capabilities> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (capabilities, since) = known.get(way)?;
        is_fresh(*since).then_some(*capabilities)
    }

    /// Goes up whenever an answer of [`Self::get`] may have changed.
    pub(super) fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    /// Forgets what is too old.
    pub(super) fn expire(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.len();
        known.retain(|_, (_, since)| is_fresh(*since));
        if known.len() < before {
            self.edition.fetch_add(1, Ordering::Release);
        }
    }
}

fn is_fresh(since: Instant) -> bool {
    since.elapsed() < limits::CAPABILITIES_AGE
}

/// What a system of this kind is known to offer, until its own EHLO says more.
pub(super) fn preset(kind: SideKind) -> Capabilities {
    let (smtp_utf8, dsn) = match kind {
        SideKind::ExchangeOnline => (true, true),
        SideKind::Exchange | SideKind::Domino | SideKind::GroupWise => (false, true),
        SideKind::Smtp => (false, false),
    };
    Capabilities {
        size: SizeLimit::NotOffered,
        eight_bit_mime: true,
        smtp_utf8,
        dsn,
        pipelining: false,
        chunking: false,
        start_tls: false,
        enhanced_status_codes: false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_is_forgotten_in_its_time_and_every_change_is_an_edition() {
        let remembered = Remembered::default();
        let (plain, chunking) = (
            preset(SideKind::Smtp),
            Capabilities {
                chunking: true,
                ..preset(SideKind::Smtp)
            },
        );
        let mut editions = vec![remembered.edition()];
        for (capabilities, is_news) in [(plain, true), (plain, false), (chunking, true)] {
            remembered.put("notes", &capabilities);
            assert_eq!(remembered.get("notes"), Some(capabilities));
            assert_eq!(editions.last() != Some(&remembered.edition()), is_news);
            editions.push(remembered.edition());
        }
        let second = Duration::from_secs(1);
        tokio::time::advance(limits::CAPABILITIES_AGE - second).await;
        remembered.expire();
        assert_eq!(remembered.get("notes"), Some(chunking));
        assert_eq!(editions.last(), Some(&remembered.edition()));
        tokio::time::advance(second).await;
        assert_eq!(remembered.get("notes"), None);
        remembered.expire();
        assert_ne!(editions.last(), Some(&remembered.edition()));
    }
}
