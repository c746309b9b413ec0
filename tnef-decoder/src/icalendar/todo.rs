//! Something to do (RFC 5545 §3.6.2).

use jiff::Timestamp;

use super::moment::utc;
use super::{Calendar, Item, Moment};
use crate::content_line::ContentLines;

/// A VTODO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// What it has in common with events.
    pub item: Item,
    /// DTSTART.
    pub start: Option<Moment>,
    /// DUE, not before the start and of its kind.
    pub due: Option<Moment>,
    /// COMPLETED.
    pub completed: Option<Timestamp>,
    /// PERCENT-COMPLETE, at most 100.
    pub percent: u8,
}

impl Todo {
    pub(super) fn write(&self, calendar: &Calendar, lines: &mut ContentLines) {
        lines.component("VTODO", |lines| {
            if let Some(start) = &self.start {
                start.end(lines.line("DTSTART"));
            }
            if let Some(due) = &self.due {
                due.end(lines.line("DUE"));
            }
            if let Some(completed) = self.completed {
                lines.line("COMPLETED").value(&utc(completed));
            }
            let percent = self.percent.min(100);
            lines.line("PERCENT-COMPLETE").value(&percent.to_string());
            self.item.write(calendar, lines);
            self.item.write_alarm(lines);
        });
    }
}
