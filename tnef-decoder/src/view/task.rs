//! Tasks, and requests to do them ([MS-OXOTASK]).
//!
//! [MS-OXOTASK]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxotask/

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::meeting::read::{categories, classification, point, priority, text, unsigned};
use super::{lid, people};
use crate::calendar::{Inexpressible, Minutes, RecurrenceEnd, RecurrencePattern, Uid};
use crate::icalendar::{
    Alarm, Attendee, Calendar, Classification, Item, Method, Moment, Participation, Person,
    Profile, Role, RuleEnd, Status, Todo, UserKind,
};
use crate::limits::Limits;
use crate::message::Message;
use crate::properties::Properties;
use crate::property_id as id;
use crate::value::Value;

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What the message asks for.
    pub request: TaskRequest,
    /// Its id in all lists.
    pub uid: String,
    /// How often it was changed.
    pub version: u32,
    /// When it was sent.
    pub stamp: Option<Timestamp>,
    /// Subject.
    pub subject: String,
    /// The body as text.
    pub body: Option<String>,
    /// The day to begin on.
    pub start: Option<Date>,
    /// The day it is due.
    pub due: Option<Date>,
    /// When it was done.
    pub completed: Option<Timestamp>,
    /// How far it is, at most 100.
    pub percent: u8,
    /// Not begun, begun or done.
    pub status: Status,
    /// How it repeats.
    pub recurrence: Option<RecurrencePattern>,
    /// Categories.
    pub categories: Vec<String>,
    /// Who may see it.
    pub classification: Classification,
    /// 1 is high, 5 is as usual, 9 is low.
    pub priority: u8,
    /// When to be reminded.
    pub reminder: Option<Timestamp>,
    /// Who sent the message.
    pub author: Option<Person>,
    /// To whom; a stream that travels by itself often does not say.
    pub recipients: Vec<Person>,
}

/// What a message about a task asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskRequest {
    /// Nothing.
    Task,
    /// To do it.
    Assignment,
    /// To note that it will be done.
    Acceptance,
    /// To note that it will not be done.
    Refusal,
    /// To note how far it is.
    Update,
}

impl Task {
    /// The task of a message; `None` if there is none. A request holds its task as a message within.
    pub fn read(message: &Message<'_>, limits: &Limits) -> Option<Self> {
        let request = TaskRequest::of(&message.class)?;
        if request == TaskRequest::Task {
            return Some(Self::of(message, message, request));
        }
        let within = message.attachments.iter();
        let mut within = within.filter_map(|attachment| attachment.embedded(limits)?.ok());
        let task = within.find(|inner| TaskRequest::of(&inner.class) == Some(TaskRequest::Task));
        Some(Self::of(message, task.as_ref().unwrap_or(message), request))
    }

    /// The calendar for a reader.
    pub fn calendar(&self, profile: Profile) -> Calendar {
        Calendar {
            method: self.request.method(),
            profile,
            time_zones: Vec::new(),
            events: Vec::new(),
            todos: vec![self.todo()],
        }
    }

    /// Why it repeats and no rule says how.
    pub fn no_rule(&self) -> Option<Inexpressible> {
        let pattern = self.recurrence.as_ref()?;
        pattern.rule(pattern.start.date(), RuleEnd::Never).err()
    }

    fn of(message: &Message<'_>, task: &Message<'_>, request: TaskRequest) -> Self {
        let properties = &task.properties;
        let is_done = properties.boolean(lid::TASK_COMPLETE).unwrap_or(false);
        let recurrence = properties.binary(lid::TASK_RECURRENCE);
        let recipients = message.recipients.iter();
        Self {
            request,
            uid: uid(properties, &message.properties),
            version: unsigned(properties, lid::TASK_VERSION).unwrap_or(0),
            stamp: point(&message.properties, id::CLIENT_SUBMIT_TIME)
                .or_else(|| point(properties, id::LAST_MODIFICATION_TIME)),
            subject: text(properties, id::SUBJECT)
                .or_else(|| text(&message.properties, id::SUBJECT))
                .unwrap_or_default(),
            body: text(properties, id::BODY).or_else(|| text(&message.properties, id::BODY)),
            start: day(properties, lid::TASK_START_DATE),
            due: day(properties, lid::TASK_DUE_DATE),
            completed: point(properties, lid::TASK_DATE_COMPLETED).filter(|_| is_done),
            percent: percent(properties),
            status: status(unsigned(properties, lid::TASK_STATUS), is_done),
            recurrence: recurrence.and_then(|octets| RecurrencePattern::read(octets).ok()),
            categories: categories(properties),
            classification: classification(properties),
            priority: priority(properties),
            reminder: point(properties, lid::REMINDER_TIME)
                .filter(|_| properties.boolean(lid::REMINDER_SET).unwrap_or(false)),
            author: people::author(&message.properties),
            recipients: recipients.map(|row| people::recipient(&row)).collect(),
        }
    }

    fn todo(&self) -> Todo {
        let stamp = self.stamp.unwrap_or(Timestamp::UNIX_EPOCH);
        let mut item = Item::new(&self.uid, stamp, &self.subject);
        item.sequence = self.version;
        item.description = self.body.clone();
        item.categories = self.categories.clone();
        item.classification = self.classification;
        item.priority = self.priority;
        item.status = Some(self.status);
        item.alarm = self.reminder.map(Alarm::At);
        self.set_people(&mut item);
        let due = self.due;
        // RFC 5545 §3.8.2.3: never before the start.
        let start = self
            .start
            .filter(|start| due.is_none_or(|due| *start <= due));
        let start = start.or(self.recurrence.as_ref().and(due));
        item.recurrence.rule = start.and_then(|start| self.rule(start));
        Todo {
            item,
            start: start.map(Moment::Day),
            due: due.map(Moment::Day),
            completed: self.completed,
            percent: self.percent,
        }
    }

    fn set_people(&self, item: &mut Item) {
        let first = self.recipients.first().cloned();
        match self.request {
            TaskRequest::Task => {}
            TaskRequest::Assignment => {
                item.organizer = self.author.clone();
                let asked = |person: &Person| attendee(person.clone(), Participation::NeedsAction);
                item.attendees = self.recipients.iter().map(asked).collect();
            }
            TaskRequest::Acceptance | TaskRequest::Refusal | TaskRequest::Update => {
                item.organizer = first;
                let participation = match self.request {
                    TaskRequest::Refusal => Participation::Declined,
                    _ => Participation::Accepted,
                };
                let author = self.author.clone();
                item.attendees = author
                    .map(|one| attendee(one, participation))
                    .into_iter()
                    .collect();
            }
        }
    }

    fn rule(&self, start: Date) -> Option<crate::icalendar::RecurrenceRule> {
        let pattern = self.recurrence.as_ref()?;
        let end = match pattern.end {
            RecurrenceEnd::Never => RuleEnd::Never,
            RecurrenceEnd::Date if pattern.end_date >= Minutes::NEVER => RuleEnd::Never,
            RecurrenceEnd::Date => RuleEnd::Until(Moment::Day(pattern.end_date.date())),
            RecurrenceEnd::Count => RuleEnd::Count(pattern.occurrences),
        };
        pattern.rule(start, end).ok()
    }
}

impl TaskRequest {
    fn of(class: &str) -> Option<Self> {
        let class = class.to_ascii_lowercase();
        match class.strip_prefix("ipm.task") {
            Some("request") => Some(Self::Assignment),
            Some("request.accept") => Some(Self::Acceptance),
            Some("request.decline") => Some(Self::Refusal),
            Some("request.update") => Some(Self::Update),
            Some("") => Some(Self::Task),
            Some(custom) if custom.starts_with('.') => Some(Self::Task),
            _ => None,
        }
    }

    fn method(self) -> Method {
        match self {
            Self::Task => Method::Publish,
            Self::Assignment => Method::Request,
            Self::Acceptance | Self::Refusal | Self::Update => Method::Reply,
        }
    }
}

fn attendee(person: Person, participation: Participation) -> Attendee {
    Attendee {
        person,
        kind: UserKind::Individual,
        role: Role::Required,
        participation,
        wants_answer: participation == Participation::NeedsAction,
    }
}

fn uid(task: &Properties<'_>, message: &Properties<'_>) -> String {
    let octets = task
        .binary(lid::TASK_GLOBAL_ID)
        .or_else(|| task.binary(id::SEARCH_KEY))
        .or_else(|| message.binary(id::SEARCH_KEY))
        .filter(|octets| !octets.is_empty());
    match octets {
        Some(octets) => Uid::of(octets).as_str().to_owned(),
        None => {
            let message_id = text(message, id::INTERNET_MESSAGE_ID);
            let message_id = message_id.as_deref().unwrap_or("task");
            message_id.trim_matches(['<', '>']).to_owned()
        }
    }
}

/// [MS-OXOTASK] 2.2.2.2.4: a midnight, local time written as if it were UTC.
///
/// [MS-OXOTASK]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxotask/
fn day(properties: &Properties<'_>, key: (crate::guid::Guid, u32)) -> Option<Date> {
    let date = Offset::UTC.to_datetime(point(properties, key)?).date();
    // The year 4501 stands for no day.
    (date.year() < YEAR_OF_NO_DAY).then_some(date)
}

fn percent(properties: &Properties<'_>) -> u8 {
    match properties.get(lid::PERCENT_COMPLETE) {
        Some(Value::Double(share)) => (share.clamp(0.0, 1.0) * 100.0).round() as u8,
        _ => 0,
    }
}

fn status(status: Option<u32>, is_done: bool) -> Status {
    match (status, is_done) {
        (Some(2), _) | (_, true) => Status::Completed,
        (Some(1 | 3), _) => Status::InProcess,
        _ => Status::NeedsAction,
    }
}

const YEAR_OF_NO_DAY: i16 = 4501;
