//! GlobalObjectId ([MS-OXOCAL] §2.2.1.27): who a meeting is, whatever program it was born in.

use std::fmt::Write as _;

use super::octets::{Octets, length};
use super::time::Civil;

/// The identity of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uid {
    /// Born in Outlook: when, and sixteen octets.
    Outlook(Civil, [u8; 16]),
    /// Born elsewhere, with the UID that it had there.
    Foreign(String),
}

impl Uid {
    /// Born in Outlook on 2 January 2026; different numbers are different meetings.
    pub fn outlook(number: u8) -> Self {
        let data = std::array::from_fn(|i| number.wrapping_add(17 * i as u8));
        Self::Outlook(Civil::new(2026, 1, 2, 8, 0), data)
    }

    /// The clean form, which all instances of a series share.
    pub fn clean(&self) -> Vec<u8> {
        self.of(None)
    }

    /// The form that names the instance of this day.
    pub fn instance(&self, day: Civil) -> Vec<u8> {
        self.of(Some(day))
    }

    /// UID of iCalendar (RFC 5545 §3.8.4.7, [MS-OXCICAL] §2.1.3.1.1.20.26).
    pub fn text(&self) -> String {
        match self {
            Self::Foreign(uid) => uid.clone(),
            Self::Outlook(..) => self.clean().iter().fold(String::new(), |mut text, octet| {
                write!(text, "{octet:02X}").expect("a String takes everything");
                text
            }),
        }
    }

    fn of(&self, day: Option<Civil>) -> Vec<u8> {
        let (born, data) = match self {
            Self::Outlook(born, data) => (born.file_time(), data.to_vec()),
            Self::Foreign(uid) => (0, [b"vCal-Uid\x01\0\0\0", uid.as_bytes(), b"\0"].concat()),
        };
        let (year, month, of_month) = day.map_or((0, 0, 0), Civil::ymd);
        let mut out = Octets::new();
        out.raw(&CLASS).raw(&(year as u16).to_be_bytes());
        out.u8(month as u8).u8(of_month as u8);
        out.u64(born).zeros(8);
        out.u32(length(&data)).raw(&data).finish()
    }
}

const CLASS: [u8; 16] = [
    0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlook_spells_its_own_in_hexadecimal() {
        let uid = Uid::outlook(1);
        assert_eq!(uid.clean().len(), 56);
        let text = uid.text();
        assert_eq!(text.len(), 112);
        assert!(text.starts_with("040000008200E00074C5B7101A82E00800000000"));
        assert!(text.ends_with("100000000112233445566778899AABBCCDDEEF00"));
    }

    #[test]
    fn an_instance_names_its_day() {
        let day = Civil::date(2026, 2, 9);
        let uid = Uid::outlook(1);
        let (clean, instance) = (uid.clean(), uid.instance(day));
        assert_eq!(clean[16..20], [0, 0, 0, 0]);
        assert_eq!(instance[16..20], [0x07, 0xEA, 2, 9]);
        assert_eq!(clean[20..], instance[20..]);
    }

    #[test]
    fn a_foreign_one_stays_what_it_was() {
        let uid = Uid::Foreign("ABC-Lotus_Notes_Generated".to_owned());
        assert_eq!(uid.text(), "ABC-Lotus_Notes_Generated");
        let octets = uid.clean();
        assert_eq!(octets[40..52], *b"vCal-Uid\x01\0\0\0");
        assert!(octets.ends_with(b"Generated\0"));
        assert_eq!(octets[36], 38);
    }
}
