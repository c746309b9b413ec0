//! Meetings: invitations, answers and cancellations ([MS-OXOCAL]).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

mod calendar;
pub(super) mod read;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::{AppointmentRecurrence, BlobError, TimeZone, Uid};
use crate::icalendar::{Attendee, BusyStatus, Classification, Participation, Person};

/// A message about a meeting, or an appointment.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    /// What it asks for.
    pub request: Request,
    /// Its id in all calendars.
    pub uid: Uid,
    /// How often its time was changed.
    pub sequence: u32,
    /// When who sent this decided so.
    pub stamp: Option<Timestamp>,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
    /// Whether it lasts whole days.
    pub is_all_day: bool,
    /// The series it is.
    pub recurrence: Option<AppointmentRecurrence>,
    /// Why the series could not be read, where it could not.
    pub lost_recurrence: Option<BlobError>,
    /// Bodies of changed instances, and when each of these began before anything was changed.
    pub changed_bodies: Vec<(Timestamp, String)>,
    /// The one instance of a series it is.
    pub instance: Option<Instance>,
    /// By whose clocks.
    pub time_zone: Option<TimeZone>,
    /// Subject.
    pub subject: String,
    /// Where.
    pub location: Option<String>,
    /// The body as text. What is only in RTF or HTML is not here.
    pub body: Option<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Who may see it.
    pub classification: Classification,
    /// 1 is high, 5 is as usual, 9 is low.
    pub priority: u8,
    /// What the time is to be shown as.
    pub busy_status: BusyStatus,
    /// Minutes from the reminder to the start.
    pub reminder_minutes: Option<u32>,
    /// Who called it. Of an answer it is whom that was sent to, which only the header around a stream may say.
    pub organizer: Option<Person>,
    /// Who is invited. A stream that travels by itself often has no table of them: the header around it has.
    pub attendees: Vec<Attendee>,
}

/// What a message about a meeting asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Nothing: it is an appointment.
    Appointment,
    /// To come.
    Invitation,
    /// Not to come.
    Cancellation,
    /// To note an answer.
    Answer(Answer),
}

/// Somebody's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose, with the delegate that sent it.
    pub attendee: Person,
    /// Which.
    pub participation: Participation,
    /// The other time that is proposed.
    pub proposed: Option<[Timestamp; 2]>,
}

/// Which instance of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instance {
    /// The one that began then before anything was changed.
    At(Timestamp),
    /// The one of that day, which begins so many minutes after its midnight.
    On {
        /// The day.
        day: Date,
        /// The minutes, if known.
        minutes: Option<u32>,
    },
}
