//! What a message is beside mail: about a meeting, a task, a contact, a report.

use tnef_decoder::view::{Contact, Meeting, Report, Task};
use tnef_decoder::{Limits, Message};

use super::attachment::Merged;
use super::said::Said;
use super::{Composer, file_name, meeting};
use crate::entity::{Disposition, Entity, Label};
use crate::outer::Outer;
use crate::report::Outcome;

/// What a message is.
#[derive(Debug)]
pub(crate) enum Item {
    /// About a meeting.
    Meeting(Box<Meeting>),
    /// A note that a meeting was forwarded.
    ForwardNotice,
    /// A task, or the request to do it.
    Task(Box<Task>),
    /// A contact or a group.
    Contact(Box<Contact>),
    /// A receipt or a report on delivery.
    Report(Box<Report>),
    /// Mail of a class that is known to be no more than that.
    Mail,
    /// Of a class that nobody told us of.
    Unknown,
}

impl Item {
    pub(crate) fn read(message: &Message<'_>, limits: &Limits) -> Self {
        let class = message.class.as_ref();
        if let Some(meeting) = Meeting::read(message, limits) {
            return Self::Meeting(Box::new(meeting));
        }
        if meeting::is_forward_notice(class) {
            return Self::ForwardNotice;
        }
        if let Some(task) = Task::read(message, limits) {
            return Self::Task(Box::new(task));
        }
        if let Some(contact) = Contact::read(message) {
            return Self::Contact(Box::new(contact));
        }
        if let Some(report) = Report::read(message) {
            return Self::Report(Box::new(report));
        }
        match MAIL.iter().any(|known| class.eq_ignore_ascii_case(known)) {
            true => Self::Mail,
            false => Self::Unknown,
        }
    }

    /// Which attachments it tells.
    pub(crate) fn merged(&self) -> Merged {
        match self {
            Self::Meeting(meeting) => Merged {
                exceptions: meeting.recurrence.is_some(),
                ..Merged::default()
            },
            Self::Task(_) => Merged {
                task: true,
                ..Merged::default()
            },
            Self::Contact(contact) => Merged {
                photo: contact.card.photo.is_some(),
                ..Merged::default()
            },
            Self::ForwardNotice | Self::Report(_) | Self::Mail | Self::Unknown => Merged::default(),
        }
    }

    /// Adds what has to be said where the message itself says nothing.
    pub(crate) fn summarize(&self, message: &Message<'_>, is_silent: bool, said: &mut Said) {
        match self {
            Self::Meeting(meeting) if is_silent => meeting::summarize(meeting, said),
            Self::ForwardNotice => meeting::tell_forward(message, said),
            Self::Task(task) if is_silent => {
                said.before("Task", &task.subject);
                if let Some(due) = task.due {
                    said.before("Due", &due.to_string());
                }
            }
            Self::Contact(contact) if is_silent => {
                said.before("Contact", &contact.card.display_name);
                for one in &contact.card.addresses {
                    said.before("Address", &one.address);
                }
            }
            _ => {}
        }
    }

    /// The calendar that stands beside text and HTML.
    pub(crate) fn calendar(
        &self,
        composer: &mut Composer<'_>,
        message: &Message<'_>,
        outer: &Outer,
        text: &str,
    ) -> Option<Entity> {
        match self {
            Self::Meeting(meeting) => {
                meeting::part(composer, message, (**meeting).clone(), outer, text)
            }
            Self::Task(task) => Some(to_do(composer, (**task).clone(), outer, text)),
            _ => None,
        }
    }

    /// The card of a contact, as a file.
    pub(crate) fn card(&self, composer: &mut Composer<'_>) -> Option<Entity> {
        let Self::Contact(contact) = self else {
            return None;
        };
        let name = file_name::safe(&contact.card.display_name);
        let name = file_name::with_extension(name.as_deref().unwrap_or("contact"), "vcf");
        let label = Label {
            media_type: "text/vcard",
            name: Some(&name),
            disposition: Some(Disposition::Attachment),
            ..Label::default()
        };
        composer.report.count_attachment();
        Some(Entity::text(
            label,
            &contact.card.to_text(composer.options.vcard),
        ))
    }
}

fn to_do(composer: &mut Composer<'_>, mut task: Task, outer: &Outer, text: &str) -> Entity {
    if task
        .author
        .as_ref()
        .is_none_or(|author| author.address.is_empty())
    {
        task.author = outer.author().or(task.author);
    }
    if task.recipients.iter().all(|one| one.address.is_empty()) {
        task.recipients.clone_from(&outer.to);
    }
    if task.body.is_none() && !text.trim().is_empty() {
        task.body = Some(text.trim_end().to_owned());
    }
    if task.no_rule().is_some() {
        composer.report.note(&task.subject, Outcome::NoRule);
    }
    let calendar = task.calendar(composer.options.profile);
    let label = Label {
        media_type: "text/calendar",
        parameters: &[("method", calendar.method.as_str()), ("component", "VTODO")],
        ..Label::default()
    };
    Entity::text(label, &calendar.to_text())
}

/// Classes that say no more than that somebody wrote.
const MAIL: &[&str] = &[
    "IPM",
    "IPM.Note",
    "IPM.Post",
    "IPM.Document",
    "IPM.Note.SMIME",
    "IPM.Note.SMIME.MultipartSigned",
    "IPM.Note.Rules.OofTemplate.Microsoft",
    "IPM.Note.Rules.ReplyTemplate.Microsoft",
];
