//! The tabular Islamic calendar, in which Windows reckons the Hijri patterns: 30 years of which 11 have a day more.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A month, counted from the first one of the year 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HijriMonth(i32);

impl HijriMonth {
    /// The month a day is in, and its day of the month.
    pub(super) fn of(day: Date) -> (Self, i32) {
        let days = EPOCH.until(day).map_or(0, |span| span.get_days());
        // At most a month off, since a month has 29 or 30 days and a year 354 or 355.
        let mut month = Self((i64::from(days) * 360 / 10_631) as i32);
        while month.begins() > days {
            month = month.after(-1);
        }
        while month.after(1).begins() <= days {
            month = month.after(1);
        }
        (month, days - month.begins() + 1)
    }

    pub(super) fn after(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    pub(super) fn days(self) -> i32 {
        self.after(1).begins() - self.begins()
    }

    /// The day of the month in our calendar, counted from 1.
    pub(super) fn day(self, day: i32) -> Option<Date> {
        let days = self.begins().checked_add(day - 1)?;
        EPOCH.checked_add(days.days()).ok()
    }

    /// Days from the epoch to its first day.
    fn begins(self) -> i32 {
        let (year, month) = (self.0.div_euclid(12), self.0.rem_euclid(12));
        // Years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of 30 are the longer ones.
        let longer = (11 * (year + 1) + 3).div_euclid(30);
        354 * year + longer + (59 * month + 1).div_euclid(2)
    }
}

/// 1 Muharram of the year 1, as Windows has it: 15 July 622 of the Julian calendar.
const EPOCH: Date = date(622, 7, 18);
