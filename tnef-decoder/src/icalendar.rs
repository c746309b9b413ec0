//! iCalendar objects and their text (RFC 5545, RFC 5546).
//!
//! A [`Calendar`] is data; [`Calendar::to_text`] writes it. Time is always a date, UTC or local time of a zone that the
//! calendar holds: floating time cannot be said.

mod attendee;
mod event;
mod item;
mod moment;
mod recurrence_rule;
mod time_zone;
mod todo;

pub(crate) use attendee::uri;
pub use attendee::{Attendee, Participation, Person, Role, UserKind};
pub use event::{BusyStatus, Event};
pub use item::{Alarm, Classification, Item, Recurrence, Status};
pub use moment::Moment;
pub use recurrence_rule::{DayOfRule, RecurrenceRule, RuleEnd, RuleUnit};
pub use time_zone::{Observance, ObservanceKind, VTimeZone};
pub use todo::Todo;

use crate::content_line::ContentLines;

/// A VCALENDAR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What it asks its reader to do.
    pub method: Method,
    /// Whom it is written for.
    pub profile: Profile,
    /// The zones that its events name.
    pub time_zones: Vec<VTimeZone>,
    /// Events; a series first, then its changed instances.
    pub events: Vec<Event>,
    /// Tasks.
    pub todos: Vec<Todo>,
}

/// An iTIP method (RFC 5546 §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// For information.
    Publish,
    /// An invitation, or a change to one.
    Request,
    /// An attendee's answer.
    Reply,
    /// It will not be.
    Cancel,
    /// An attendee proposes another time.
    Counter,
}

/// What the reader's calendar understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// Whatever the RFCs say, and the properties by which Outlook gets back what it knew.
    #[default]
    Standard,
    /// HCL Notes and Domino: as above. They demand METHOD, ORGANIZER and a VTIMEZONE, which are always there.
    Domino,
    /// GroupWise: it keeps each instance of a series by itself. Rules beyond the simple ones are written out as days,
    /// and properties of others are left out, since it discards what it does not like.
    GroupWise,
}

impl Calendar {
    /// Its text: UTF-8, lines of at most 75 octets, CRLF.
    pub fn to_text(&self) -> String {
        let mut lines = ContentLines::default();
        lines.component("VCALENDAR", |lines| {
            lines.line("PRODID").value(PRODUCT);
            lines.line("VERSION").value("2.0");
            lines.line("METHOD").value(self.method.as_str());
            for time_zone in &self.time_zones {
                time_zone.write(lines);
            }
            for event in &self.events {
                event.write(self, lines);
            }
            for todo in &self.todos {
                todo.write(self, lines);
            }
        });
        lines.finish()
    }
}

impl Method {
    /// As METHOD and the parameter of `text/calendar` name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Cancel => "CANCEL",
            Self::Counter => "COUNTER",
        }
    }
}

impl Profile {
    /// Whether every rule of RFC 5545 is understood.
    pub(crate) fn knows_all_rules(self) -> bool {
        match self {
            Self::Standard | Self::Domino => true,
            Self::GroupWise => false,
        }
    }

    /// Whether properties of Microsoft are worth writing.
    pub(crate) fn knows_microsoft(self) -> bool {
        match self {
            Self::Standard | Self::Domino => true,
            Self::GroupWise => false,
        }
    }
}

const PRODUCT: &str = "-//twinmx//TNEF decoder//EN";
