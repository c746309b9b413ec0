//! A time zone that local time can be turned into UTC with.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::time_zone_definition::TimeZoneDefinition;
use super::time_zone_rule::{SystemTime, TimeZoneRule, TimeZoneStruct};

/// A time zone: its id, and what holds in which year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    id: String,
    /// Ascending, never empty. The first one holds for all years before too.
    eras: Vec<Era>,
}

/// Why a time zone cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableTimeZone {
    /// Local time is further from UTC than a day.
    #[error("a bias of {minutes} minutes")]
    Bias {
        /// The bias.
        minutes: i64,
    },
    /// A change of time at a date that no calendar has.
    #[error("a change of time in month {month}, day {day}, hour {hour}")]
    Date {
        /// The month.
        month: u16,
        /// The day, or which weekday.
        day: u16,
        /// The hour.
        hour: u16,
    },
    /// It has no rule.
    #[error("no rule")]
    NoRule,
}

/// What holds from a year on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Era {
    pub(super) first_year: i16,
    pub(super) standard: Offset,
    pub(super) daylight: Option<Daylight>,
}

/// Daylight-saving time of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Daylight {
    pub(super) offset: Offset,
    /// In standard time.
    pub(super) begins: Onset,
    /// In daylight-saving time.
    pub(super) ends: Onset,
}

/// When the clock is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Onset {
    pub(super) month: i8,
    pub(super) day: OnsetDay,
    pub(super) time: Time,
}

/// The day of a month on which the clock is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnsetDay {
    Of(i8),
    /// 1 to 4, or -1 for the last.
    Nth(i8, Weekday),
}

impl TimeZone {
    /// The zone of a definition with all its rules, unless the structure says otherwise, which then counts
    /// ([MS-OXOCAL] 2.2.1.41). `description` names a zone that has no key name.
    ///
    /// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
    pub fn of_series(
        structure: Option<&TimeZoneStruct>,
        definition: Option<&TimeZoneDefinition>,
        description: Option<&str>,
    ) -> Result<Self, UnusableTimeZone> {
        match (structure, definition) {
            (Some(structure), Some(definition)) if agree(structure, definition) => {
                Self::of_definition(definition, description)
            }
            (Some(structure), definition) => {
                // The name of a definition that says something else would mislead who goes by names.
                let named = definition.filter(|definition| definition.rules.is_empty());
                let key_name = named.map(|definition| definition.key_name.as_str());
                Self::of_struct(structure, key_name.or(description).unwrap_or_default())
            }
            (None, Some(definition)) => Self::of_definition(definition, description),
            (None, None) => Err(UnusableTimeZone::NoRule),
        }
    }

    /// A zone that has always had one rule.
    pub fn of_struct(structure: &TimeZoneStruct, id: &str) -> Result<Self, UnusableTimeZone> {
        let era = Era::of(&structure.rule, i16::MIN)?;
        Ok(Self::new(id, vec![era]))
    }

    /// A zone with the rules of its years.
    pub fn of_definition(
        definition: &TimeZoneDefinition,
        description: Option<&str>,
    ) -> Result<Self, UnusableTimeZone> {
        let rules = definition.rules.iter();
        let eras = rules.map(|rule| {
            let first_year = i16::try_from(rule.year).unwrap_or(i16::MAX);
            Era::of(&rule.rule, first_year)
        });
        let mut eras = eras.collect::<Result<Vec<_>, _>>()?;
        eras.dedup_by(|next, era| next.standard == era.standard && next.daylight == era.daylight);
        if eras.is_empty() {
            return Err(UnusableTimeZone::NoRule);
        }
        let name = definition.key_name.as_str();
        let name = Some(name).filter(|name| !name.is_empty()).or(description);
        Ok(Self::new(name.unwrap_or_default(), eras))
    }

    /// A zone that is always as far from UTC; `None` if that is no distance at all.
    pub fn fixed(offset: Offset) -> Option<Self> {
        let era = Era {
            first_year: i16::MIN,
            standard: offset,
            daylight: None,
        };
        (offset != Offset::UTC).then(|| Self::new("", vec![era]))
    }

    fn new(id: &str, eras: Vec<Era>) -> Self {
        let id = clean_id(id).unwrap_or_else(|| eras.last().map(Era::name).unwrap_or_default());
        Self { id, eras }
    }

    /// What iCalendar calls the zone: the key name of Windows where there is one. Fit for a parameter without quotes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The point in time at which clocks show this. Where they show it twice it is the first one; where they never
    /// show it, it is told by the clock as it was before the change (RFC 5545 §3.3.5).
    pub fn timestamp(&self, local: DateTime) -> Timestamp {
        let era = self.era(local.year());
        let offsets = era.offsets();
        let at = |offset: Offset| offset.to_timestamp(local).unwrap_or(Timestamp::MAX);
        let earlier_first = [offsets.0.max(offsets.1), offsets.0.min(offsets.1)];
        let shown = earlier_first
            .into_iter()
            .find(|offset| self.offset(at(*offset)) == *offset);
        at(shown.unwrap_or_else(|| self.offset(at(earlier_first[0]))))
    }

    /// What clocks show at a point in time.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.offset(at).to_datetime(at)
    }

    /// How far local time is ahead of UTC.
    pub fn offset(&self, at: Timestamp) -> Offset {
        let year = Offset::UTC.to_datetime(at).year();
        let year = self.era(year).standard.to_datetime(at).year();
        self.era(year).offset(year, at)
    }

    pub(super) fn era(&self, year: i16) -> &Era {
        let after = self.eras.partition_point(|era| era.first_year <= year);
        &self.eras[after.saturating_sub(1)]
    }

    pub(super) fn eras(&self) -> &[Era] {
        &self.eras
    }
}

impl Era {
    fn of(rule: &TimeZoneRule, first_year: i16) -> Result<Self, UnusableTimeZone> {
        let standard = offset(rule.bias, rule.standard_bias)?;
        let has_daylight = rule.standard_date.month != 0 && rule.daylight_date.month != 0;
        let daylight = match has_daylight {
            true => Some(Daylight {
                offset: offset(rule.bias, rule.daylight_bias)?,
                begins: Onset::of(&rule.daylight_date)?,
                ends: Onset::of(&rule.standard_date)?,
            }),
            false => None,
        };
        Ok(Self {
            first_year,
            standard,
            daylight: daylight.filter(|daylight| daylight.offset != standard),
        })
    }

    fn offsets(&self) -> (Offset, Offset) {
        let daylight = self.daylight.map(|daylight| daylight.offset);
        (self.standard, daylight.unwrap_or(self.standard))
    }

    /// The offset at a point in time of that year.
    pub(super) fn offset(&self, year: i16, at: Timestamp) -> Offset {
        let Some(daylight) = self.daylight else {
            return self.standard;
        };
        let begins = daylight.begins.timestamp(year, self.standard);
        let ends = daylight.ends.timestamp(year, daylight.offset);
        let is_daylight = match begins < ends {
            true => (begins..ends).contains(&at),
            false => !(ends..begins).contains(&at),
        };
        if is_daylight {
            daylight.offset
        } else {
            self.standard
        }
    }

    /// For a zone that has no name.
    fn name(&self) -> String {
        let minutes = self.standard.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        format!(
            "UTC{sign}{:02}{:02}",
            minutes.abs() / 60,
            minutes.abs() % 60
        )
    }
}

impl Onset {
    fn of(found: &SystemTime) -> Result<Self, UnusableTimeZone> {
        let read = || {
            let month = i8::try_from(found.month)
                .ok()
                .filter(|month| (1..=12).contains(month))?;
            let day = OnsetDay::of(found)?;
            let hour = i8::try_from(found.hour).ok()?;
            let minute = i8::try_from(found.minute).ok()?;
            let second = i8::try_from(found.second).ok()?;
            let time = Time::new(hour, minute, second, 0).ok()?;
            Some(Self { month, day, time })
        };
        read().ok_or(UnusableTimeZone::Date {
            month: found.month,
            day: found.day,
            hour: found.hour,
        })
    }

    /// What the clock shows in that year when it is changed.
    pub(super) fn local(&self, year: i16) -> DateTime {
        let first = Date::new(year, self.month, 1).unwrap_or(Date::MAX);
        let date = match self.day {
            OnsetDay::Of(day) => Date::new(year, self.month, day.min(first.days_in_month())).ok(),
            OnsetDay::Nth(nth, weekday) => first.nth_weekday_of_month(nth, weekday).ok(),
        };
        date.unwrap_or(first).to_datetime(self.time)
    }

    fn timestamp(&self, year: i16, before: Offset) -> Timestamp {
        before
            .to_timestamp(self.local(year))
            .unwrap_or(Timestamp::MAX)
    }
}

impl OnsetDay {
    fn of(found: &SystemTime) -> Option<Self> {
        let day = i8::try_from(found.day).ok()?;
        if found.year != 0 {
            return (1..=31).contains(&day).then_some(Self::Of(day));
        }
        let weekday = Weekday::from_sunday_zero_offset(i8::try_from(found.day_of_week).ok()?);
        let nth = match day {
            1..=4 => day,
            5 => -1,
            _ => return None,
        };
        Some(Self::Nth(nth, weekday.ok()?))
    }
}

/// Whether the definition's effective rule says what the structure says.
fn agree(structure: &TimeZoneStruct, definition: &TimeZoneDefinition) -> bool {
    let effective = definition.effective().or(definition.rules.last());
    let era = |rule| Era::of(rule, 0).ok();
    effective.is_some_and(|rule| era(&rule.rule) == era(&structure.rule))
}

fn offset(bias: i32, more: i32) -> Result<Offset, UnusableTimeZone> {
    let minutes = i64::from(bias) + i64::from(more);
    let unusable = UnusableTimeZone::Bias { minutes };
    if minutes.abs() > SignedDuration::from_hours(24).as_mins() {
        return Err(unusable);
    }
    let seconds = i32::try_from(minutes * -60).map_err(|_| unusable)?;
    Offset::from_seconds(seconds).map_err(|_| unusable)
}

/// Without what would need quotes or escapes: descriptions are like `(UTC+01:00) Rome, Vienna`.
fn clean_id(id: &str) -> Option<String> {
    let kept = |c: char| !c.is_control() && !matches!(c, '"' | ';' | ':' | ',' | '\\' | '^');
    let id: String = id.chars().filter(|c| kept(*c)).collect();
    let id = id.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
