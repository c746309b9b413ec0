//! Tasks and requests to do them ([MS-OXOTASK]).

use super::attachment::Attachment;
use super::guid::Guid;
use super::message::{Body, Message};
use super::property::{Property, Value};
use super::recipient::{Kind, Mailbox, Recipient};
use super::recurrence::Recurrence;
use super::time::Civil;

/// A task. Days are local; what a task says in UTC is their midnight.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// When work begins.
    pub start: Civil,
    /// When it shall be done.
    pub due: Civil,
    /// When it was done.
    pub completed: Option<Civil>,
    /// How far it is, in hundredths.
    pub percent: u32,
    /// What it is doing.
    pub status: Status,
    /// Whose it is.
    pub owner: Mailbox,
    /// Who gave it to them.
    pub assigner: Mailbox,
    /// How often.
    pub recurrence: Option<Recurrence>,
}

/// What a task is doing (§2.2.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not begun.
    NotStarted = 0,
    /// Begun.
    InProgress = 1,
    /// Done.
    Complete = 2,
    /// Waiting for somebody.
    Waiting = 3,
    /// Put off.
    Deferred = 4,
}

impl Task {
    /// A task that is begun.
    pub fn new(subject: &str, start: Civil, due: Civil) -> Self {
        Self {
            subject: subject.to_owned(),
            text: "As discussed.\r\n".to_owned(),
            start,
            due,
            completed: None,
            percent: 25,
            status: Status::InProgress,
            owner: Mailbox::new("Bernd Groß", "bernd.gross@contoso.com"),
            assigner: Mailbox::new("Anna Berg", "anna.berg@contoso.com"),
            recurrence: None,
        }
    }

    fn properties(&self) -> Vec<Property> {
        let mut properties = vec![
            task(0x8101, self.status as i32),
            task(0x8102, Value::F64(f64::from(self.percent) / 100.0)),
            task(0x8104, self.start),
            task(0x8105, self.due),
            task(0x811C, self.status == Status::Complete),
            task(0x811F, self.owner.name.as_str()),
            task(0x8121, self.assigner.name.as_str()),
            task(0x8126, self.recurrence.is_some()),
            task(0x8110, 90),
            task(0x8111, 480),
            Property::number(Guid::COMMON, 0x8516, self.start),
            Property::number(Guid::COMMON, 0x8517, self.due),
        ];
        if let Some(completed) = self.completed {
            properties.push(task(0x810F, completed));
        }
        if let Some(recurrence) = &self.recurrence {
            properties.push(task(0x8116, recurrence.pattern_blob(self.start)));
        }
        properties
    }
}

/// Messages about tasks.
impl Message {
    /// The task itself.
    pub fn task(task: &Task) -> Self {
        let mut message = Self::note(&task.subject)
            .of_class("IPM.Task")
            .body(Body::Plain(task.text.clone()))
            .with_all(task.properties());
        message.from = task.assigner.clone();
        message
    }

    /// Somebody shall do it: the task is an attachment that is not shown (§2.2.3).
    pub fn task_request(task: &Task) -> Self {
        // PidLidTaskMode: a request; the same number for request and task.
        let assigned = [
            Property::number(Guid::COMMON, 0x8518, 1),
            Property::number(Guid::COMMON, 0x8519, vec![7; 16]),
        ];
        let task_message = Self::task(task).with_all(assigned.clone());
        let mut request = Self::note(&format!("Task Request: {}", task.subject))
            .of_class("IPM.TaskRequest")
            .body(Body::Plain(task.text.clone()))
            .with_all(assigned)
            .attach(Attachment::message(&task.subject, task_message).hidden());
        request.from = task.assigner.clone();
        request.recipient(Recipient::new(task.owner.clone(), Kind::To))
    }
}

fn task(number: u32, value: impl Into<Value>) -> Property {
    Property::number(Guid::TASK, number, value)
}
