//! Identifiers of property sets and of interfaces (MS-OXPROPS §1.3.2, MS-DTYP §2.3.4).

use std::fmt;

/// Sixteen octets as they are written: the first three fields are little-endian.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

macro_rules! guids {
    ($($constant:ident = $first:literal $second:literal $third:literal $last:literal $name:literal;)+) => {
        impl Guid {
            $(#[doc = $name] pub const $constant: Self = Self::of($first, $second, $third, $last);)+

            /// Its name in MS-OXPROPS or MS-OXTNEF; `None`: unknown.
            pub fn name(&self) -> Option<&'static str> {
                $(if *self == Self::$constant { return Some($name); })+
                None
            }
        }
    };
}

guids! {
    MAPI = 0x0002_0328 0 0 0xC000_0000_0000_0046 "PS_MAPI";
    PUBLIC_STRINGS = 0x0002_0329 0 0 0xC000_0000_0000_0046 "PS_PUBLIC_STRINGS";
    INTERNET_HEADERS = 0x0002_0386 0 0 0xC000_0000_0000_0046 "PS_INTERNET_HEADERS";
    APPOINTMENT = 0x0006_2002 0 0 0xC000_0000_0000_0046 "PSETID_Appointment";
    TASK = 0x0006_2003 0 0 0xC000_0000_0000_0046 "PSETID_Task";
    ADDRESS = 0x0006_2004 0 0 0xC000_0000_0000_0046 "PSETID_Address";
    COMMON = 0x0006_2008 0 0 0xC000_0000_0000_0046 "PSETID_Common";
    LOG = 0x0006_200A 0 0 0xC000_0000_0000_0046 "PSETID_Log";
    NOTE = 0x0006_200E 0 0 0xC000_0000_0000_0046 "PSETID_Note";
    REMOTE = 0x0006_2014 0 0 0xC000_0000_0000_0046 "PSETID_Remote";
    REPORT = 0x0006_2013 0 0 0xC000_0000_0000_0046 "PSETID_Report";
    SHARING = 0x0006_2040 0 0 0xC000_0000_0000_0046 "PSETID_Sharing";
    POST_RSS = 0x0006_2041 0 0 0xC000_0000_0000_0046 "PSETID_PostRss";
    MEETING = 0x6ED8_DA90 0x450B 0x101B 0x98DA_00AA_003F_1305 "PSETID_Meeting";
    MESSAGING = 0x41F2_8F13 0x83F4 0x4114 0xA584_EEDB_5A6B_0BFF "PSETID_Messaging";
    UNIFIED_MESSAGING = 0x4442_858E 0xA9E3 0x4E80 0xB900_317A_210C_C15B "PSETID_UnifiedMessaging";
    AIR_SYNC = 0x7103_5549 0x0739 0x4DCB 0x9163_00F0_580D_BBDF "PSETID_AirSync";
    CALENDAR_ASSISTANT = 0x1100_0E07 0xB51B 0x40D6 0xAF21_CAA8_5EDA_B1D0 "PSETID_CalendarAssistant";
    XML_EXTRACTED_ENTITIES = 0x2323_9608 0x685D 0x4732 0x9C55_4C95_CB4E_8E33 "PSETID_XmlExtractedEntities";
    ATTACHMENT = 0x9635_7F7F 0x59E1 0x47D0 0x99A7_4651_5C18_3B54 "PSETID_Attachment";
    I_MESSAGE = 0x0002_0307 0 0 0xC000_0000_0000_0046 "IID_IMessage";
    I_STORAGE = 0x0000_000B 0 0 0xC000_0000_0000_0046 "IID_IStorage";
    I_STREAM = 0x0000_000C 0 0 0xC000_0000_0000_0046 "IID_IStream";
}

impl Guid {
    /// From its fields as they are spoken: `{first-second-third-last}`.
    pub const fn of(first: u32, second: u16, third: u16, last: u64) -> Self {
        let [a, b, c, d] = first.to_le_bytes();
        let [e, f] = second.to_le_bytes();
        let [g, h] = third.to_le_bytes();
        let [i, j, k, l, m, n, o, p] = last.to_be_bytes();
        Self([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
    }
}

/// In braces and upper case, as MS-DTYP §2.3.4.3 has it.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, h, g, i, last @ ..] = self.0;
        let first = u32::from_le_bytes([a, b, c, d]);
        let second = u16::from_le_bytes([e, h]);
        let third = u16::from_le_bytes([g, i]);
        write!(f, "{{{first:08X}-{second:04X}-{third:04X}-")?;
        for (at, octet) in last.iter().enumerate() {
            let dash = if at == 2 { "-" } else { "" };
            write!(f, "{dash}{octet:02X}")?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_and_the_spoken_form_agree() {
        let wire = [2, 0x20, 6, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
        assert_eq!(Guid(wire), Guid::APPOINTMENT);
        assert_eq!(
            Guid::APPOINTMENT.to_string(),
            "{00062002-0000-0000-C000-000000000046}"
        );
        assert_eq!(
            Guid::MEETING.to_string(),
            "{6ED8DA90-450B-101B-98DA-00AA003F1305}"
        );
        assert_eq!(Guid::MEETING.name(), Some("PSETID_Meeting"));
        assert_eq!(Guid([0; 16]).name(), None);
    }
}
