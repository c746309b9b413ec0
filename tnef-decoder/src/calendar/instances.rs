//! The days on which something repeats.

use std::collections::VecDeque;

use jiff::ToSpan;
use jiff::civil::Date;

use super::hijri::HijriMonth;
use super::recurrence_pattern::{
    CalendarKind, Nth, Pattern, RecurrenceEnd, RecurrencePattern, Weekdays,
};

/// The days of a pattern in their order, deleted ones included. It ends as the pattern does, or with the calendar.
#[derive(Debug, Clone)]
pub struct Instances {
    steps: Steps,
    start: Date,
    end: Date,
    left: u32,
    /// The number of the next period.
    period: i32,
    /// Days of the period at hand.
    ready: VecDeque<Date>,
}

/// Why a pattern cannot be put in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Inexpressible {
    /// Its months are those of the Islamic calendar. Its days are known; there is no rule for them.
    #[error("it repeats by the months of the Islamic calendar")]
    HijriMonths,
    /// Its months are those of a calendar unknown here.
    #[error("it repeats by the months of calendar {0}")]
    OtherMonths(u16),
    /// The next one is made when the last one is done.
    #[error("the next one begins when the last one is done")]
    Regenerates,
    /// It repeats every no days, or every so many minutes that are no days.
    #[error("a period of {0}")]
    Period(u32),
    /// It repeats on no day of the week.
    #[error("it is on no day of the week")]
    NoWeekday,
    /// A day no month has.
    #[error("it is on day {0} of the month")]
    Day(u32),
}

/// How to come from one period to the next, and to the days in it.
#[derive(Debug, Clone, Copy)]
enum Steps {
    Days {
        first: Date,
        step: i32,
    },
    Weeks {
        first: Date,
        step: i32,
        days: Weekdays,
    },
    Months {
        first: Date,
        step: i32,
        day: MonthDay,
    },
    HijriMonths {
        first: HijriMonth,
        step: i32,
        day: MonthDay,
    },
}

#[derive(Debug, Clone, Copy)]
enum MonthDay {
    Of(i32),
    Nth(Weekdays, Nth),
    Last,
}

impl RecurrencePattern {
    /// The days it is on.
    pub fn instances(&self) -> Result<Instances, Inexpressible> {
        let start = self.start.date();
        Ok(Instances {
            steps: self.steps(start)?,
            start,
            end: match self.end {
                RecurrenceEnd::Date => self.end_date.date(),
                RecurrenceEnd::Count | RecurrenceEnd::Never => Date::MAX,
            },
            left: match self.end {
                RecurrenceEnd::Count => self.occurrences,
                RecurrenceEnd::Date | RecurrenceEnd::Never => u32::MAX,
            },
            period: 0,
            ready: VecDeque::new(),
        })
    }

    /// The period in its unit: days, weeks or months.
    pub(super) fn step(&self) -> Result<i32, Inexpressible> {
        let wrong = Inexpressible::Period(self.period);
        let units = match self.pattern {
            Pattern::Day if !self.period.is_multiple_of(MINUTES_A_DAY) => return Err(wrong),
            Pattern::Day => self.period / MINUTES_A_DAY,
            _ => self.period,
        };
        let units = i32::try_from(units)
            .ok()
            .filter(|units| (1..=PERIOD_MAX).contains(units));
        units.ok_or(wrong)
    }

    fn steps(&self, start: Date) -> Result<Steps, Inexpressible> {
        if self.regenerates {
            return Err(Inexpressible::Regenerates);
        }
        let step = self.step()?;
        let day = match self.pattern {
            Pattern::Day => return Ok(Steps::Days { first: start, step }),
            Pattern::Week(days) | Pattern::MonthNth { weekdays: days, .. } if days.is_empty() => {
                return Err(Inexpressible::NoWeekday);
            }
            Pattern::Week(days) => {
                let ahead = start.weekday().since(self.week_start);
                let first = start.saturating_sub(i32::from(ahead).days());
                return Ok(Steps::Weeks { first, step, days });
            }
            Pattern::Month { day } => MonthDay::of(day)?,
            Pattern::MonthNth { weekdays, nth } => MonthDay::Nth(weekdays, nth),
            Pattern::MonthEnd => MonthDay::Last,
        };
        match self.calendar {
            CalendarKind::Gregorian(_) => Ok(Steps::Months {
                first: start.first_of_month(),
                step,
                day,
            }),
            CalendarKind::Hijri => Ok(Steps::HijriMonths {
                first: HijriMonth::of(start).0,
                step,
                day,
            }),
            CalendarKind::Other(calendar) => Err(Inexpressible::OtherMonths(calendar)),
        }
    }
}

impl Iterator for Instances {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        self.left = self.left.checked_sub(1)?;
        loop {
            if let Some(date) = self.ready.pop_front() {
                let is_within = date <= self.end;
                self.left = if is_within { self.left } else { 0 };
                return is_within.then_some(date);
            }
            self.ready = self.steps.days(self.period)?;
            self.ready.retain(|date| *date >= self.start);
            self.period = self.period.checked_add(1)?;
        }
    }
}

impl Steps {
    /// The days in a period; `None` beyond the end of the calendar.
    fn days(self, period: i32) -> Option<VecDeque<Date>> {
        match self {
            Self::Days { first, step } => {
                let day = first.checked_add(period.checked_mul(step)?.days()).ok()?;
                Some(VecDeque::from([day]))
            }
            Self::Weeks { first, step, days } => {
                let week = first
                    .checked_add(period.checked_mul(step)?.checked_mul(7)?.days())
                    .ok()?;
                let week = (0..7).map(|day| week.checked_add(day.days()));
                let week: Vec<Date> = week.collect::<Result<_, _>>().ok()?;
                let wanted = week
                    .into_iter()
                    .filter(|date| days.contains(date.weekday()));
                Some(wanted.collect())
            }
            Self::Months { first, step, day } => {
                let first = first.checked_add(period.checked_mul(step)?.months()).ok()?;
                let days = i32::from(first.days_in_month());
                let of = |day: i32| first.checked_add((day - 1).days()).ok();
                Some(day.within(days, of).into_iter().collect())
            }
            Self::HijriMonths { first, step, day } => {
                let month = first.after(period.checked_mul(step)?);
                let days = month.days();
                month.day(days)?;
                Some(day.within(days, |day| month.day(day)).into_iter().collect())
            }
        }
    }
}

impl MonthDay {
    fn of(day: u32) -> Result<Self, Inexpressible> {
        let known = i32::try_from(day).ok().filter(|day| (1..=31).contains(day));
        known.map(Self::Of).ok_or(Inexpressible::Day(day))
    }

    /// Its day in a month of so many.
    fn within(self, days: i32, of: impl Fn(i32) -> Option<Date>) -> Option<Date> {
        let is_wanted = |weekdays: Weekdays, day: i32| {
            let date = of(day);
            date.is_some_and(|date| weekdays.contains(date.weekday()))
        };
        let day = match self {
            Self::Of(day) => day.min(days),
            Self::Last => days,
            Self::Nth(weekdays, Nth::Of(nth)) => {
                let mut wanted = (1..=days).filter(|day| is_wanted(weekdays, *day));
                wanted.nth(usize::from(nth).checked_sub(1)?)?
            }
            Self::Nth(weekdays, Nth::Last) => {
                (1..=days).rev().find(|day| is_wanted(weekdays, *day))?
            }
        };
        of(day)
    }
}

pub(super) const MINUTES_A_DAY: u32 = 24 * 60;
/// Longer than anything repeats, and far from any overflow.
const PERIOD_MAX: i32 = 100_000;

#[cfg(test)]
mod tests;
