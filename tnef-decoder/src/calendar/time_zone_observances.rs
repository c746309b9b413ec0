//! A time zone in the terms of iCalendar.

use jiff::civil::Date;

use super::time_zone::{Daylight, Era, Onset, OnsetDay, TimeZone};
use crate::icalendar::{
    DayOfRule, Moment, Observance, ObservanceKind, RecurrenceRule, RuleEnd, RuleUnit, VTimeZone,
};

/// An era and its years that are needed.
#[derive(Debug, Clone, Copy)]
struct Span {
    era: Era,
    first: i16,
    /// `None`: it has no end.
    last: Option<i16>,
}

impl TimeZone {
    /// The zone as it is needed from the year `first` to the year `last`, for ever if that is `None`.
    pub fn to_vtimezone(&self, first: i16, last: Option<i16>) -> VTimeZone {
        let mut observances = Vec::new();
        let mut before = None;
        for span in self.spans(first, last) {
            observances.extend(span.boundary(before));
            observances.extend(span.changes());
            before = Some(span);
        }
        VTimeZone {
            id: self.id().to_owned(),
            observances,
        }
    }

    /// One year more at the beginning, so that an observance is in force when the first one is needed.
    fn spans(&self, first: i16, last: Option<i16>) -> Vec<Span> {
        let first = first.saturating_sub(1).clamp(YEAR_MIN, YEAR_MAX);
        let last = last.map(|last| last.clamp(first, YEAR_MAX));
        let ends = self
            .eras()
            .iter()
            .skip(1)
            .map(|era| Some(era.first_year - 1));
        let spans = self.eras().iter().zip(ends.chain([None])).enumerate();
        let spans = spans.map(|(at, (era, end))| Span {
            era: *era,
            first: if at == 0 {
                first.min(USUAL_YEAR)
            } else {
                era.first_year
            },
            last: end,
        });
        let is_needed = |span: &Span| {
            let begins_in_time = last.is_none_or(|last| span.first <= last);
            begins_in_time && span.last.is_none_or(|end| end >= first)
        };
        spans.filter(is_needed).collect()
    }
}

impl Span {
    /// What changes because other rules begin to hold, with the year.
    fn boundary(&self, before: Option<Self>) -> Option<Observance> {
        let start = Date::new(self.first, 1, 1).ok()?.at(0, 0, 0, 0);
        let standard = self.era.standard;
        let offset_to = self
            .era
            .offset(self.first, standard.to_timestamp(start).ok()?);
        let offset_from = match before {
            Some(before) => before.last_offset()?,
            // The changes of daylight-saving time tell all.
            None if self.era.daylight.is_some() => return None,
            None => standard,
        };
        let is_new = before.is_none() || offset_from != offset_to;
        is_new.then_some(Observance {
            kind: match offset_to == standard {
                true => ObservanceKind::Standard,
                false => ObservanceKind::Daylight,
            },
            start,
            offset_from,
            offset_to,
            rule: None,
        })
    }

    fn last_offset(&self) -> Option<jiff::tz::Offset> {
        let year = self.last?;
        let end = Date::new(year, 12, 31).ok()?.at(23, 59, 59, 0);
        Some(
            self.era
                .offset(year, self.era.standard.to_timestamp(end).ok()?),
        )
    }

    fn changes(&self) -> Vec<Observance> {
        let Some(daylight) = self.era.daylight else {
            return Vec::new();
        };
        let Daylight {
            offset,
            begins,
            ends,
        } = daylight;
        let standard = self.era.standard;
        let observance = |kind, onset: Onset, offset_from, offset_to| Observance {
            kind,
            start: onset.local(self.first),
            offset_from,
            offset_to,
            rule: self.rule(onset, offset_from),
        };
        vec![
            observance(ObservanceKind::Standard, ends, offset, standard),
            observance(ObservanceKind::Daylight, begins, standard, offset),
        ]
    }

    /// Every year, unless there is but one. The last one is named in UTC (RFC 5545 §3.8.5.3).
    fn rule(&self, onset: Onset, before: jiff::tz::Offset) -> Option<RecurrenceRule> {
        if self.last == Some(self.first) {
            return None;
        }
        let mut rule = RecurrenceRule::every(1, RuleUnit::Yearly);
        rule.month = Some(onset.month);
        match onset.day {
            OnsetDay::Of(day) => rule.month_days = vec![day],
            OnsetDay::Nth(nth, weekday) => {
                let nth = Some(nth);
                rule.days = vec![DayOfRule { nth, weekday }];
            }
        }
        if let Some(last) = self.last {
            let until = before.to_timestamp(onset.local(last)).ok()?;
            rule.end = RuleEnd::Until(Moment::Utc(until));
        }
        Some(rule)
    }
}

const YEAR_MIN: i16 = 1601;
const YEAR_MAX: i16 = 9998;
/// What other writers begin with, and readers are used to.
const USUAL_YEAR: i16 = 1970;

#[cfg(test)]
mod tests;
