//! What was told lately, so that it is not told with every message.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::limits;

/// Names of domains that lead here.
#[derive(Debug, Default)]
pub(super) struct Repetition(Mutex<HashMap<String, Instant>>); // only while such a domain gets mail

impl Repetition {
    /// Whether `name` is to be told now.
    pub(super) fn is_news(&self, name: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |at: &Instant| at.elapsed() < limits::LEADS_HERE_TOLD;
        if told.get(name).is_some_and(lately) {
            return false;
        }
        if told.len() >= limits::LEADS_HERE {
            told.retain(|_, at| lately(at));
            if told.len() >= limits::LEADS_HERE {
                return false; // an operator who reads a thousand of them has enough
            }
        }
        told.insert(name.to_owned(), Instant::now());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_name_is_told_once_in_its_time_and_so_many_are() {
        let told = Repetition::default();
        assert!(told.is_news("0.example"));
        assert!(!told.is_news("0.example"));
        for number in 1..limits::LEADS_HERE {
            assert!(told.is_news(&format!("{number}.example")), "{number}");
        }
        assert!(!told.is_news("one-more.example"));
        tokio::time::advance(limits::LEADS_HERE_TOLD).await;
        assert!(told.is_news("one-more.example"));
        assert!(told.is_news("0.example"));
    }
}
