//! What came of a round, and how far one is.

use book::Odd;

use crate::SourceError;
use crate::limits::{ODDITIES_NAMED_MAX, REFERRALS_NAMED_MAX};

/// What came of a round.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Objects that the source gave.
    pub objects: u64,
    /// Those of them that are somebody or something with an address.
    pub entries: u64,
    /// Those that are gone, as far as the source names them.
    pub gone: u64,
    /// Objects without a key, of which nothing can be said.
    pub keyless: u64,
    /// Where parts of the answer are that were not followed, the first of them.
    pub referrals: Vec<String>,
    /// All of them.
    pub referrals_total: u64,
    /// The first oddities, each with the name of its object.
    pub oddities: Vec<(String, Odd)>,
    /// All of them.
    pub oddities_total: u64,
    /// Whether everything was read, and not only what changed.
    pub full: bool,
}

/// How far a round is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Objects so far.
    pub objects: u64,
    /// How many there will be, where the source says so.
    pub expected: Option<u64>,
}

impl Summary {
    pub(crate) fn note(&mut self, name: &str, odd: Odd) {
        self.oddities_total += 1;
        if self.oddities.len() < ODDITIES_NAMED_MAX {
            self.oddities.push((name.to_owned(), odd));
        }
    }

    /// Part of the answer is elsewhere.
    pub(crate) fn refer(&mut self, to: &str) {
        self.referrals_total += 1;
        if self.referrals.len() < REFERRALS_NAMED_MAX {
            self.referrals.push(to.chars().take(300).collect());
        }
    }

    /// How far this is.
    pub(crate) fn progress(&self, expected: Option<u64>) -> Progress {
        Progress {
            objects: self.objects,
            expected,
        }
    }

    /// What speaks against everything that was read: objects that cannot be told apart, or nothing at all where there
    /// was something.
    pub(crate) fn judge_full(&self, was_empty: bool, key: &str) -> Result<(), SourceError> {
        if self.keyless > 0 && self.keyless == self.objects {
            return Err(SourceError::NoKeys {
                objects: self.keyless,
                of: self.objects,
                attribute: key.to_owned(),
            });
        }
        match self.entries == 0 && !was_empty {
            true => Err(SourceError::Empty),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_bounded_and_all_is_counted() {
        let mut summary = Summary::default();
        let odd = || Odd::Partial {
            attribute: "member".to_owned(),
        };
        for _ in 0..=ODDITIES_NAMED_MAX {
            summary.note("cn=a", odd());
        }
        for _ in 0..=REFERRALS_NAMED_MAX {
            summary.refer("ldap://b");
        }
        assert_eq!(summary.oddities.len(), ODDITIES_NAMED_MAX);
        assert_eq!(summary.oddities_total as usize, ODDITIES_NAMED_MAX + 1);
        assert_eq!(summary.referrals.len(), REFERRALS_NAMED_MAX);
        assert_eq!(summary.referrals_total as usize, REFERRALS_NAMED_MAX + 1);
    }

    #[test]
    fn everything_that_was_read_is_judged() {
        let check = |objects, entries, keyless, was_empty, expected: bool| {
            let summary = Summary {
                objects,
                entries,
                keyless,
                ..Summary::default()
            };
            let judged = summary.judge_full(was_empty, "entryUUID");
            assert_eq!(judged.is_ok(), expected, "{summary:?}");
        };
        check(3, 3, 0, false, true);
        check(0, 0, 0, true, true);
        check(0, 0, 0, false, false);
        check(5, 0, 0, false, false);
        check(3, 2, 1, false, true);
        check(3, 0, 3, true, false);
    }
}
