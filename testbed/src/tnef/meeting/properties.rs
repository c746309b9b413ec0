//! What meetings say in properties ([MS-OXOCAL] §2.2).

use super::{Answer, Meeting, ZoneTold};
use crate::tnef::guid::Guid;
use crate::tnef::octets::Octets;
use crate::tnef::property::{Property, Value};
use crate::tnef::recipient::{Kind, Mailbox, Recipient};
use crate::tnef::tag;
use crate::tnef::time::Civil;

impl Meeting {
    pub(super) fn recipients(&self) -> Vec<Recipient> {
        let organizer = Recipient::new(self.organizer.clone(), Kind::To)
            .with(Property::tag(tag::RECIPIENT_FLAGS, SENDABLE | ORGANIZER));
        let attendee = |(mailbox, kind): &(Mailbox, Kind)| {
            Recipient::new(mailbox.clone(), *kind)
                .with(Property::tag(tag::RECIPIENT_FLAGS, SENDABLE))
                .with(Property::tag(tag::RECIPIENT_TRACK_STATUS, 0))
        };
        let attendees = self.attendees.iter().map(attendee);
        std::iter::once(organizer).chain(attendees).collect()
    }

    /// What every message about it says.
    pub(super) fn appointment(&self) -> Vec<Property> {
        let mut properties = self.when();
        properties.extend(self.identity());
        properties.extend(self.zone_properties());
        properties.extend(self.series());
        properties.extend([
            appointment(0x8208, self.location.as_str()),
            meeting(0x0002, self.location.as_str()),
            appointment(0x8201, self.sequence),
            appointment(0x8205, self.busy),
            appointment(0x8215, self.all_day),
            appointment(0x8213, self.minutes()),
        ]);
        properties
    }

    /// Beginning and end in UTC, in each of the places.
    fn when(&self) -> Vec<Property> {
        let (start, end) = (self.zone.utc(self.start), self.zone.utc(self.end));
        vec![
            appointment(0x820D, start),
            appointment(0x820E, end),
            Property::number(Guid::COMMON, 0x8516, start),
            Property::number(Guid::COMMON, 0x8517, end),
            Property::tag(tag::START_DATE, start),
            Property::tag(tag::END_DATE, end),
            appointment(0x8235, start),
            appointment(0x8236, end),
        ]
    }

    fn minutes(&self) -> i32 {
        (self.end.minutes() - self.start.minutes()) as i32
    }

    fn identity(&self) -> Vec<Property> {
        let own = match self.instance {
            Some(original) => self.uid.instance(original),
            None => self.uid.clean(),
        };
        let mut properties = vec![
            meeting(0x0003, own),
            meeting(0x0023, self.uid.clean()),
            meeting(0x000A, self.instance.is_some()),
            meeting(
                0x001A,
                Civil::new(2026, 1, 2, 8, 0).plus(self.sequence.into()),
            ),
        ];
        if let Some(original) = self.instance {
            let replaced = self.zone.utc(original);
            properties.push(appointment(0x8228, replaced));
        }
        properties
    }

    fn zone_properties(&self) -> Vec<Property> {
        let (year, ..) = self.start.ymd();
        let definition = || self.zone.definition(year);
        let old = [
            appointment(0x8233, self.zone.structure(year)),
            appointment(0x8234, self.zone.description),
        ];
        let new = [
            appointment(0x825E, definition()),
            appointment(0x825F, definition()),
            appointment(0x8260, definition()),
        ];
        match self.zone_told {
            ZoneTold::Fully => old.into_iter().chain(new).collect(),
            ZoneTold::ByStructure => old.to_vec(),
            ZoneTold::Not => Vec::new(),
        }
    }

    fn series(&self) -> Vec<Property> {
        let recurs = self.recurrence.is_some();
        let mut properties = vec![
            appointment(0x8223, recurs),
            meeting(0x0005, recurs || self.instance.is_some()),
        ];
        if let Some(recurrence) = &self.recurrence {
            let blob = recurrence.blob(self.start, self.end);
            properties.push(appointment(0x8216, blob));
            properties.push(appointment(0x8232, "a series"));
        }
        properties
    }

    /// What a request says beside that.
    pub(super) fn asking(&self) -> Vec<Property> {
        let mut properties = vec![
            Property::tag(tag::RESPONSE_REQUESTED, true),
            Property::tag(tag::OWNER_APPOINTMENT_ID, 4711),
            // A meeting, received.
            appointment(0x8217, 3),
            appointment(0x8218, 5),
            appointment(0x8224, self.busy),
            // A new one, or a full update.
            meeting(0x0026, if self.sequence == 0 { 1 } else { 0x0001_0000 }),
            meeting(0x0024, "IPM.Appointment"),
        ];
        properties.extend(self.names());
        properties.extend(self.reminding());
        properties
    }

    /// Who is asked, as lists of names.
    fn names(&self) -> Vec<Property> {
        let of = |kinds: &[Kind]| {
            let chosen = self.attendees.iter().filter(|(_, k)| kinds.contains(k));
            let names: Vec<&str> = chosen.map(|(mailbox, _)| mailbox.name.as_str()).collect();
            names.join("; ")
        };
        let text = |kinds: &[Kind]| Value::Text(of(kinds));
        vec![
            appointment(0x8238, text(&[Kind::To, Kind::Cc, Kind::Bcc])),
            appointment(0x823B, text(&[Kind::To])),
            appointment(0x823C, text(&[Kind::Cc])),
            Property::tag(tag::DISPLAY_TO, text(&[Kind::To])),
            Property::tag(tag::DISPLAY_CC, text(&[Kind::Cc])),
        ]
    }

    fn reminding(&self) -> Vec<Property> {
        let common = |number, value: Value| Property::number(Guid::COMMON, number, value);
        let set = common(0x8503, self.reminder.is_some().into());
        let Some(minutes) = self.reminder else {
            return vec![set];
        };
        let start = self.zone.utc(self.start);
        vec![
            set,
            common(0x8501, minutes.into()),
            common(0x8502, start.into()),
            common(0x8560, start.plus(-i64::from(minutes)).into()),
        ]
    }

    pub(super) fn answering(&self, answer: Answer, who: &Mailbox) -> Vec<Property> {
        let status = match answer {
            Answer::Tentative => 2,
            Answer::Accepted => 3,
            Answer::Declined => 4,
        };
        let critical = Civil::new(2026, 1, 2, 9, 0);
        vec![
            appointment(0x8217, 3),
            appointment(0x8218, status),
            appointment(0x8220, critical),
            appointment(0x8230, who.name.as_str()),
            meeting(0x0001, critical),
            Property::tag(tag::OWNER_APPOINTMENT_ID, 4711),
        ]
    }

    pub(super) fn proposing(&self, start: Civil, end: Civil) -> Vec<Property> {
        let minutes = (end.minutes() - start.minutes()) as i32;
        vec![
            appointment(0x8250, self.zone.utc(start)),
            appointment(0x8251, self.zone.utc(end)),
            appointment(0x8256, minutes),
            appointment(0x8257, true),
        ]
    }

    pub(super) fn cancelling(&self) -> Vec<Property> {
        let mut properties = vec![
            // A meeting, received, called off.
            appointment(0x8217, 7),
            appointment(0x8224, 0),
            Property::tag(tag::OWNER_APPOINTMENT_ID, 4711),
        ];
        properties.extend(self.names());
        properties
    }

    pub(super) fn forwarding(&self) -> Vec<Property> {
        // PidLidAppointmentAuxiliaryFlags: a copy, forwarded.
        vec![appointment(0x8207, 0x5)]
    }

    /// PidLidForwardNotificationRecipients: version, rows, and RecipientRow of each ([MS-OXCDATA] §2.8.3.2).
    pub(super) fn notifying(&self, to: &Mailbox) -> Vec<Property> {
        let mut rows = Octets::new();
        // SMTP, with address and name in Unicode; no further columns.
        rows.u32(1).u32(1).u16(0x021B);
        rows.utf16(&to.address).u16(0).utf16(&to.name).u16(0);
        rows.u16(0).u8(0);
        vec![appointment(0x8261, rows.finish())]
    }
}

fn appointment(number: u32, value: impl Into<Value>) -> Property {
    Property::number(Guid::APPOINTMENT, number, value)
}

fn meeting(number: u32, value: impl Into<Value>) -> Property {
    Property::number(Guid::MEETING, number, value)
}

const SENDABLE: i32 = 1;
const ORGANIZER: i32 = 2;
