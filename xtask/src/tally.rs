//! Counts of tests, read from what the test programs print.

use std::fmt;
use std::ops::{Add, AddAssign};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// A stage that is one check.
    pub(crate) fn check(passed: bool) -> Self {
        if passed { Self::PASSED } else { Self::FAILED }
    }

    /// A test that left out its work for want of a peer was counted as passed
    /// by the test program.
    pub(crate) fn with_skipped(self, skipped: u64) -> Self {
        Self {
            passed: self.passed.saturating_sub(skipped),
            failed: self.failed,
            skipped: self.skipped + skipped,
        }
    }

    /// Reads a line such as
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
    pub(crate) fn of_result_line(line: &str) -> Option<Self> {
        let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |noun: &str| {
            let part = counts.split(';').find_map(|part| part.strip_suffix(noun))?;
            part.trim().parse().ok()
        };
        Some(Self {
            passed: count(" passed")?,
            failed: count(" failed")?,
            skipped: count(" ignored")?,
        })
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_read() {
        let check = |line, expected| assert_eq!(Tally::of_result_line(line), expected, "{line}");
        let tally = |passed, failed, skipped| {
            Some(Tally {
                passed,
                failed,
                skipped,
            })
        };
        check(
            "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 4 filtered out; finished in 0.12s",
            tally(12, 0, 3),
        );
        check(
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9.00s",
            tally(1, 2, 0),
        );
        check("test result: ok. some passed; 0 failed; 0 ignored", None);
        check("test tally::tests::result_lines_are_read ... ok", None);
        check("running 3 tests", None);
    }

    #[test]
    fn a_skipped_test_does_not_count_as_passed() {
        let counted = Tally {
            passed: 5,
            failed: 1,
            skipped: 1,
        };
        assert_eq!(
            counted.with_skipped(2).to_string(),
            "3 passed, 1 failed, 3 skipped"
        );
    }
}
