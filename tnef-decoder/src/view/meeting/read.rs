//! A meeting out of the properties of a message.

use super::{Answer, Instance, Meeting, Request};
use crate::calendar::{
    AppointmentRecurrence, Exception, GlobalObjectId, TimeZone, TimeZoneDefinition, TimeZoneStruct,
    Uid, file_time,
};
use crate::icalendar::{BusyStatus, Classification, Participation};
use crate::limits::Limits;
use crate::message::Message;
use crate::named::Key;
use crate::properties::Properties;
use crate::property_id as id;
use crate::view::{lid, people};

impl Meeting {
    /// The meeting a message is about; `None` if it is about none.
    pub fn read(message: &Message<'_>, limits: &Limits) -> Option<Self> {
        let properties = &message.properties;
        let request = request(&message.class, properties)?;
        let (recurrence, lost_recurrence) = match recurrence(properties) {
            Some(Ok(recurrence)) => (Some(recurrence), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        let is_answer = matches!(request, Request::Answer(_));
        let mut meeting = Self {
            uid: uid(properties)?,
            sequence: unsigned(properties, lid::APPOINTMENT_SEQUENCE).unwrap_or(0),
            stamp: stamp(properties, is_answer),
            start: start(properties),
            end: point(properties, lid::END_WHOLE).or_else(|| point(properties, id::END_DATE)),
            is_all_day: properties.boolean(lid::SUB_TYPE).unwrap_or(false),
            time_zone: time_zone(properties, recurrence.is_some()),
            changed_bodies: match recurrence {
                Some(_) => changed_bodies(message, limits),
                None => Vec::new(),
            },
            recurrence,
            lost_recurrence,
            instance: instance(properties),
            subject: text(properties, id::SUBJECT).unwrap_or_default(),
            location: text(properties, lid::LOCATION),
            body: text(properties, id::BODY),
            categories: categories(properties),
            classification: classification(properties),
            priority: priority(properties),
            busy_status: busy_status(properties),
            reminder_minutes: reminder_minutes(properties),
            organizer: None,
            attendees: Vec::new(),
            request,
        };
        meeting.add_people(message);
        Some(meeting)
    }

    fn add_people(&mut self, message: &Message<'_>) {
        let rows = || message.recipients.iter();
        if let Request::Answer(_) = self.request {
            self.organizer = rows().next().map(|row| people::recipient(&row));
            return;
        }
        self.organizer = people::author(&message.properties);
        let wants_answer = self.request == Request::Invitation
            && message
                .properties
                .boolean(id::RESPONSE_REQUESTED)
                .unwrap_or(true);
        self.attendees = rows()
            .filter_map(|row| people::attendee(&row, wants_answer))
            .collect();
    }
}

fn request(class: &str, properties: &Properties<'_>) -> Option<Request> {
    let class = class.to_ascii_lowercase();
    let participation = match class.strip_prefix("ipm.schedule.meeting.") {
        Some("canceled") => return Some(Request::Cancellation),
        Some("resp.pos") => Participation::Accepted,
        Some("resp.neg") => Participation::Declined,
        Some("resp.tent") => Participation::Tentative,
        Some(rest) if rest.starts_with("request") => return Some(Request::Invitation),
        Some(_) => return None,
        None if class == "ipm.appointment" || class.starts_with("ipm.appointment.") => {
            return Some(Request::Appointment);
        }
        None => return None,
    };
    Some(Request::Answer(Answer {
        attendee: people::author(properties).unwrap_or_default(),
        participation,
        proposed: proposed(properties),
    }))
}

fn proposed(properties: &Properties<'_>) -> Option<[jiff::Timestamp; 2]> {
    if !properties.boolean(lid::COUNTER_PROPOSAL)? {
        return None;
    }
    let start = point(properties, lid::PROPOSED_START_WHOLE)?;
    let end = point(properties, lid::PROPOSED_END_WHOLE)?;
    Some([start, end.max(start)])
}

/// An appointment of one's own may have no id but that of its entry, and neither have those of very old writers: then
/// its owner's number for it says what belongs together, or when it is and what it is called.
fn uid(properties: &Properties<'_>) -> Option<Uid> {
    let ids = [lid::CLEAN_GLOBAL_OBJECT_ID, lid::GLOBAL_OBJECT_ID];
    let written = ids.into_iter().find_map(|id| properties.binary(id));
    let other = || properties.binary(id::SEARCH_KEY);
    if let Some(octets) = written.or_else(other).filter(|octets| !octets.is_empty()) {
        return Some(Uid::of(octets));
    }
    if let Some(number) = properties
        .long(id::OWNER_APPOINTMENT_ID)
        .filter(|id| *id != 0)
    {
        return Some(Uid::Own(format!("APPOINTMENT-{number:08X}")));
    }
    let start = start(properties)?.as_second();
    let subject = text(properties, id::SUBJECT).unwrap_or_default();
    let subject = crc32fast::hash(subject.as_bytes());
    Some(Uid::Own(format!("APPOINTMENT-{start:X}-{subject:08X}")))
}

fn start(properties: &Properties<'_>) -> Option<jiff::Timestamp> {
    point(properties, lid::START_WHOLE).or_else(|| point(properties, id::START_DATE))
}

fn recurrence(
    properties: &Properties<'_>,
) -> Option<Result<AppointmentRecurrence, crate::calendar::BlobError>> {
    let octets = properties.binary(lid::APPOINTMENT_RECUR)?;
    if octets.is_empty() {
        return None;
    }
    let read = AppointmentRecurrence::read(octets).map(|mut recurrence| {
        for exception in &mut recurrence.exceptions {
            widen(exception, properties);
        }
        recurrence
    });
    Some(read)
}

/// Only who wrote the message says in which code page texts are that are not also there as Unicode.
fn widen(exception: &mut Exception, properties: &Properties<'_>) {
    let pages = properties.code_pages();
    let wide = |narrow: &Option<Vec<u8>>| {
        let narrow = narrow.as_deref()?;
        Some(pages.text(narrow).into_owned())
    };
    if exception.wide_subject.is_none() {
        exception.wide_subject = wide(&exception.subject);
    }
    if exception.wide_location.is_none() {
        exception.wide_location = wide(&exception.location);
    }
}

/// Exceptions are attached as messages that say which instance they replace ([MS-OXOCAL] 2.2.10).
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
fn changed_bodies(message: &Message<'_>, limits: &Limits) -> Vec<(jiff::Timestamp, String)> {
    let attached = message.attachments.iter();
    let within = attached.filter_map(|attachment| attachment.embedded(limits)?.ok());
    let bodies = within.filter_map(|inner| {
        let replaced = point(&inner.properties, lid::EXCEPTION_REPLACE_TIME)?;
        Some((replaced, text(&inner.properties, id::BODY)?))
    });
    bodies.collect()
}

fn time_zone(properties: &Properties<'_>, is_series: bool) -> Option<TimeZone> {
    let definition = |key| TimeZoneDefinition::read(properties.binary(key)?).ok();
    let structure = properties.binary(lid::TIME_ZONE_STRUCT);
    let structure = structure.and_then(|octets| TimeZoneStruct::read(octets).ok());
    let description = properties.text(lid::TIME_ZONE_DESCRIPTION);
    let description = description
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    if is_series || structure.is_some() {
        let definition = definition(lid::TIME_ZONE_RECUR);
        let zone = TimeZone::of_series(structure.as_ref(), definition.as_ref(), description);
        if let Ok(zone) = zone {
            return Some(zone);
        }
    }
    // A single one has no zone but the one it is shown in.
    let shown = definition(lid::TIME_ZONE_START_DISPLAY)?;
    TimeZone::of_definition(&shown, description).ok()
}

fn instance(properties: &Properties<'_>) -> Option<Instance> {
    if let Some(replaced) = point(properties, lid::EXCEPTION_REPLACE_TIME) {
        return Some(Instance::At(replaced));
    }
    let id = GlobalObjectId::read(properties.binary(lid::GLOBAL_OBJECT_ID)?).ok()?;
    let day = id.instance()?;
    let minutes = unsigned(properties, lid::START_RECURRENCE_TIME).map(packed_minutes);
    Some(Instance::On { day, minutes })
}

/// [MS-OXOCAL] 2.2.1.14: seconds in 6 bits, minutes in 6, hours above.
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
fn packed_minutes(packed: u32) -> u32 {
    let hours = (packed >> 12 & 0x1f).min(23);
    hours * 60 + (packed >> 6 & 0x3f).min(59)
}

fn stamp(properties: &Properties<'_>, is_answer: bool) -> Option<jiff::Timestamp> {
    let decided = match is_answer {
        true => lid::ATTENDEE_CRITICAL_CHANGE,
        false => lid::OWNER_CRITICAL_CHANGE,
    };
    point(properties, decided)
        .or_else(|| point(properties, id::CLIENT_SUBMIT_TIME))
        .or_else(|| point(properties, id::LAST_MODIFICATION_TIME))
}

/// What the organizer wants shown comes first: until they answer, attendees have it as tentative.
fn busy_status(properties: &Properties<'_>) -> BusyStatus {
    let intended = unsigned(properties, lid::INTENDED_BUSY_STATUS);
    let status = intended.or_else(|| unsigned(properties, lid::BUSY_STATUS));
    status.map_or(BusyStatus::Busy, BusyStatus::of)
}

fn reminder_minutes(properties: &Properties<'_>) -> Option<u32> {
    if !properties.boolean(lid::REMINDER_SET)? {
        return None;
    }
    match unsigned(properties, lid::REMINDER_DELTA) {
        Some(minutes) if minutes <= REMINDER_MINUTES_MAX => Some(minutes),
        // 0x5AE980E1 stands for whatever is usual.
        _ => Some(USUAL_REMINDER_MINUTES),
    }
}

pub(in crate::view) fn classification(properties: &Properties<'_>) -> Classification {
    match properties.long(id::SENSITIVITY) {
        Some(1 | 2) => Classification::Private,
        Some(3) => Classification::Confidential,
        _ => Classification::Public,
    }
}

pub(in crate::view) fn priority(properties: &Properties<'_>) -> u8 {
    match properties.long(id::IMPORTANCE) {
        Some(0) => 9,
        Some(2) => 1,
        _ => 5,
    }
}

pub(in crate::view) fn categories(properties: &Properties<'_>) -> Vec<String> {
    let words = properties.texts(lid::KEYWORDS).into_iter();
    words.map(|word| word.into_owned()).collect()
}

pub(in crate::view) fn text<'k>(
    properties: &Properties<'_>,
    key: impl Into<Key<'k>>,
) -> Option<String> {
    let text = properties.text(key)?;
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(in crate::view) fn point<'k>(
    properties: &Properties<'_>,
    key: impl Into<Key<'k>>,
) -> Option<jiff::Timestamp> {
    file_time(properties.time(key)?.0)
}

pub(in crate::view) fn unsigned<'k>(
    properties: &Properties<'_>,
    key: impl Into<Key<'k>>,
) -> Option<u32> {
    u32::try_from(properties.long(key)?).ok()
}

/// Four weeks, the longest that Outlook offers twice over.
const REMINDER_MINUTES_MAX: u32 = 4 * 7 * 24 * 60;
const USUAL_REMINDER_MINUTES: u32 = 15;
