//! Something at a time (RFC 5545 §3.6.1).

use super::{Calendar, Item, Moment};
use crate::content_line::ContentLines;

/// A VEVENT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it has in common with tasks.
    pub item: Item,
    /// DTSTART.
    pub start: Moment,
    /// DTEND, after the start and of its kind.
    pub end: Option<Moment>,
    /// Whether the time is taken.
    pub busy_status: BusyStatus,
}

/// What the time of an event is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BusyStatus {
    /// Free.
    Free,
    /// Perhaps taken.
    Tentative,
    /// Taken.
    #[default]
    Busy,
    /// Taken, and out of the office.
    OutOfOffice,
    /// At work elsewhere.
    WorkingElsewhere,
}

impl Event {
    pub(super) fn write(&self, calendar: &Calendar, lines: &mut ContentLines) {
        lines.component("VEVENT", |lines| {
            self.start.end(lines.line("DTSTART"));
            if let Some(end) = &self.end {
                end.end(lines.line("DTEND"));
            }
            self.item.write(calendar, lines);
            lines.line("TRANSP").value(self.busy_status.transparency());
            if calendar.profile.knows_microsoft() {
                let is_all_day = matches!(self.start, Moment::Day(_));
                let all_day = if is_all_day { "TRUE" } else { "FALSE" };
                lines.line("X-MICROSOFT-CDO-ALLDAYEVENT").value(all_day);
                let busy_status = self.busy_status.as_str();
                lines.line("X-MICROSOFT-CDO-BUSYSTATUS").value(busy_status);
            }
            self.item.write_alarm(lines);
        });
    }
}

impl BusyStatus {
    /// From PidLidBusyStatus ([MS-OXOCAL] 2.2.1.2).
    ///
    /// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
    pub fn of(number: u32) -> Self {
        match number {
            0 => Self::Free,
            1 => Self::Tentative,
            3 => Self::OutOfOffice,
            4 => Self::WorkingElsewhere,
            _ => Self::Busy,
        }
    }

    fn transparency(self) -> &'static str {
        match self {
            Self::Free | Self::WorkingElsewhere => "TRANSPARENT",
            Self::Tentative | Self::Busy | Self::OutOfOffice => "OPAQUE",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Tentative => "TENTATIVE",
            Self::Busy => "BUSY",
            Self::OutOfOffice => "OOF",
            Self::WorkingElsewhere => "WORKINGELSEWHERE",
        }
    }
}
