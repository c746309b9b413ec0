//! A point in time as iCalendar writes it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::content_line::ContentLine;

/// A day, a point in time in UTC, or one by the clocks of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Day(Date),
    /// UTC.
    Utc(Timestamp),
    /// Local time.
    Zoned {
        /// What clocks show there.
        local: DateTime,
        /// The id of the zone, which the calendar must hold.
        zone: String,
    },
}

impl Moment {
    /// Ends a line with it, after the parameters it needs.
    pub(super) fn end(&self, line: ContentLine<'_>) {
        let line = match self {
            Self::Day(_) => line.parameter("VALUE", "DATE"),
            Self::Utc(_) => line,
            Self::Zoned { zone, .. } => line.parameter("TZID", zone),
        };
        line.value(&self.to_text());
    }

    /// Its value without parameters.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Day(date) => day(*date),
            Self::Utc(at) => utc(*at),
            Self::Zoned { local, .. } => local_time(*local),
        }
    }

    /// Whether values of both can stand in one property.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Day(_), Self::Day(_)) | (Self::Utc(_), Self::Utc(_)) => true,
            (Self::Zoned { zone, .. }, Self::Zoned { zone: of, .. }) => zone == of,
            _ => false,
        }
    }
}

pub(super) fn day(date: Date) -> String {
    let mut text = String::with_capacity("00000000T000000Z".len());
    let year = date.year().clamp(0, 9999);
    push_two(&mut text, (year / 100) as i8);
    push_two(&mut text, (year % 100) as i8);
    push_two(&mut text, date.month());
    push_two(&mut text, date.day());
    text
}

/// RFC 5545 §3.3.5, form 1.
pub(super) fn local_time(local: DateTime) -> String {
    let mut text = day(local.date());
    text.push('T');
    push_two(&mut text, local.hour());
    push_two(&mut text, local.minute());
    push_two(&mut text, local.second());
    text
}

/// Two digits.
fn push_two(text: &mut String, number: i8) {
    let digit = |digit: i8| char::from(b'0' + digit.unsigned_abs() % 10);
    text.push(digit(number / 10));
    text.push(digit(number % 10));
}

/// RFC 5545 §3.3.5, form 2.
pub(super) fn utc(at: Timestamp) -> String {
    let mut text = local_time(Offset::UTC.to_datetime(at));
    text.push('Z');
    text
}

/// RFC 5545 §3.3.14.
pub(super) fn utc_offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let text = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    match seconds % 60 {
        0 => text,
        rest => format!("{text}{rest:02}"),
    }
}
