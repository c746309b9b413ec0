//! Forwarded meetings ([MS-OXOCAL] §2.2.1.3, §2.2.9.3).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use tnef_decoder::icalendar::Person;
use tnef_decoder::{CodePage, Guid, Message, named_id};

/// Whether somebody who was invited sent the invitation on.
pub(super) fn is_forwarded(message: &Message<'_>) -> bool {
    let properties = &message.properties;
    let flags = properties.long(named_id::APPOINTMENT_AUXILIARY_FLAGS);
    flags.is_some_and(|flags| flags & FORWARDED != 0)
        || properties.boolean(named_id::FORWARD_INSTANCE) == Some(true)
}

/// To whom a meeting was forwarded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recipients {
    /// Those that could be read.
    pub(super) people: Vec<Person>,
    /// How many more there are.
    pub(super) others: usize,
}

/// Reads PidLidForwardNotificationRecipients: rows as ROPs have them ([MS-OXCDATA] §2.8.3.2).
///
/// [MS-OXCDATA]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcdata/
pub(super) fn recipients(blob: &[u8]) -> Recipients {
    let mut reader = Reader(blob);
    let count = (|| {
        let _version = reader.take(4)?;
        let count: [u8; 4] = *reader.take(4)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(count)).ok()
    })();
    let count = count.unwrap_or(0);
    let mut people = Vec::new();
    while people.len() < count {
        match reader.row() {
            Some((person, can_go_on)) => {
                people.push(person);
                if !can_go_on {
                    break;
                }
            }
            None => break,
        }
    }
    let others = count.min(blob.len()) - people.len().min(blob.len()).min(count);
    Recipients { people, others }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, octets: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(octets)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(*self.take(2)?.first_chunk()?))
    }

    /// A row with an SMTP address, and whether the next one can be found.
    fn row(&mut self) -> Option<(Person, bool)> {
        let flags = self.u16()?;
        if flags & KIND != SMTP {
            return None;
        }
        let mut texts = [0x0008, 0x0010, 0x0400, 0x0020].map(|bit| (flags & bit != 0, None));
        for (is_there, text) in &mut texts {
            if *is_there {
                *text = Some(self.text(flags & UNICODE != 0)?);
            }
        }
        let [(_, address), (_, name), ..] = texts;
        let columns = self.u16()?;
        let person = Person {
            address: address.unwrap_or_default(),
            name,
            sent_by: None,
        };
        let can_go_on = columns == 0 && self.take(1).is_some();
        Some((person, can_go_on))
    }

    fn text(&mut self, is_wide: bool) -> Option<String> {
        if !is_wide {
            let end = memchr::memchr(0, self.0)?;
            let octets = self.take(end)?;
            self.take(1)?;
            return Some(String::from_utf8_lossy(octets).into_owned());
        }
        let (units, _) = self.0.as_chunks::<2>();
        let end = units.iter().position(|unit| *unit == [0, 0])?;
        let octets = self.take(end * 2)?;
        self.take(2)?;
        Some(CodePage::UTF_16.decode(octets).into_owned())
    }
}

pub(super) const RECIPIENTS: (Guid, u32) = (Guid::APPOINTMENT, 0x8261);
const FORWARDED: i32 = 4;
const KIND: u16 = 7;
const SMTP: u16 = 3;
const UNICODE: u16 = 0x0200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_far_as_they_can_be() {
        let wide = |text: &str| -> Vec<u8> {
            let units = text.encode_utf16().chain([0]);
            units.flat_map(u16::to_le_bytes).collect()
        };
        let row = [&[0x1B, 2][..], &wide("a@b.c"), &wide("Ä"), &[0, 0, 0]].concat();
        let blob = |count: u8| [&[1, 0, 0, 0, count, 0, 0, 0][..], &row, &row].concat();
        let check = |blob: &[u8], people: usize, others: usize| {
            let found = recipients(blob);
            assert_eq!((found.people.len(), found.others), (people, others));
            assert!(found.people.iter().all(|one| one.address == "a@b.c"));
        };
        check(&blob(2), 2, 0);
        check(&blob(3), 2, 1);
        check(&blob(1), 1, 0);
        check(&blob(2)[..20], 0, 2);
        check(&[], 0, 0);
        check(&[0xff; 8], 0, 8);
    }
}
