//! Every bound of this crate. Lengths need none: data is a part of the input, and nothing is copied.

/// Attributes read from one stream. Real messages have about 30, and five more for each attachment.
pub const ATTRIBUTES_MAX: usize = 100_000;

/// Deleted dates, and modified dates, of one series of appointments. Outlook ends a series after 999 instances.
pub const INSTANCE_DATES_MAX: usize = 4096;
/// Exceptions of one series of appointments.
pub const EXCEPTIONS_MAX: usize = 4096;
/// Rules of one time zone ([MS-OXOCAL] 2.2.1.41 states the same bound).
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
pub const TIME_ZONE_RULES_MAX: usize = 1024;
/// Years a series without end is written out for where no rule can say it.
pub const EXPANSION_YEARS_MAX: i16 = 5;
/// Instances a series is written out to where no rule can say it: one a day.
pub const EXPANSION_INSTANCES_MAX: usize = 1830;
