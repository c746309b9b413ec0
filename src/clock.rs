//! The time of day as it is written in logs and header fields.

use std::cell::RefCell;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One second, written. The same for every message of that second, so it is made once.
#[derive(Debug)]
pub(crate) struct Second {
    second: i64,
    /// RFC 3339 up to the seconds: `2026-11-21T17:00:00`.
    pub(crate) rfc3339: String,
    /// RFC 5322 §3.3: `Sat, 21 Nov 2026 17:00:00 +0000`.
    pub(crate) rfc5322: String,
}

impl Second {
    fn of(now: Timestamp) -> Self {
        let utc = now.to_zoned(TimeZone::UTC);
        // Both can only fail for years of more than four digits.
        let rfc5322 = jiff::fmt::rfc2822::to_string(&utc);
        Self {
            second: now.as_second(),
            rfc3339: utc.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            rfc5322: rfc5322.unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 +0000".to_owned()),
        }
    }
}

/// Seconds since 1970 as RFC 5322 §3.3 writes them.
pub(crate) fn rfc5322(seconds: i64) -> String {
    Second::of(Timestamp::from_second(seconds).unwrap_or_default()).rfc5322
}

/// Seconds since 1970 as RFC 3339 writes them, in UTC.
pub(crate) fn rfc3339(seconds: i64) -> String {
    Second::of(Timestamp::from_second(seconds).unwrap_or_default()).rfc3339 + "Z"
}

/// The time by which everything here goes.
pub(crate) fn system_time() -> SystemTime {
    #[cfg(test)]
    if let Some(simulated) = crate::simulation::system_time() {
        return simulated;
    }
    SystemTime::now()
}

/// The same in seconds since 1970.
pub(crate) fn seconds() -> i64 {
    Timestamp::try_from(system_time()).map_or(0, Timestamp::as_second)
}

/// Gives `write` the second that it is now, and the microseconds within it.
pub(crate) fn now<T>(write: impl FnOnce(&Second, u32) -> T) -> T {
    let now = Timestamp::try_from(system_time()).unwrap_or_default();
    let micros = u32::try_from(now.subsec_microsecond()).unwrap_or_default();
    CURRENT.with_borrow_mut(|current| {
        if current.second != now.as_second() {
            *current = Second::of(now);
        }
        write(current, micros)
    })
}

thread_local! {
    static CURRENT: RefCell<Second> = RefCell::new(Second::of(Timestamp::UNIX_EPOCH));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_written_in_both_ways() {
        for (second, rfc3339, rfc5322) in [
            (0, "1970-01-01T00:00:00", "Thu, 1 Jan 1970 00:00:00 +0000"),
            (
                1_795_280_405,
                "2026-11-21T17:00:05",
                "Sat, 21 Nov 2026 17:00:05 +0000",
            ),
        ] {
            let written = Second::of(Timestamp::from_second(second).expect("a time"));
            assert_eq!(
                (&*written.rfc3339, &*written.rfc5322),
                (rfc3339, rfc5322),
                "{second}"
            );
        }
    }

    #[test]
    fn now_is_the_present_second() {
        let before = Timestamp::now().as_second();
        let (second, micros) = now(|second, micros| (second.second, micros));
        assert!((before..=Timestamp::now().as_second()).contains(&second));
        assert!(micros < 1_000_000);
    }
}
