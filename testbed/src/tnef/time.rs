//! Times as people say them, and as MAPI counts them.

/// A day and a time of it; where it is valid is told by what it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// Minutes since the beginning of 1601.
    minutes: i64,
}

impl Civil {
    /// Midnight.
    pub const fn date(year: i64, month: i64, day: i64) -> Self {
        Self::new(year, month, day, 0, 0)
    }

    /// A minute.
    pub const fn new(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Self {
        let days = days_since_1601(year, month, day);
        let minutes = days * MINUTES_OF_DAY + hour * 60 + minute;
        Self { minutes }
    }

    /// So many minutes later.
    #[must_use]
    pub const fn plus(self, minutes: i64) -> Self {
        let minutes = self.minutes + minutes;
        Self { minutes }
    }

    /// So many days later.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus(days * MINUTES_OF_DAY)
    }

    /// The midnight before.
    #[must_use]
    pub const fn midnight(self) -> Self {
        Self {
            minutes: self.minutes - self.minute_of_day(),
        }
    }

    /// Minutes since midnight.
    pub const fn minute_of_day(self) -> i64 {
        self.minutes.rem_euclid(MINUTES_OF_DAY)
    }

    /// Days since 1601-01-01.
    pub const fn days(self) -> i64 {
        self.minutes.div_euclid(MINUTES_OF_DAY)
    }

    /// 0 is Sunday.
    pub const fn weekday(self) -> i64 {
        // 1 January 1601 was a Monday.
        (self.days() + 1).rem_euclid(7)
    }

    /// Minutes since 1601, as recurrences count ([MS-OXOCAL] §2.2.1.44.1).
    pub fn minutes(self) -> u32 {
        u32::try_from(self.minutes).expect("a time between 1601 and 9766")
    }

    /// Hundreds of nanoseconds since 1601 ([MS-DTYP] §2.3.3).
    pub fn file_time(self) -> u64 {
        u64::try_from(self.minutes).expect("a time after 1601") * 600_000_000
    }

    /// Year, month, day.
    pub const fn ymd(self) -> (i64, i64, i64) {
        // The year begins in March, so that the odd day is its last.
        let days = self.days() + DAYS_BEFORE_1601;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_of_era + era * 400 + (month <= 2) as i64;
        (year, month, day)
    }

    /// Seven 16-bit numbers: year, month, day, hour, minute, second, day of the week ([MS-OXTNEF] §2.1.3.2).
    pub fn att_date(self) -> Vec<u8> {
        let (year, month, day) = self.ymd();
        let minute = self.minute_of_day();
        let numbers = [
            year,
            month,
            day,
            minute / 60,
            minute % 60,
            0,
            self.weekday(),
        ];
        let octets = |number| (number as u16).to_le_bytes();
        numbers.into_iter().flat_map(octets).collect()
    }

    /// `20260105T093000`.
    pub fn basic(self) -> String {
        let (year, month, day) = self.ymd();
        let minute = self.minute_of_day();
        format!(
            "{year:04}{month:02}{day:02}T{:02}{:02}00",
            minute / 60,
            minute % 60
        )
    }

    /// As a Date field has it, in UTC (RFC 5322 §3.3).
    pub fn rfc5322(self) -> String {
        let (year, month, day) = self.ymd();
        let minute = self.minute_of_day();
        let weekday = WEEKDAYS[self.weekday() as usize];
        let month = MONTHS[(month - 1) as usize];
        format!(
            "{weekday}, {day} {month} {year} {:02}:{:02}:00 +0000",
            minute / 60,
            minute % 60
        )
    }
}

const fn days_since_1601(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leaps + (153 * month + 2) / 5 + day - 1 - DAYS_BEFORE_1601
}

const MINUTES_OF_DAY: i64 = 24 * 60;
/// From 1 March of the year 0.
const DAYS_BEFORE_1601: i64 = 584_694;
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_numbers() {
        let check = |time: Civil, days: i64, weekday: i64| {
            assert_eq!((time.days(), time.weekday()), (days, weekday), "{time:?}");
        };
        check(Civil::date(1601, 1, 1), 0, 1);
        check(Civil::date(1970, 1, 1), 134_774, 4);
        check(Civil::date(2000, 2, 29), 145_790, 2);
        check(Civil::date(2026, 1, 5), 155_232, 1);
    }

    #[test]
    fn every_day_comes_back_as_it_was() {
        let mut day = Civil::date(1601, 1, 1);
        let mut before = (1600, 12, 31);
        while day < Civil::date(2405, 1, 1) {
            let (year, month, of_month) = day.ymd();
            assert_eq!(Civil::date(year, month, of_month), day);
            assert!(before < (year, month, of_month), "{before:?}");
            before = (year, month, of_month);
            day = day.plus_days(1);
        }
    }

    #[test]
    fn a_time_is_counted_and_spelt() {
        let time = Civil::new(2026, 3, 29, 14, 5);
        assert_eq!(time.basic(), "20260329T140500");
        assert_eq!(time.rfc5322(), "Sun, 29 Mar 2026 14:05:00 +0000");
        assert_eq!(Civil::date(1970, 1, 1).file_time(), 116_444_736_000_000_000);
        assert_eq!(
            time.att_date(),
            [0xEA, 0x07, 3, 0, 29, 0, 14, 0, 5, 0, 0, 0, 0, 0]
        );
    }
}
