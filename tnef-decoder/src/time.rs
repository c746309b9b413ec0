//! Points in time (PtypTime, MS-OXCDATA §2.11.1).

/// A count of 100 ns since 1601-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Time {
    /// Whole seconds since 1970-01-01 00:00 UTC; earlier ones are negative.
    pub const fn to_unix(self) -> i64 {
        // A u64 of ticks is less than 2^41 seconds.
        (self.0 / TICKS) as i64 - UNIX_EPOCH
    }

    /// What is left below a second, in ns.
    pub const fn subsecond_nanos(self) -> u32 {
        (self.0 % TICKS) as u32 * 100
    }

    /// From seconds since 1970; `None`: before 1601 or too late.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let since_1601 = u64::try_from(seconds.checked_add(UNIX_EPOCH)?).ok()?;
        since_1601.checked_mul(TICKS).map(Self)
    }

    /// From the seven numbers of a legacy date (MS-OXTNEF §2.1.3.3): year, month, day, hour, minute, second, day of week.
    /// They were the writer's local time; nobody says of which zone, so UTC is taken.
    pub fn from_legacy(octets: &[u8]) -> Option<Self> {
        let (numbers, _) = octets.as_chunks::<2>();
        let mut numbers = numbers
            .iter()
            .map(|one| i64::from(u16::from_le_bytes(*one)));
        let mut next = |least, most| numbers.next().filter(|n| (least..=most).contains(n));
        let (year, month, day) = (next(1601, 9999)?, next(1, 12)?, next(1, 31)?);
        let (hour, minute, second) = (next(0, 23)?, next(0, 59)?, next(0, 59)?);
        let days = days_since_1601(year, month, day);
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        Some(Self(u64::try_from(seconds).ok()? * TICKS))
    }
}

/// Years begin in March here, so that the leap day is their last.
fn days_since_1601(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    // 584,694 days lie between the March of the year 0 and 1601.
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 584_694
}

const TICKS: u64 = 10_000_000;
/// Seconds from 1601 to 1970.
const UNIX_EPOCH: i64 = 11_644_473_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_and_seconds() {
        assert_eq!(Time(0).to_unix(), -UNIX_EPOCH);
        let time = Time::from_unix(1_700_000_000).expect("of this age");
        assert_eq!(time.to_unix(), 1_700_000_000);
        assert_eq!(Time(time.0 + 15).subsecond_nanos(), 1_500);
        assert_eq!(Time::from_unix(-UNIX_EPOCH - 1), None);
        assert_eq!(Time::from_unix(i64::MAX), None);
        assert_eq!(Time(u64::MAX).to_unix(), 1_833_029_933_770);
    }

    #[test]
    fn legacy_dates() {
        let check = |numbers: [u16; 7], expected: Option<i64>| {
            let octets: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
            let found = Time::from_legacy(&octets).map(Time::to_unix);
            assert_eq!(found, expected, "{numbers:?}");
        };
        check([1970, 1, 1, 0, 0, 0, 4], Some(0));
        check([2000, 2, 29, 12, 30, 15, 2], Some(951_827_415));
        check([2026, 11, 21, 0, 0, 0, 6], Some(1_795_219_200));
        check([1601, 1, 1, 0, 0, 0, 1], Some(-UNIX_EPOCH));
        check([2026, 13, 1, 0, 0, 0, 0], None);
        check([0; 7], None);
        assert_eq!(Time::from_legacy(b"\xd0\x07"), None);
    }
}
