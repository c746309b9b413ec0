//! A series of appointments in the terms of iCalendar.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

use super::appointment_recurrence::AppointmentRecurrence;
use super::exception::Exception;
use super::instances::Inexpressible;
use super::minutes::Minutes;
use super::recurrence_pattern::{RecurrenceEnd, RecurrencePattern};
use super::time_zone::TimeZone;
use crate::icalendar::{Moment, Profile, Recurrence, RuleEnd};
use crate::limits;

/// By which clock the times of a series are told.
#[derive(Debug, Clone, Copy)]
pub enum Clock<'a> {
    /// None: it lasts whole days.
    Days,
    /// UTC.
    Utc,
    /// The clocks of a zone.
    Zone(&'a TimeZone),
}

/// A series: its first instance, how it repeats, and what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Where the first instance begins, deleted or not.
    pub start: Moment,
    /// Where it ends.
    pub end: Moment,
    /// How it repeats.
    pub recurrence: Recurrence,
    /// Changed instances.
    pub overrides: Vec<Override>,
    /// Why its days are listed, or lost, instead of a rule.
    pub no_rule: Option<NoRule>,
}

/// A changed instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which one it is.
    pub recurrence_id: Moment,
    /// Where it begins now.
    pub start: Moment,
    /// Where it ends now.
    pub end: Moment,
    /// What was written of it.
    pub exception: Exception,
}

/// Why a series has no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoRule {
    /// There is none. Its days are listed as far as the bounds in [`limits`] go.
    Listed {
        /// Why; `None`: there is one that the reader is not expected to know.
        why: Option<Inexpressible>,
        /// Whether it goes on after those listed.
        is_cut: bool,
    },
    /// Its days are not known either. Only the first one is there.
    Lost(Inexpressible),
}

impl AppointmentRecurrence {
    /// The series by a clock, for a reader.
    pub fn series(&self, clock: Clock<'_>, profile: Profile) -> Series {
        let first = self.first();
        let overrides: Vec<Override> = self
            .exceptions
            .iter()
            .map(|exception| self.changed(exception, clock))
            .collect();
        let (recurrence, no_rule) = self.recurrence(first, clock, profile);
        let [start, end] = self.bounds(first, clock);
        Series {
            start,
            end,
            recurrence,
            overrides,
            no_rule,
        }
    }

    /// What clocks show when the instance of that day begins.
    pub fn local_start(&self, date: Date) -> DateTime {
        after(date, self.start_minutes)
    }

    /// The day of the first instance, deleted or not.
    pub fn first(&self) -> Date {
        let first = self
            .pattern
            .instances()
            .ok()
            .and_then(|mut days| days.next());
        first.unwrap_or(self.pattern.start.date())
    }

    fn bounds(&self, date: Date, clock: Clock<'_>) -> [Moment; 2] {
        clock.bounds(
            self.local_start(date),
            after(date, self.end_minutes.max(self.start_minutes)),
        )
    }

    fn changed(&self, exception: &Exception, clock: Clock<'_>) -> Override {
        let original = exception.original_start.date();
        let now = match (exception.is_all_day, clock) {
            (Some(true), _) => Clock::Days,
            // Whole days no more, and no zone is known that the times could be in.
            (Some(false), Clock::Days) => Clock::Utc,
            (_, clock) => clock,
        };
        let end = exception.end.max(exception.start);
        let [start, end] = now.bounds(exception.start.date_time(), end.date_time());
        Override {
            recurrence_id: clock.moment(self.local_start(original)),
            start,
            end,
            exception: exception.clone(),
        }
    }

    fn recurrence(
        &self,
        first: Date,
        clock: Clock<'_>,
        profile: Profile,
    ) -> (Recurrence, Option<NoRule>) {
        let why = match self.pattern.rule(first, self.rule_end(clock)) {
            Ok(rule) if profile.knows_all_rules() || rule.is_simple() => {
                let recurrence = Recurrence {
                    rule: Some(rule),
                    dates: Vec::new(),
                    excluded: self.moments(self.excluded(), clock),
                };
                return (recurrence, None);
            }
            Ok(_) => None,
            Err(why) => Some(why),
        };
        self.listed(first, clock, why)
    }

    fn listed(
        &self,
        first: Date,
        clock: Clock<'_>,
        why: Option<Inexpressible>,
    ) -> (Recurrence, Option<NoRule>) {
        let instances = match self.pattern.instances() {
            Ok(instances) => instances,
            Err(why) => return (Recurrence::default(), Some(NoRule::Lost(why))),
        };
        let excluded = self.excluded();
        let years = i32::from(limits::EXPANSION_YEARS_MAX).years();
        let last = first.saturating_add(years);
        let mut days = instances
            .skip(1)
            .filter(|day| excluded.binary_search(day).is_err());
        let dates: Vec<Date> = days
            .by_ref()
            .take_while(|day| *day <= last)
            .take(limits::EXPANSION_INSTANCES_MAX)
            .collect();
        let is_cut = self.goes_on_after(dates.last().copied().unwrap_or(first));
        let recurrence = Recurrence {
            rule: None,
            dates: self.moments(dates, clock),
            excluded: self.moments(excluded.into_iter().filter(|day| *day == first), clock),
        };
        (recurrence, Some(NoRule::Listed { why, is_cut }))
    }

    fn goes_on_after(&self, last: Date) -> bool {
        let instances = self.pattern.instances();
        instances
            .is_ok_and(|mut days| days.any(|day| day > last && !self.excluded().contains(&day)))
    }

    /// Deleted days without those that an exception changed, ascending.
    fn excluded(&self) -> Vec<Date> {
        let mut changed: Vec<Date> = self
            .exceptions
            .iter()
            .map(|exception| exception.original_start.date())
            .collect();
        changed.sort_unstable();
        let deleted = self.pattern.deleted.iter().map(|day| day.date());
        let mut excluded: Vec<Date> = deleted
            .filter(|day| changed.binary_search(day).is_err())
            .collect();
        excluded.sort_unstable();
        excluded.dedup();
        excluded
    }

    fn moments(&self, days: impl IntoIterator<Item = Date>, clock: Clock<'_>) -> Vec<Moment> {
        let moment = |day| clock.moment(self.local_start(day));
        days.into_iter().map(moment).collect()
    }

    fn rule_end(&self, clock: Clock<'_>) -> RuleEnd {
        match self.pattern.ends() {
            RecurrenceEnd::Never => RuleEnd::Never,
            RecurrenceEnd::Count => RuleEnd::Count(self.pattern.occurrences),
            RecurrenceEnd::Date => {
                let last = self.local_start(self.pattern.end_date.date());
                RuleEnd::Until(clock.until(last))
            }
        }
    }
}

impl RecurrencePattern {
    /// When it ends: an end date that means never is no end.
    fn ends(&self) -> RecurrenceEnd {
        match self.end {
            RecurrenceEnd::Date if self.end_date >= Minutes::NEVER => RecurrenceEnd::Never,
            end => end,
        }
    }
}

impl Clock<'_> {
    /// A local time by this clock.
    pub fn moment(self, local: DateTime) -> Moment {
        match self {
            Self::Days => Moment::Day(local.date()),
            Self::Utc => Moment::Utc(utc(local)),
            Self::Zone(zone) => Moment::Zoned {
                local,
                zone: zone.id().to_owned(),
            },
        }
    }

    /// Start and end: whole days end with the day after the last one, and last at least one.
    pub fn bounds(self, start: DateTime, end: DateTime) -> [Moment; 2] {
        let Self::Days = self else {
            return [self.moment(start), self.moment(end)];
        };
        let is_midnight = end == end.date().at(0, 0, 0, 0);
        let last = if is_midnight {
            end.date()
        } else {
            next(end.date())
        };
        let days = [start.date(), last.max(next(start.date()))];
        days.map(Moment::Day)
    }

    /// RFC 5545 §3.3.10: UTC, unless whole days are counted.
    fn until(self, local: DateTime) -> Moment {
        match self {
            Self::Days | Self::Utc => self.moment(local),
            Self::Zone(zone) => Moment::Utc(zone.timestamp(local)),
        }
    }
}

fn utc(local: DateTime) -> jiff::Timestamp {
    let utc = jiff::tz::Offset::UTC.to_timestamp(local);
    utc.unwrap_or(jiff::Timestamp::MAX)
}

fn next(date: Date) -> Date {
    date.saturating_add(1.days())
}

fn after(date: Date, minutes: u32) -> DateTime {
    let minutes = SignedDuration::from_mins(i64::from(minutes));
    date.at(0, 0, 0, 0).saturating_add(minutes)
}
