//! GUIDs as they stand on the wire: the sets that named properties belong to, and interfaces of objects.

/// Sixteen octets, the first three numbers little-endian ([MS-DTYP] §2.3.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// PSETID_Appointment ([MS-OXPROPS] §1.3.2).
    pub const APPOINTMENT: Self = Self::set(0x0006_2002);
    /// PSETID_Task.
    pub const TASK: Self = Self::set(0x0006_2003);
    /// PSETID_Address.
    pub const ADDRESS: Self = Self::set(0x0006_2004);
    /// PSETID_Common.
    pub const COMMON: Self = Self::set(0x0006_2008);
    /// PS_PUBLIC_STRINGS.
    pub const PUBLIC_STRINGS: Self = Self::set(0x0002_0329);
    /// PS_INTERNET_HEADERS.
    pub const INTERNET_HEADERS: Self = Self::set(0x0002_0386);
    /// PSETID_Meeting.
    pub const MEETING: Self = Self::new(
        0x6ED8_DA90,
        0x450B,
        0x101B,
        [0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05],
    );
    /// IMessage: the object is a TNEF stream.
    pub const IID_MESSAGE: Self = Self::set(0x0002_0307);
    /// IStorage: the object is a compound file.
    pub const IID_STORAGE: Self = Self::set(0x0000_000B);
    /// IStream: the object is octets.
    pub const IID_STREAM: Self = Self::set(0x0000_000C);

    /// From its parts, as they are printed.
    pub const fn new(first: u32, second: u16, third: u16, rest: [u8; 8]) -> Self {
        let (a, b, c, d) = (
            first.to_le_bytes(),
            second.to_le_bytes(),
            third.to_le_bytes(),
            rest,
        );
        Self([
            a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5],
            d[6], d[7],
        ])
    }

    /// One of those that differ only at the beginning: `xxxxxxxx-0000-0000-C000-000000000046`.
    pub const fn set(first: u32) -> Self {
        Self::new(first, 0, 0, [0xC0, 0, 0, 0, 0, 0, 0, 0x46])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_little_endian() {
        let expected = [
            0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F,
            0x13, 0x05,
        ];
        assert_eq!(Guid::MEETING.0, expected);
        assert_eq!(Guid::APPOINTMENT.0[..4], [0x02, 0x20, 0x06, 0x00]);
        assert_eq!(Guid::APPOINTMENT.0[8..], [0xC0, 0, 0, 0, 0, 0, 0, 0x46]);
    }
}
