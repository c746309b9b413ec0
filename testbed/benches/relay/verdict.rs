//! Whether everything arrived.

use std::fmt;

use testbed::counter::Count;

/// What became of the messages of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Refused, or without an answer.
    pub(crate) failed: u64,
    /// Accepted, and not arrived.
    pub(crate) lost: u64,
    pub(crate) duplicates: u64,
    pub(crate) damaged: u64,
    /// Of an earlier cell.
    pub(crate) strays: u64,
    /// Something was written to the spool that should not have been.
    pub(crate) kept: bool,
}

impl Verdict {
    pub(crate) fn of(accepted: u64, failed: u64, count: &Count) -> Self {
        Self {
            failed,
            lost: accepted.saturating_sub(count.unique),
            duplicates: count.duplicates,
            damaged: count.damaged,
            strays: count.strays,
            kept: false,
        }
    }

    pub(crate) fn is_sound(self) -> bool {
        self == Self::default()
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            failed: self.failed + other.failed,
            lost: self.lost + other.lost,
            duplicates: self.duplicates + other.duplicates,
            damaged: self.damaged + other.damaged,
            strays: self.strays + other.strays,
            kept: self.kept || other.kept,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_sound() {
            return f.write_str("all arrived");
        }
        f.write_str("FAILED:")?;
        let counts = [
            (self.failed, "refused"),
            (self.lost, "lost"),
            (self.duplicates, "doubled"),
            (self.damaged, "damaged"),
            (self.strays, "stray"),
        ];
        let mut counts = counts.into_iter().filter(|(count, _)| *count > 0);
        counts.try_for_each(|(count, what)| write!(f, " {count} {what}"))?;
        f.write_str(if self.kept { " spool written" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(unique: u64, duplicates: u64, damaged: u64, strays: u64) -> Count {
        Count {
            unique,
            duplicates,
            damaged,
            strays,
            ..Count::default()
        }
    }

    #[test]
    fn only_what_arrived_once_and_whole_is_sound() {
        let check = |accepted, failed, count, words: &str| {
            let verdict = Verdict::of(accepted, failed, &count);
            assert_eq!(verdict.to_string(), words);
            assert_eq!(verdict.is_sound(), words == "all arrived");
        };
        check(10, 0, count(10, 0, 0, 0), "all arrived");
        check(10, 0, count(9, 0, 0, 0), "FAILED: 1 lost");
        check(10, 0, count(10, 1, 0, 0), "FAILED: 1 doubled");
        check(10, 0, count(9, 0, 1, 0), "FAILED: 1 lost 1 damaged");
        check(10, 0, count(10, 0, 0, 2), "FAILED: 2 stray");
        // Its answer was lost, the message was not.
        check(9, 1, count(10, 0, 0, 0), "FAILED: 1 refused");
    }

    #[test]
    fn what_was_kept_without_need_is_not_sound() {
        let verdict = Verdict {
            kept: true,
            ..Verdict::of(10, 0, &count(10, 0, 0, 0))
        };
        assert!(!verdict.is_sound());
        let both = Verdict::default().and(verdict);
        assert_eq!(both.to_string(), "FAILED: spool written");
    }

    #[test]
    fn verdicts_add_up() {
        let one = Verdict::of(5, 1, &count(4, 2, 0, 0));
        let both = one.and(Verdict::of(5, 0, &count(5, 0, 3, 1)));
        assert_eq!(
            both.to_string(),
            "FAILED: 1 refused 1 lost 2 doubled 3 damaged 1 stray"
        );
    }
}
