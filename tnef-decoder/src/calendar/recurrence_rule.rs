//! The rule of iCalendar that says the same as a pattern (RFC 5545 §3.3.10, [MS-OXCICAL] 2.1.3.2.2).
//!
//! [MS-OXCICAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcical/

use jiff::civil::{Date, Weekday};

use super::instances::Inexpressible;
use super::recurrence_pattern::{CalendarKind, Nth, Pattern, RecurrencePattern, Weekdays};
use crate::icalendar::{DayOfRule, RecurrenceRule, RuleEnd, RuleUnit};

impl RecurrencePattern {
    /// The rule, counted from `first`, the first of its instances.
    pub fn rule(&self, first: Date, end: RuleEnd) -> Result<RecurrenceRule, Inexpressible> {
        if self.regenerates {
            return Err(Inexpressible::Regenerates);
        }
        let step = self.step()?.unsigned_abs();
        let mut rule = match self.pattern {
            Pattern::Day => RecurrenceRule::every(step, RuleUnit::Daily),
            Pattern::Week(days) => self.weekly(step, days)?,
            Pattern::Month { .. } | Pattern::MonthNth { .. } | Pattern::MonthEnd => {
                self.monthly(step, first)?
            }
        };
        rule.end = end;
        Ok(rule)
    }

    fn weekly(&self, step: u32, days: Weekdays) -> Result<RecurrenceRule, Inexpressible> {
        if days.is_empty() {
            return Err(Inexpressible::NoWeekday);
        }
        let mut rule = RecurrenceRule::every(step, RuleUnit::Weekly);
        rule.days = days.iter().map(DayOfRule::every).collect();
        rule.week_start = week_start(step, days, self.week_start);
        Ok(rule)
    }

    fn monthly(&self, step: u32, first: Date) -> Result<RecurrenceRule, Inexpressible> {
        match self.calendar {
            CalendarKind::Gregorian(_) => {}
            CalendarKind::Hijri => return Err(Inexpressible::HijriMonths),
            CalendarKind::Other(calendar) => return Err(Inexpressible::OtherMonths(calendar)),
        }
        let is_yearly = step.is_multiple_of(12);
        let mut rule = match is_yearly {
            true => RecurrenceRule::every(step / 12, RuleUnit::Yearly),
            false => RecurrenceRule::every(step, RuleUnit::Monthly),
        };
        rule.month = is_yearly.then_some(first.month());
        match self.pattern {
            Pattern::Month { day } => set_day(&mut rule, day, first)?,
            Pattern::MonthNth { weekdays, nth } => set_nth(&mut rule, weekdays, nth)?,
            Pattern::MonthEnd | Pattern::Day | Pattern::Week(_) => rule.month_days = vec![-1],
        }
        Ok(rule)
    }
}

/// Weeks begin on Monday unless a rule says otherwise, and that matters only where a rule skips weeks and another
/// beginning would put some of its days into another week than the others.
fn week_start(step: u32, days: Weekdays, first: Weekday) -> Option<Weekday> {
    let is_before = |day: Weekday| day.to_monday_zero_offset() < first.to_monday_zero_offset();
    let is_parted = days.iter().any(is_before) && !days.iter().all(is_before);
    (step > 1 && is_parted).then_some(first)
}

/// A day that a month does not have is its last one; a rule would skip the month.
fn set_day(rule: &mut RecurrenceRule, day: u32, first: Date) -> Result<(), Inexpressible> {
    let wrong = Inexpressible::Day(day);
    let day = i8::try_from(day).map_err(|_| wrong)?;
    let always_there = match rule.month {
        None | Some(FEBRUARY) => 28,
        Some(_) => first.days_in_month(),
    };
    rule.month_days = match day {
        ..=0 | 32.. => return Err(wrong),
        day if day <= always_there => vec![day],
        _ if rule.month == Some(FEBRUARY) || day == 31 && rule.month.is_none() => vec![-1],
        _ if rule.month.is_some() => vec![always_there],
        day => {
            rule.position = Some(-1);
            (always_there..=day).collect()
        }
    };
    Ok(())
}

fn set_nth(rule: &mut RecurrenceRule, weekdays: Weekdays, nth: Nth) -> Result<(), Inexpressible> {
    let nth = match nth {
        Nth::Of(nth) => i8::try_from(nth).unwrap_or(1),
        Nth::Last => -1,
    };
    let days: Vec<_> = weekdays.iter().collect();
    match *days {
        [] => return Err(Inexpressible::NoWeekday),
        [weekday] => {
            let nth = Some(nth);
            rule.days = vec![DayOfRule { nth, weekday }];
        }
        [_, _, _, _, _, _, _] => rule.month_days = vec![nth],
        _ => {
            rule.days = days.into_iter().map(DayOfRule::every).collect();
            rule.position = Some(nth);
        }
    }
    Ok(())
}

const FEBRUARY: i8 = 2;

#[cfg(test)]
mod tests;
