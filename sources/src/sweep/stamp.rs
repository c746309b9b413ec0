//! The time of a change, as a directory writes it (GeneralizedTime, RFC 4517 §3.3.13).

use std::fmt;
use std::time::Duration;

/// A second of the Gregorian calendar in UTC, as seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Stamp(i64);

impl Stamp {
    /// Reads `20261122060000Z`, with or without a fraction of the second.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (digits, rest) = text.trim().split_at_checked(14)?;
        let is_utc = rest.ends_with('Z')
            && rest
                .trim_start_matches(['.', ','])
                .trim_end_matches('Z')
                .bytes()
                .all(|octet| octet.is_ascii_digit());
        if !is_utc || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return None;
        }
        let number = |from: usize, to: usize| digits[from..to].parse::<i64>().ok();
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
        let is_time = hour < 24 && minute < 60 && second < 61;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !is_time {
            return None;
        }
        Some(Self(
            days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second,
        ))
    }

    /// So much earlier.
    pub(super) fn before(self, time: Duration) -> Self {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(seconds).max(0))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"
        )
    }
}

/// Days since 1970. Years begin in March here, so that the day that is there only sometimes is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * DAYS_OF_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970
}

fn date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (era, of_era) = (days.div_euclid(DAYS_OF_ERA), days.rem_euclid(DAYS_OF_ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Of 400 years.
const DAYS_OF_ERA: i64 = 146_097;
/// From the first of March of the year 0.
const DAYS_TO_1970: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_and_written() {
        let check = |text: &str, seconds: i64| {
            assert_eq!(Stamp::parse(text), Some(Stamp(seconds)), "{text}");
        };
        check("19700101000000Z", 0);
        check("20000229235959Z", 951_868_799);
        check("20261122060000.123456Z", 1_795_327_200);
        check(" 20261122060000,0Z", 1_795_327_200);
        for seconds in (0..4_102_444_800).step_by(86_399 * 7) {
            assert_eq!(
                Stamp::parse(&Stamp(seconds).to_string()),
                Some(Stamp(seconds))
            );
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026",
            "20261122060000",
            "20261122060000+0100",
            "20261322060000Z",
            "20261100060000Z",
            "20261122240000Z",
            "2026112206000xZ",
            "20261122060000.xZ",
            "\u{fc}0261122060000Z",
        ] {
            assert_eq!(Stamp::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn time_goes_back() {
        let stamp = Stamp::parse("20260301000000Z").unwrap();
        assert_eq!(
            stamp.before(Duration::from_secs(1)).to_string(),
            "20260228235959Z"
        );
        assert_eq!(stamp.before(Duration::MAX).to_string(), "19700101000000Z");
    }
}
