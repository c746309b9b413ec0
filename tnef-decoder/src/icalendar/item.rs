//! What events and tasks have in common.

use jiff::Timestamp;

use super::moment::utc;
use super::{Attendee, Calendar, Moment, Person, RecurrenceRule};
use crate::content_line::ContentLines;

/// The properties of an event or a task that both can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// UID.
    pub uid: String,
    /// DTSTAMP.
    pub stamp: Timestamp,
    /// SEQUENCE.
    pub sequence: u32,
    /// RECURRENCE-ID: which instance of a series it is.
    pub recurrence_id: Option<Moment>,
    /// How it repeats.
    pub recurrence: Recurrence,
    /// SUMMARY.
    pub summary: String,
    /// LOCATION.
    pub location: Option<String>,
    /// DESCRIPTION.
    pub description: Option<String>,
    /// COMMENT: what the sender of an answer says.
    pub comment: Option<String>,
    /// CATEGORIES.
    pub categories: Vec<String>,
    /// CLASS.
    pub classification: Classification,
    /// PRIORITY: 1 is high, 5 is as usual, 9 is low.
    pub priority: u8,
    /// STATUS.
    pub status: Option<Status>,
    /// ORGANIZER.
    pub organizer: Option<Person>,
    /// ATTENDEE.
    pub attendees: Vec<Attendee>,
    /// VALARM.
    pub alarm: Option<Alarm>,
}

/// How something repeats: by a rule or on listed days, but not on some.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recurrence {
    /// RRULE.
    pub rule: Option<RecurrenceRule>,
    /// RDATE; the first one of all is the start and needs none.
    pub dates: Vec<Moment>,
    /// EXDATE.
    pub excluded: Vec<Moment>,
}

/// Who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Classification {
    /// Everybody.
    #[default]
    Public,
    /// Only who is involved.
    Private,
    /// Nobody beyond who got it.
    Confidential,
}

/// STATUS (RFC 5545 §3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// An event that will be.
    Confirmed,
    /// An event that may be.
    Tentative,
    /// It will not be.
    Cancelled,
    /// A task not begun.
    NeedsAction,
    /// A task begun.
    InProcess,
    /// A task done.
    Completed,
}

/// A reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// Minutes before the start.
    Before {
        /// How many.
        minutes: u32,
    },
    /// At a point in time.
    At(Timestamp),
}

impl Item {
    /// One that has no more than an id, a stamp and a summary.
    pub fn new(uid: &str, stamp: Timestamp, summary: &str) -> Self {
        Self {
            uid: uid.to_owned(),
            stamp,
            sequence: 0,
            recurrence_id: None,
            recurrence: Recurrence::default(),
            summary: summary.to_owned(),
            location: None,
            description: None,
            comment: None,
            categories: Vec::new(),
            classification: Classification::Public,
            priority: USUAL_PRIORITY,
            status: None,
            organizer: None,
            attendees: Vec::new(),
            alarm: None,
        }
    }

    pub(super) fn write(&self, calendar: &Calendar, lines: &mut ContentLines) {
        lines.line("UID").text(&self.uid);
        lines.line("DTSTAMP").value(&utc(self.stamp));
        lines.line("SEQUENCE").value(&self.sequence.to_string());
        if let Some(recurrence_id) = &self.recurrence_id {
            recurrence_id.end(lines.line("RECURRENCE-ID"));
        }
        self.recurrence.write(lines);
        self.write_texts(lines);
        lines.line("CLASS").value(self.classification.as_str());
        lines.line("PRIORITY").value(&self.priority.to_string());
        if calendar.profile.knows_microsoft() {
            lines
                .line("X-MICROSOFT-CDO-IMPORTANCE")
                .value(self.importance());
        }
        if let Some(status) = self.status {
            lines.line("STATUS").value(status.as_str());
        }
        if let Some(organizer) = &self.organizer {
            organizer.end(lines.line("ORGANIZER"));
        }
        for attendee in &self.attendees {
            attendee.end(lines.line("ATTENDEE"));
        }
    }

    pub(super) fn write_alarm(&self, lines: &mut ContentLines) {
        let Some(alarm) = self.alarm else { return };
        lines.component("VALARM", |lines| {
            lines.line("ACTION").value("DISPLAY");
            // RFC 5545 §3.6.6 demands one.
            lines.line("DESCRIPTION").value("Reminder");
            match alarm {
                Alarm::Before { minutes } => lines.line("TRIGGER").value(&format!("-PT{minutes}M")),
                Alarm::At(at) => lines
                    .line("TRIGGER")
                    .parameter("VALUE", "DATE-TIME")
                    .value(&utc(at)),
            }
        });
    }

    fn write_texts(&self, lines: &mut ContentLines) {
        lines.line("SUMMARY").text(&self.summary);
        let texts = [
            ("LOCATION", &self.location),
            ("DESCRIPTION", &self.description),
            ("COMMENT", &self.comment),
        ];
        for (name, text) in texts {
            if let Some(text) = text.as_deref() {
                lines.line(name).text(text);
            }
        }
        if !self.categories.is_empty() {
            let categories = self.categories.iter().map(String::as_str);
            lines.line("CATEGORIES").texts(categories, ',');
        }
    }

    fn importance(&self) -> &'static str {
        match self.priority {
            1..=4 => "2",
            6..=9 => "0",
            _ => "1",
        }
    }
}

impl Recurrence {
    fn write(&self, lines: &mut ContentLines) {
        if let Some(rule) = &self.rule {
            lines.line("RRULE").value(&rule.to_text());
        }
        write_moments(lines, "RDATE", &self.dates);
        write_moments(lines, "EXDATE", &self.excluded);
    }
}

/// One line for those that share their parameters.
fn write_moments(lines: &mut ContentLines, name: &str, moments: &[Moment]) {
    for alike in moments.chunk_by(Moment::is_like) {
        let [first, more @ ..] = alike else { continue };
        let line = match first {
            Moment::Day(_) => lines.line(name).parameter("VALUE", "DATE"),
            Moment::Utc(_) => lines.line(name),
            Moment::Zoned { zone, .. } => lines.line(name).parameter("TZID", zone),
        };
        let more = more.iter().map(|moment| format!(",{}", moment.to_text()));
        line.value(&(first.to_text() + &more.collect::<String>()));
    }
}

impl Classification {
    fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Private => "PRIVATE",
            Self::Confidential => "CONFIDENTIAL",
        }
    }
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
            Self::NeedsAction => "NEEDS-ACTION",
            Self::InProcess => "IN-PROCESS",
            Self::Completed => "COMPLETED",
        }
    }
}

const USUAL_PRIORITY: u8 = 5;
