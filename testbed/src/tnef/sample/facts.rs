//! What is true of a sample, whoever reads it.

use crate::tnef::attachment::{Attachment, Content};
use crate::tnef::contact::Contact;
use crate::tnef::meeting::Meeting;
use crate::tnef::message::{Body, Message};
use crate::tnef::property::{Name, Value};
use crate::tnef::recipient::{Kind, Mailbox};
use crate::tnef::report::{Fate, Original};
use crate::tnef::tag;
use crate::tnef::task::Task;

/// What is true of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Whether a reader can make something of it.
    pub state: State,
    /// The class that counts.
    pub class: String,
    /// The subject.
    pub subject: String,
    /// The text, if it is written as such.
    pub text: Option<String>,
    /// The HTML, whether it is in a property or in RTF.
    pub html: Option<String>,
    /// The RTF, not compressed.
    pub rtf: Option<Vec<u8>>,
    /// The attachments, in their order.
    pub files: Vec<File>,
    /// What it is about, if it is about a meeting.
    pub calendar: Option<Calendar>,
    /// What it is or reports, if it is neither mail nor about a meeting.
    pub item: Option<Item>,
    /// What else must not be lost, as words that are to be found in the result.
    pub said: Vec<String>,
}

/// Whether a reader can make something of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is as it should be.
    Whole,
    /// It is damaged, but everything that is true of it can be read.
    Readable,
    /// The end is missing, with the last attachment's properties or more.
    Cut,
    /// It is no TNEF, or nothing is in it.
    Nothing,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its name; empty: it has none.
    pub name: String,
    /// Its octets; of an object, those of the compound file; of a message, none.
    pub octets: Vec<u8>,
    /// What the HTML refers to it by.
    pub content_id: Option<String>,
    /// Whether it is not shown.
    pub hidden: bool,
    /// What is true of it, if it is a message.
    pub message: Option<Box<Facts>>,
    /// The file in it, if it is a package: name and octets.
    pub package: Option<(String, Vec<u8>)>,
}

/// A meeting as iCalendar has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// METHOD (RFC 5546 §1.4); `None`: a notice to people.
    pub method: Option<&'static str>,
    /// UID.
    pub uid: String,
    /// The meeting, with times, people and series.
    pub meeting: Meeting,
    /// Beginning and end in UTC, as `20260105T083000`.
    pub utc: (String, String),
    /// RRULE's value without its UNTIL.
    pub rule: Option<&'static str>,
    /// When the instances begin, in UTC; of a series without end the first fifty.
    pub instances: Vec<String>,
    /// Role and address of each attendee.
    pub attendees: Vec<(&'static str, String)>,
    /// Who answers, and with which PARTSTAT.
    pub answer: Option<(Mailbox, &'static str)>,
    /// The other time, in UTC.
    pub proposed: Option<(String, String)>,
}

/// What a message is or reports.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A task, or the request to do it.
    Task(Task),
    /// A contact.
    Contact(Box<Contact>),
    /// A group.
    Group(Vec<Mailbox>),
    /// A receipt, and whether it was read.
    Receipt(Original, bool),
    /// What arrived.
    Delivered(Original, Vec<Mailbox>),
    /// What did not.
    Undelivered(Original, Vec<Fate>),
    /// Signed: the entity that a verifier must see.
    Signed(Vec<u8>),
    /// Encrypted: the object.
    Enveloped(Vec<u8>),
}

impl Facts {
    /// What is true of any message.
    pub(super) fn of(message: &Message) -> Self {
        let bodies = &message.bodies;
        Self {
            state: State::Whole,
            class: message.class.clone(),
            subject: message.subject.clone(),
            text: bodies.iter().find_map(|body| match body {
                Body::Plain(text) | Body::Legacy(text) => Some(text.clone()),
                _ => None,
            }),
            html: bodies.iter().find_map(|body| match body {
                Body::Html(html, _) => Some(html.clone()),
                _ => None,
            }),
            rtf: bodies.iter().find_map(|body| match body {
                Body::Rtf(rtf) | Body::StoredRtf(rtf) => Some(rtf.clone()),
                _ => None,
            }),
            files: message.attachments.iter().map(File::of).collect(),
            calendar: None,
            item: None,
            said: Vec::new(),
        }
    }
}

impl File {
    fn of(attachment: &Attachment) -> Self {
        let property = |tag| {
            let mut properties = attachment.properties.iter();
            let property = properties.find(|p| p.name == Name::Tag(tag));
            property.map(|property| property.value.clone())
        };
        let content_id = match property(tag::ATTACH_CONTENT_ID) {
            Some(Value::Text(id)) => Some(id),
            _ => None,
        };
        let (octets, message) = match &attachment.content {
            Content::Value(octets)
            | Content::Property(octets)
            | Content::Ole(octets)
            | Content::OldOle(octets) => (octets.clone(), None),
            Content::Message(message) => (Vec::new(), Some(Box::new(Facts::of(message)))),
            Content::Nothing => (Vec::new(), None),
        };
        Self {
            name: attachment.name.clone(),
            octets,
            content_id,
            hidden: property(tag::ATTACHMENT_HIDDEN) == Some(Value::Bool(true)),
            message,
            package: None,
        }
    }
}

impl Calendar {
    /// What is true of any message about the meeting.
    pub(super) fn of(method: &'static str, meeting: &Meeting) -> Self {
        let utc = |local| meeting.zone.utc(local).basic();
        let role = |kind: &Kind| match kind {
            Kind::To => "REQ-PARTICIPANT",
            Kind::Cc => "OPT-PARTICIPANT",
            Kind::Bcc => "NON-PARTICIPANT",
        };
        let starts = match &meeting.recurrence {
            Some(recurrence) => recurrence.starts(meeting.start, 50),
            None => vec![meeting.start],
        };
        Self {
            method: Some(method),
            uid: meeting.uid.text(),
            utc: (utc(meeting.start), utc(meeting.end)),
            rule: None,
            instances: starts.into_iter().map(utc).collect(),
            attendees: meeting
                .attendees
                .iter()
                .map(|(mailbox, kind)| (role(kind), mailbox.address.clone()))
                .collect(),
            answer: None,
            proposed: None,
            meeting: meeting.clone(),
        }
    }

    pub(super) fn ruled(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }
}
