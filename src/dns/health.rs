//! Whether lookups work at all: an operator is told once when they stop, and once when they work again.

use std::sync::atomic::{AtomicU32, Ordering};

use super::DnsError;
use crate::event::{Event, Events};
use crate::limits;

/// Counts failures in a row, whatever was asked for: one domain's broken servers are that domain's affair.
#[derive(Debug)]
pub(super) struct Health {
    failures: AtomicU32,
    events: Events,
}

impl Health {
    pub(super) fn new(events: Events) -> Self {
        Self {
            failures: AtomicU32::new(0),
            events,
        }
    }

    /// What came of a lookup.
    pub(super) fn heard<T>(&self, name: &str, said: &Result<T, DnsError>) {
        match said {
            Err(error @ DnsError::Temporary(_)) => {
                if self.failures.fetch_add(1, Ordering::AcqRel) + 1 == limits::DNS_FAILURES {
                    self.events.emit(Event::NamesUnanswered {
                        name: name.to_owned(),
                        why: error.to_string(),
                    });
                }
            }
            Ok(_) | Err(DnsError::NoSuchName | DnsError::NoData) => {
                // Most of the time there is nothing to write.
                if self.failures.load(Ordering::Acquire) > 0
                    && self.failures.swap(0, Ordering::AcqRel) >= limits::DNS_FAILURES
                {
                    self.events.emit(Event::NamesAnswered);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trouble;
    use super::*;
    use crate::code::Code;

    #[test]
    fn an_operator_is_told_once_that_it_fails_and_once_that_it_works() {
        let (events, mut told) = Events::tapped();
        let health = Health::new(events);
        let trouble: Result<(), _> = Err(DnsError::Temporary(Trouble::Silent));
        let mut codes = || {
            let all = std::iter::from_fn(|| told.try_recv().ok());
            all.filter_map(|event| event.code()).collect::<Vec<_>>()
        };
        for _ in 1..limits::DNS_FAILURES {
            health.heard("a.example", &trouble);
        }
        assert_eq!(codes(), [], "one short of the bound");
        health.heard::<()>("a.example", &Err(DnsError::NoSuchName));
        assert_eq!(
            codes(),
            [],
            "nothing was told that would have to be taken back"
        );
        for _ in 0..limits::DNS_FAILURES * 3 {
            health.heard("a.example", &trouble);
        }
        assert_eq!(codes(), [Code::NAMES_UNANSWERED]);
        health.heard("a.example", &Ok(()));
        health.heard("a.example", &Ok(()));
        assert_eq!(codes(), [Code::NAMES_ANSWERED]);
    }
}
