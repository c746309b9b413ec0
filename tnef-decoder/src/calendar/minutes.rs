//! Points in time as the calendar writes them.

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Timestamp};

/// Minutes since the beginning of 1601, local time of who wrote them ([MS-OXOCAL] 2.2.1.44).
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(pub u32);

impl Minutes {
    /// The end date of a series without one.
    pub const NEVER: Self = Self(0x5AE9_80DF);

    /// The date and the time. The last possible ones are in the year 9766, so there always are such.
    pub fn date_time(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_mins(i64::from(self.0)))
    }

    /// The date alone.
    pub fn date(self) -> Date {
        self.date_time().date()
    }
}

/// What a count of 100 nanoseconds since 1601, in UTC, means; `None` beyond the year 9999.
pub fn file_time(ticks: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(ticks / TICKS_A_SECOND).ok()? - SECONDS_1601_TO_1970;
    let nanoseconds = i32::try_from(ticks % TICKS_A_SECOND * 100).ok()?;
    Timestamp::new(seconds, nanoseconds).ok()
}

const EPOCH: DateTime = date(1601, 1, 1).at(0, 0, 0, 0);
const TICKS_A_SECOND: u64 = 10_000_000;
const SECONDS_1601_TO_1970: i64 = 11_644_473_600;
