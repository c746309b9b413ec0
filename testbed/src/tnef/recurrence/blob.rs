//! The blob: RecurrencePattern (§2.2.1.44.1) and what AppointmentRecurrencePattern (§2.2.1.44.5) adds.

use super::{End, Exception, Pattern, Recurrence, week};
use crate::tnef::codepage::CodePage;
use crate::tnef::octets::Octets;
use crate::tnef::time::Civil;

pub(super) fn write(series: &Recurrence, start: Civil, end: Civil) -> Vec<u8> {
    let mut out = Octets::new();
    out.raw(&write_pattern(series, start));
    let start_of_day = start.minute_of_day() as u32;
    let duration = end.minutes() - start.minutes();
    out.u32(0x3006).u32(0x3009);
    out.u32(start_of_day).u32(start_of_day + duration);
    let exceptions = sorted(&series.exceptions);
    out.u16(exceptions.len() as u16);
    exceptions.iter().for_each(|e| exception(e, &mut out));
    out.u32(0);
    exceptions
        .iter()
        .for_each(|e| extended_exception(e, &mut out));
    out.u32(0).finish()
}

pub(super) fn write_pattern(series: &Recurrence, start: Civil) -> Vec<u8> {
    let first = start.midnight();
    let mut out = Octets::new();
    let (frequency, kind, period) = series.pattern.numbers();
    out.u16(0x3004).u16(0x3004).u16(frequency).u16(kind);
    // The default calendar.
    out.u16(0);
    out.u32(series.first_date_time(first)).u32(period).u32(0);
    specific(series.pattern, first, &mut out);
    ending(series, first, &mut out);
    out.finish()
}

impl Pattern {
    /// RecurFrequency, PatternType, Period.
    fn numbers(self) -> (u16, u16, u32) {
        match self {
            Self::Daily { every } => (0x200A, 0, every as u32 * 1440),
            Self::Weekly { every, .. } => (0x200B, 1, every as u32),
            Self::Monthly { every, .. } => (0x200C, 2, every as u32),
            Self::MonthlyNth { every, .. } => (0x200C, 3, every as u32),
            Self::Yearly => (0x200D, 2, 12),
            Self::YearlyNth { .. } => (0x200D, 3, 12),
        }
    }
}

impl Recurrence {
    /// FirstDateTime: what the first day, week or month leaves, divided by the period.
    fn first_date_time(&self, first: Civil) -> u32 {
        let (_, _, period) = self.pattern.numbers();
        match self.pattern {
            Pattern::Daily { .. } => first.minutes() % period,
            Pattern::Weekly { .. } => week(first, self.week_begins).minutes() % (period * 10_080),
            _ => {
                let (year, month, _) = first.ymd();
                let months = ((year - 1601) * 12 + month - 1) % i64::from(period);
                let (year, month) = (1601 + months / 12, months % 12 + 1);
                Civil::date(year, month, 1).minutes()
            }
        }
    }
}

fn specific(pattern: Pattern, first: Civil, out: &mut Octets) {
    match pattern {
        Pattern::Daily { .. } => out,
        Pattern::Weekly { days, .. } => out.u32(days),
        Pattern::Monthly { day, .. } => out.u32(day as u32),
        Pattern::Yearly => out.u32(first.ymd().2 as u32),
        Pattern::MonthlyNth { days, nth, .. } | Pattern::YearlyNth { days, nth } => {
            out.u32(days).u32(nth as u32)
        }
    };
}

fn ending(series: &Recurrence, first: Civil, out: &mut Octets) {
    let days = series.days(first, INSTANCES_MAX);
    let last = days.last().map_or(first, |day| *day);
    let (kind, count, last) = match series.end {
        End::By(day) => (0x2021, days.len(), day.minutes()),
        End::After(count) => (0x2022, count, last.minutes()),
        End::Never => (0x2023, 10, NEVER),
    };
    out.u32(kind)
        .u32(count as u32)
        .u32(series.week_begins as u32);
    // Days of instances that differ are listed among the deleted ones, and again where they went.
    let moved_from = series.exceptions.iter().map(|e| e.original.midnight());
    let moved_to = series.exceptions.iter().map(|e| e.start.midnight());
    let gone = series.deleted.iter().copied().chain(moved_from).collect();
    dates(gone, out);
    dates(moved_to.collect(), out);
    out.u32(first.minutes()).u32(last);
}

fn dates(mut dates: Vec<Civil>, out: &mut Octets) {
    dates.sort();
    out.u32(dates.len() as u32);
    for date in dates {
        out.u32(date.minutes());
    }
}

/// ExceptionInfo (§2.2.1.44.2).
fn exception(exception: &Exception, out: &mut Octets) {
    times(exception, out);
    out.u16(flags(exception));
    if let Some(subject) = &exception.subject {
        old_text(subject, out);
    }
    if let Some(minutes) = exception.reminder {
        out.u32(minutes).u32(1);
    }
    if let Some(location) = &exception.location {
        old_text(location, out);
    }
    if let Some(busy) = exception.busy {
        out.u32(busy);
    }
    if let Some(all_day) = exception.all_day {
        out.u32(u32::from(all_day));
    }
}

/// ExtendedException (§2.2.1.44.4): the same texts in UTF-16.
fn extended_exception(exception: &Exception, out: &mut Octets) {
    // ChangeHighlight, and the first reserved block.
    out.u32(4).u32(0).u32(0);
    if exception.subject.is_none() && exception.location.is_none() {
        return;
    }
    times(exception, out);
    for text in [&exception.subject, &exception.location]
        .into_iter()
        .flatten()
    {
        out.u16(text.encode_utf16().count() as u16).utf16(text);
    }
    out.u32(0);
}

/// In the order in which they take place, as the lists of dates are.
fn sorted(exceptions: &[Exception]) -> Vec<Exception> {
    let mut exceptions = exceptions.to_vec();
    exceptions.sort_by_key(|exception| exception.start);
    exceptions
}

fn times(exception: &Exception, out: &mut Octets) {
    out.u32(exception.start.minutes());
    out.u32(exception.end.minutes());
    out.u32(exception.original.minutes());
}

fn flags(exception: &Exception) -> u16 {
    let bits = [
        (exception.subject.is_some(), 0x01),
        (exception.reminder.is_some(), 0x04 | 0x08),
        (exception.location.is_some(), 0x10),
        (exception.busy.is_some(), 0x20),
        (exception.all_day.is_some(), 0x80),
    ];
    bits.iter()
        .filter(|(set, _)| *set)
        .fold(0, |flags, (_, bit)| flags | bit)
}

/// The length with a NUL that is not there, the length, the text.
fn old_text(text: &str, out: &mut Octets) {
    let octets = CodePage::Windows1252.encode(text);
    let length = octets.len() as u16;
    out.u16(length + 1).u16(length).raw(&octets);
}

const INSTANCES_MAX: usize = 999;
/// 31 August 4500: no end.
const NEVER: u32 = 0x5AE9_80DF;
