//! How long to wait before a question is asked again.

use std::time::{Duration, SystemTime};

use super::Patience;
use crate::limits::SERVER_WAIT_MAX;

/// The time that `Retry-After` names (RFC 9110 §10.2.3): seconds, or a date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) if value.bytes().all(|octet| octet.is_ascii_digit()) && !value.is_empty() => {
            Duration::MAX
        }
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            // One that is past means now.
            date.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(SERVER_WAIT_MAX))
}

/// How long to wait before attempt `next` (the second one is 1), where no time is named: twice as long each time, and a
/// random half of it, so that not everybody comes back at once. `random` is any number.
pub(super) fn backoff(patience: &Patience, next: u32, random: u64) -> Duration {
    let doubled = 2u32.saturating_pow(next.saturating_sub(1).min(31));
    let most = patience.retry_min.saturating_mul(doubled);
    let most = most.min(patience.retry_max);
    let share = (random >> 32) as f64 / f64::from(u32::MAX);
    most.mul_f64(0.5 + 0.5 * share.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let check = |value: &str, expected: Option<u64>| {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(retry_after(value, now), expected, "{value}");
        };
        check("0", Some(0));
        check(" 17 ", Some(17));
        check("Sun, 06 Nov 1994 08:50:07 GMT", Some(30));
        check("Sun, 06 Nov 1994 08:49:07 GMT", Some(0));
        check("Sunday, 06-Nov-94 08:50:07 GMT", Some(30));
        check("3600", Some(3600));
        check("3601", Some(3600));
        check("99999999999999999999999", Some(3600));
        check("Sat, 06 Nov 2094 08:50:07 GMT", Some(3600));
        check("-1", None);
        check("soon", None);
        check("", None);
    }

    #[test]
    fn without_a_time_the_wait_doubles_and_is_bounded() {
        let patience = Patience::default();
        let check = |next: u32, most: u64| {
            let most = Duration::from_secs(most);
            let (least, longest) = (
                backoff(&patience, next, 0),
                backoff(&patience, next, u64::MAX),
            );
            assert_eq!((least, longest), (most / 2, most), "{next}");
            let other = backoff(&patience, next, 1 << 60);
            assert!(least < other && other < longest, "{next}");
        };
        check(1, 1);
        check(2, 2);
        check(3, 4);
        check(9, 256);
        check(10, 300);
        check(u32::MAX, 300);
    }
}
