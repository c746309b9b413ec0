//! The recurrence of an appointment: its pattern, its times and its exceptions ([MS-OXOCAL] 2.2.1.44.5).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use super::blob_error::{BlobError, Counted};
use super::exception::{Exception, Highlights};
use super::reader::Reader;
use super::recurrence_pattern::RecurrencePattern;
use crate::limits;

/// A series of appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentRecurrence {
    /// On which days.
    pub pattern: RecurrencePattern,
    /// Minutes from midnight to the start.
    pub start_minutes: u32,
    /// Minutes from the midnight before the start to the end; more than a day's where it lasts longer.
    pub end_minutes: u32,
    /// What differs.
    pub exceptions: Vec<Exception>,
    /// Why reading stopped early, where it did; everything before that is here.
    pub shortfall: Option<BlobError>,
}

impl AppointmentRecurrence {
    /// Reads a series. Pattern and times must be there; of the exceptions as many as can be read.
    pub fn read(octets: &[u8]) -> Result<Self, BlobError> {
        let mut reader = Reader::new(octets);
        let pattern = RecurrencePattern::take(&mut reader)?;
        reader.u32()?;
        let version = reader.u32()?;
        let start_minutes = reader.u32()?;
        let end_minutes = reader.u32()?;
        let mut exceptions = Vec::new();
        let read = read_exceptions(&mut reader, version, &mut exceptions);
        if let Err(error @ BlobError::TooMany { .. }) = read {
            return Err(error);
        }
        Ok(Self {
            pattern,
            start_minutes,
            end_minutes,
            exceptions,
            shortfall: read.err(),
        })
    }

    /// How long an instance lasts that nobody changed.
    pub fn duration_minutes(&self) -> u32 {
        self.end_minutes.saturating_sub(self.start_minutes)
    }
}

fn read_exceptions(
    reader: &mut Reader<'_>,
    version: u32,
    exceptions: &mut Vec<Exception>,
) -> Result<(), BlobError> {
    let count = reader.short_count(Counted::Exceptions, limits::EXCEPTIONS_MAX)?;
    for _ in 0..count {
        exceptions.push(Exception::take(reader)?);
    }
    reader.sized()?;
    let highlights = match version {
        ..HIGHLIGHTS_SINCE => Highlights::NotYet,
        _ => Highlights::Written,
    };
    for exception in exceptions {
        exception.extend(reader, highlights)?;
    }
    reader.sized()?;
    Ok(())
}

const HIGHLIGHTS_SINCE: u32 = 0x3009;

#[cfg(test)]
mod tests;
