//! Meetings as `text/calendar` (RFC 6047 §2.4), with the people whom the header around a stream names.

mod forward;

use jiff::Timestamp;
use tnef_decoder::calendar::file_time;
use tnef_decoder::icalendar::{Attendee, Participation, Person, Role, UserKind};
use tnef_decoder::view::{Meeting, Request};
use tnef_decoder::{Limits, Message, named_id, property_id as id};

use super::body::Bodies;
use super::said::Said;
use super::{Composer, marks, people};
use crate::entity::{Entity, Label};
use crate::outer::Outer;
use crate::report::Outcome;

/// The calendar part of a meeting; `None`: nothing says when it is.
pub(crate) fn part(
    composer: &mut Composer<'_>,
    message: &Message<'_>,
    mut meeting: Meeting,
    outer: &Outer,
    text: &str,
) -> Option<Entity> {
    let profile = composer.options.profile;
    fill_people(&mut meeting, message, outer);
    fill_changed_bodies(&mut meeting, message, &composer.options.limits);
    if meeting.body.is_none() && !text.trim().is_empty() {
        meeting.body = Some(text.trim_end().to_owned());
    }
    let subject = meeting.subject.clone();
    if meeting.lost_recurrence.is_some() {
        composer.report.note(&subject, Outcome::LostRecurrence);
    }
    if meeting.no_rule(profile).is_some() {
        composer.report.note(&subject, Outcome::NoRule);
    }
    let has_nobody =
        |person: Option<&Person>| person.is_none_or(|person| person.address.is_empty());
    if has_nobody(meeting.organizer.as_ref()) && meeting.request != Request::Appointment {
        composer.report.note(&subject, Outcome::NoAddress);
    }
    let Some(calendar) = meeting.calendar(profile) else {
        composer.report.note(&subject, Outcome::NoCalendar);
        return None;
    };
    let label = Label {
        media_type: "text/calendar",
        parameters: &[
            ("method", calendar.method.as_str()),
            ("component", "VEVENT"),
        ],
        ..Label::default()
    };
    Some(Entity::text(label, &calendar.to_text()))
}

/// What an invitation without a word says: when, where, and what became of it.
pub(crate) fn summarize(meeting: &Meeting, said: &mut Said) {
    said.before("Subject", &meeting.subject);
    when(meeting.start, meeting.end, said);
    if let Some(location) = &meeting.location {
        said.before("Where", location);
    }
    if let Request::Answer(answer) = &meeting.request {
        said.before(
            "Answer",
            match answer.participation {
                Participation::Accepted => "accepted",
                Participation::Tentative => "tentatively accepted",
                Participation::Declined => "declined",
                Participation::NeedsAction => "none",
            },
        );
        if let Some([start, end]) = answer.proposed {
            said.before("Proposed", &span(start, Some(end)));
        }
    }
}

/// A note that somebody forwarded a meeting asks for nothing: it is text ([MS-OXOCAL] §2.2.9).
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
pub(crate) fn is_forward_notice(class: &str) -> bool {
    const CLASS: &str = "IPM.Schedule.Meeting.Notification";
    class
        .get(..CLASS.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(CLASS))
}

/// Says which meeting was forwarded, and to whom.
pub(crate) fn tell_forward(message: &Message<'_>, said: &mut Said) {
    let properties = &message.properties;
    let time = |key| file_time(properties.time(key)?.0);
    let subject = properties
        .text(id::NORMALIZED_SUBJECT)
        .or_else(|| message.subject());
    if let Some(subject) = subject {
        said.before("Subject", &subject);
    }
    when(
        time(named_id::APPOINTMENT_START_WHOLE),
        time(named_id::APPOINTMENT_END_WHOLE),
        said,
    );
    if let Some(location) = properties
        .text(named_id::LOCATION)
        .filter(|text| !text.is_empty())
    {
        said.before("Where", &location);
    }
    if let Some(by) = people::author(properties) {
        said.before("Forwarded by", &shown(&by));
    }
    let to = properties
        .binary(forward::RECIPIENTS)
        .map(forward::recipients);
    if let Some(forward::Recipients { people, others }) = to.filter(|to| !to.people.is_empty()) {
        let mut told: Vec<String> = people.iter().map(shown).collect();
        if others > 0 {
            told.push(format!("{others} more"));
        }
        said.before("Forwarded to", &told.join("; "));
    }
}

fn shown(person: &Person) -> String {
    match (&person.name, person.address.as_str()) {
        (Some(name), "") => name.clone(),
        (Some(name), address) if name != address => format!("{name} <{address}>"),
        (_, address) => address.to_owned(),
    }
}

fn when(start: Option<Timestamp>, end: Option<Timestamp>, said: &mut Said) {
    if let Some(start) = start {
        said.before("When", &span(start, end));
    }
}

fn span(start: Timestamp, end: Option<Timestamp>) -> String {
    let end = end.map(|end| format!(" to {}", marks::date(end)));
    format!("{}{}", marks::date(start), end.unwrap_or_default())
}

/// A stream that travels by itself names people by their names alone, or not at all.
fn fill_people(meeting: &mut Meeting, message: &Message<'_>, outer: &Outer) {
    if let Request::Answer(answer) = &mut meeting.request {
        let attendee = &mut answer.attendee;
        match outer.author() {
            Some(author) if attendee.address.is_empty() => *attendee = author,
            author => add_delegate(attendee, author),
        }
        let first = || outer.to.first().cloned();
        meeting.organizer = known(meeting.organizer.take()).or_else(first);
        return;
    }
    if meeting.request == Request::Appointment && meeting.attendees.is_empty() {
        return;
    }
    fill_organizer(meeting, outer);
    if forward::is_forwarded(message) {
        // Who forwards is no delegate.
        meeting
            .organizer
            .iter_mut()
            .for_each(|organizer| organizer.sent_by = None);
    }
    fill_attendees(meeting, message, outer);
}

fn fill_organizer(meeting: &mut Meeting, outer: &Outer) {
    let Some(author) = outer.author() else {
        return;
    };
    match &mut meeting.organizer {
        Some(organizer) if organizer.address.is_empty() => {
            organizer.address = author.address;
            organizer.name = organizer.name.take().or(author.name);
            organizer.sent_by = organizer.sent_by.take().or(author.sent_by);
        }
        Some(organizer) => add_delegate(organizer, Some(author)),
        None => meeting.organizer = Some(author),
    }
}

/// Of one and the same person, the header may say who acts for them where the stream has a name alone.
fn add_delegate(person: &mut Person, author: Option<Person>) {
    let same = author.filter(|author| author.address.eq_ignore_ascii_case(&person.address));
    if person.sent_by.is_none() {
        person.sent_by = same.and_then(|author| author.sent_by);
    }
}

fn fill_attendees(meeting: &mut Meeting, message: &Message<'_>, outer: &Outer) {
    let organizer = meeting
        .organizer
        .as_ref()
        .map(|one| one.address.clone())
        .unwrap_or_default();
    for attendee in &mut meeting.attendees {
        if attendee.person.address.is_empty() {
            let mut named = outer.to.iter().chain(&outer.cc);
            let same = named.find(|one| one.name.is_some() && one.name == attendee.person.name);
            attendee.person.address = same.map(|one| one.address.clone()).unwrap_or_default();
        }
    }
    if !meeting.attendees.is_empty() || meeting.request == Request::Appointment {
        return;
    }
    let wants_answer = meeting.request == Request::Invitation
        && message
            .properties
            .boolean(id::RESPONSE_REQUESTED)
            .unwrap_or(true);
    let asked = |role: Role| {
        move |person: &Person| Attendee {
            person: person.clone(),
            kind: UserKind::Individual,
            role,
            participation: Participation::NeedsAction,
            wants_answer,
        }
    };
    let required = outer.to.iter().map(asked(Role::Required));
    let optional = outer.cc.iter().map(asked(Role::Optional));
    let all = required.chain(optional);
    let others = all.filter(|one| !one.person.address.eq_ignore_ascii_case(&organizer));
    meeting.attendees = others.collect();
}

/// A changed instance may have its body in RTF or HTML alone.
fn fill_changed_bodies(meeting: &mut Meeting, message: &Message<'_>, limits: &Limits) {
    if meeting.recurrence.is_none() {
        return;
    }
    for attachment in &message.attachments {
        let Some(Ok(inner)) = attachment.embedded(limits) else {
            continue;
        };
        let replaced = inner.properties.time(named_id::EXCEPTION_REPLACE_TIME);
        let Some(replaced) = replaced.and_then(|time| file_time(time.0)) else {
            continue;
        };
        let is_known = meeting.changed_bodies.iter().any(|(at, _)| *at == replaced);
        let bodies = Bodies::read(&inner, limits).ok().filter(|_| !is_known);
        if let Some(bodies) = bodies.filter(|bodies| !bodies.text.trim().is_empty()) {
            let text = bodies.text.trim_end().to_owned();
            meeting.changed_bodies.push((replaced, text));
        }
    }
}

fn known(person: Option<Person>) -> Option<Person> {
    person.filter(|person| !person.address.is_empty())
}
