//! A time zone as iCalendar has it (RFC 5545 §3.6.5).

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::RecurrenceRule;
use super::moment::{local_time, utc_offset};
use crate::content_line::ContentLines;

/// A VTIMEZONE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VTimeZone {
    /// TZID, not empty.
    pub id: String,
    /// What holds when; at least one.
    pub observances: Vec<Observance>,
}

/// STANDARD or DAYLIGHT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observance {
    /// Which of both.
    pub kind: ObservanceKind,
    /// When it begins first, in local time before that.
    pub start: DateTime,
    /// The offset before.
    pub offset_from: Offset,
    /// The offset from then on.
    pub offset_to: Offset,
    /// How it begins again.
    pub rule: Option<RecurrenceRule>,
}

/// The two kinds of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservanceKind {
    /// Standard time.
    Standard,
    /// Daylight-saving time.
    Daylight,
}

impl VTimeZone {
    pub(super) fn write(&self, lines: &mut ContentLines) {
        lines.component("VTIMEZONE", |lines| {
            lines.line("TZID").text(&self.id);
            for observance in &self.observances {
                observance.write(lines);
            }
        });
    }
}

impl Observance {
    fn write(&self, lines: &mut ContentLines) {
        let name = match self.kind {
            ObservanceKind::Standard => "STANDARD",
            ObservanceKind::Daylight => "DAYLIGHT",
        };
        lines.component(name, |lines| {
            lines.line("DTSTART").value(&local_time(self.start));
            if let Some(rule) = &self.rule {
                lines.line("RRULE").value(&rule.to_text());
            }
            let [from, to] = [self.offset_from, self.offset_to].map(utc_offset);
            lines.line("TZOFFSETFROM").value(&from);
            lines.line("TZOFFSETTO").value(&to);
        });
    }
}
