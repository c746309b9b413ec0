//! Recurrences: which days a meeting is on, and the AppointmentRecur blob that says so ([MS-OXOCAL] §2.2.1.44).

use super::time::Civil;

mod blob;

/// A series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// Which days.
    pub pattern: Pattern,
    /// When it ends.
    pub end: End,
    /// 0 is Sunday.
    pub week_begins: i64,
    /// Days on which it does not take place.
    pub deleted: Vec<Civil>,
    /// Instances that differ.
    pub exceptions: Vec<Exception>,
}

/// Which days a series is on. `every` counts days, weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Each day or every so many.
    Daily {
        /// Days from one to the next.
        every: i64,
    },
    /// Some days of the week.
    Weekly {
        /// Weeks from one to the next.
        every: i64,
        /// Bit 0 is Sunday.
        days: u32,
    },
    /// A day of the month; the last where the month has no such day.
    Monthly {
        /// Months from one to the next.
        every: i64,
        /// 1 to 31.
        day: i64,
    },
    /// The first to fourth, or last, of some days of the week.
    MonthlyNth {
        /// Months from one to the next.
        every: i64,
        /// Bit 0 is Sunday; several are "weekday" or "day".
        days: u32,
        /// 5: the last.
        nth: i64,
    },
    /// The month and the day on which the series begins.
    Yearly,
    /// As `MonthlyNth`, in the month in which the series begins.
    YearlyNth {
        /// Bit 0 is Sunday.
        days: u32,
        /// 5: the last.
        nth: i64,
    },
}

/// When a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// After so many instances, the deleted ones counted.
    After(usize),
    /// On this day at the latest.
    By(Civil),
    /// Not.
    Never,
}

/// An instance that differs from the others. Times are local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// When it would have begun.
    pub original: Civil,
    /// When it begins.
    pub start: Civil,
    /// When it ends.
    pub end: Civil,
    /// Its own subject.
    pub subject: Option<String>,
    /// Its own place.
    pub location: Option<String>,
    /// Its own reminder, in minutes.
    pub reminder: Option<u32>,
    /// How busy one is then (0 free, 1 tentative, 2 busy, 3 out of office).
    pub busy: Option<u32>,
    /// Whether it has become one of all day.
    pub all_day: Option<bool>,
}

impl Recurrence {
    /// A series without deleted or different instances, in weeks that begin on Sunday.
    pub fn new(pattern: Pattern, end: End) -> Self {
        Self {
            pattern,
            end,
            week_begins: 0,
            deleted: Vec::new(),
            exceptions: Vec::new(),
        }
    }

    /// Without the instance of this day.
    #[must_use]
    pub fn without(mut self, day: Civil) -> Self {
        self.deleted.push(day.midnight());
        self
    }

    /// With an instance that differs.
    #[must_use]
    pub fn except(mut self, exception: Exception) -> Self {
        self.exceptions.push(exception);
        self
    }

    /// The days of the pattern, those of deleted and different instances too; at most `most`.
    pub fn days(&self, first: Civil, most: usize) -> Vec<Civil> {
        let begin = first.midnight();
        let count = match self.end {
            End::After(count) => count.min(most),
            End::By(_) | End::Never => most,
        };
        let days = (0..DAYS_SEARCHED).map(|n| begin.plus_days(n));
        days.take_while(|day| match self.end {
            End::By(last) => *day <= last,
            End::After(_) | End::Never => true,
        })
        .filter(|day| self.pattern.is_on(*day, begin, self.week_begins))
        .take(count)
        .collect()
    }

    /// When the instances begin, in local time: deleted ones left out, different ones at their own time.
    pub fn starts(&self, first: Civil, most: usize) -> Vec<Civil> {
        let at = first.minute_of_day();
        let own = |day: Civil| {
            let mut exceptions = self.exceptions.iter();
            let exception = exceptions.find(|e| e.original.midnight() == day);
            exception.map_or(day.plus(at), |e| e.start)
        };
        let days = self.days(first, most).into_iter();
        days.filter(|day| !self.deleted.contains(day))
            .map(own)
            .collect()
    }

    /// PidLidAppointmentRecur of a meeting whose first instance is this.
    pub fn blob(&self, start: Civil, end: Civil) -> Vec<u8> {
        blob::write(self, start, end)
    }

    /// The first part of the blob, which a task has alone (PidLidTaskRecurrence).
    pub fn pattern_blob(&self, start: Civil) -> Vec<u8> {
        blob::write_pattern(self, start)
    }
}

impl Exception {
    /// An instance at another time.
    pub fn moved(original: Civil, start: Civil, end: Civil) -> Self {
        Self {
            original,
            start,
            end,
            subject: None,
            location: None,
            reminder: None,
            busy: None,
            all_day: None,
        }
    }

    /// With its own subject.
    #[must_use]
    pub fn called(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// In its own place.
    #[must_use]
    pub fn located(mut self, location: &str) -> Self {
        self.location = Some(location.to_owned());
        self
    }
}

impl Pattern {
    fn is_on(self, day: Civil, first: Civil, week_begins: i64) -> bool {
        let (year, month, of_month) = day.ymd();
        let (first_year, first_month, first_of_month) = first.ymd();
        let months = (year - first_year) * 12 + month - first_month;
        match self {
            Self::Daily { every } => (day.days() - first.days()) % every == 0,
            Self::Weekly { every, days } => {
                let weeks = week(day, week_begins).days() - week(first, week_begins).days();
                is_one_of(day, days) && weeks / 7 % every == 0
            }
            Self::Monthly { every, day: wanted } => {
                months % every == 0 && of_month == wanted.min(month_length(day))
            }
            Self::MonthlyNth { every, days, nth } => months % every == 0 && is_nth(day, days, nth),
            Self::Yearly => months % 12 == 0 && of_month == first_of_month.min(month_length(day)),
            Self::YearlyNth { days, nth } => months % 12 == 0 && is_nth(day, days, nth),
        }
    }
}

/// The day on which the week of this day began.
fn week(day: Civil, week_begins: i64) -> Civil {
    day.plus_days(-(day.weekday() - week_begins).rem_euclid(7))
}

fn is_one_of(day: Civil, days: u32) -> bool {
    days >> day.weekday() & 1 == 1
}

fn is_nth(day: Civil, days: u32, nth: i64) -> bool {
    let (year, month, of_month) = day.ymd();
    let matching = |from: i64, to: i64| {
        let days_of_month = (from..=to).map(|d| Civil::date(year, month, d));
        days_of_month.filter(|d| is_one_of(*d, days)).count() as i64
    };
    let wanted = match nth {
        5 => matching(of_month, month_length(day)) == 1,
        _ => matching(1, of_month) == nth,
    };
    is_one_of(day, days) && wanted
}

fn month_length(day: Civil) -> i64 {
    let (year, month, _) = day.ymd();
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    Civil::date(next_year, next, 1).days() - Civil::date(year, month, 1).days()
}

/// A hundred years.
const DAYS_SEARCHED: i64 = 36_525;

#[cfg(test)]
mod tests;
