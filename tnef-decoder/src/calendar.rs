//! Calendar structures that MAPI keeps as binary values, read and understood ([MS-OXOCAL], [MS-OXOTASK]).
//!
//! Two steps. The structures come out as they were written: [`RecurrencePattern`], [`AppointmentRecurrence`],
//! [`TimeZoneStruct`], [`TimeZoneDefinition`], [`GlobalObjectId`]. Then they are given a meaning: [`TimeZone`] turns local
//! time into UTC, [`Instances`] walks the days of a pattern, [`Series`] says the same in the terms of iCalendar.
//!
//! Dates of a pattern are minutes of the organizer's local time since 1601, so they mean nothing without a [`TimeZone`].
//!
//! Invariant: no octets make a reader panic or loop, and counts are bounded by [`limits`](crate::limits). Held by
//! `fuzz_targets/tnef_calendar.rs`.
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
//! [MS-OXOTASK]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxotask/

mod appointment_recurrence;
mod blob_error;
mod exception;
mod global_object_id;
mod hijri;
mod instances;
mod minutes;
mod reader;
mod recurrence_pattern;
mod recurrence_rule;
mod series;
mod time_zone;
mod time_zone_definition;
mod time_zone_observances;
mod time_zone_rule;

pub use appointment_recurrence::AppointmentRecurrence;
pub use blob_error::{BlobError, Counted};
pub use exception::{Exception, OverrideFlags};
pub use global_object_id::{GlobalObjectId, Uid};
pub use instances::{Inexpressible, Instances};
pub use minutes::{Minutes, file_time};
pub use recurrence_pattern::{
    CalendarKind, Frequency, Nth, Pattern, RecurrenceEnd, RecurrencePattern, Weekdays,
};
pub use series::{Clock, NoRule, Override, Series};
pub use time_zone::{TimeZone, UnusableTimeZone};
pub use time_zone_definition::{DefinitionRule, TimeZoneDefinition};
pub use time_zone_rule::{SystemTime, TimeZoneRule, TimeZoneStruct};
