//! Whether lookups work at all: an operator is told once when they stop, and once when they work again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::DnsError;
use crate::event::{Event, Events};
use crate::limits;

/// Remembers names that failed since the last answer: one name's broken servers are that name's affair, however often it
/// is asked for.
#[derive(Debug)]
pub(super) struct Health {
    failed: Mutex<HashSet<String>>, // only while something fails; shared by nature
    /// Whether there are any. As a rule not, and then nobody has to look.
    any: AtomicBool,
    events: Events,
}

impl Health {
    pub(super) fn new(events: Events) -> Self {
        Self {
            failed: Mutex::default(),
            any: AtomicBool::new(false),
            events,
        }
    }

    /// What came of a lookup.
    pub(super) fn heard<T>(&self, name: &str, said: &Result<T, DnsError>) {
        match said {
            Err(error @ DnsError::Temporary(_)) => {
                if self.is_one_too_many(name) {
                    self.events.emit(Event::NamesUnanswered {
                        name: name.to_owned(),
                        why: error.to_string(),
                    });
                }
            }
            Ok(_) | Err(DnsError::NoSuchName | DnsError::NoData) => {
                if self.any.load(Ordering::Acquire) && self.forget() {
                    self.events.emit(Event::NamesAnswered);
                }
            }
        }
    }

    fn is_one_too_many(&self, name: &str) -> bool {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        self.any.store(true, Ordering::Release);
        let before = failed.len();
        before < limits::DNS_FAILURES
            && failed.insert(name.to_owned())
            && before + 1 == limits::DNS_FAILURES
    }

    /// Says whether it was told of.
    fn forget(&self) -> bool {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        self.any.store(false, Ordering::Release);
        let was_told = failed.len() >= limits::DNS_FAILURES;
        failed.clear();
        was_told
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
        let fail = |number: usize| health.heard(&format!("{number}.example"), &trouble);
        for number in 1..limits::DNS_FAILURES {
            fail(number);
            fail(number); // however often
        }
        assert_eq!(codes(), [], "one short of the bound");
        health.heard::<()>("a.example", &Err(DnsError::NoSuchName));
        assert_eq!(
            codes(),
            [],
            "nothing was told that would have to be taken back"
        );
        for number in 0..limits::DNS_FAILURES * 3 {
            fail(number);
        }
        assert_eq!(codes(), [Code::NAMES_UNANSWERED]);
        health.heard("a.example", &Ok(()));
        health.heard("a.example", &Ok(()));
        assert_eq!(codes(), [Code::NAMES_ANSWERED]);
    }
}
