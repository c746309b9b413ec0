//! One rule of a time zone, as Windows keeps it ([MS-OXOCAL] 2.2.1.39).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use super::blob_error::BlobError;
use super::reader::Reader;

/// PidLidTimeZoneStruct: a zone that has always had one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZoneStruct {
    /// That rule.
    pub rule: TimeZoneRule,
}

/// The biases of a zone, and when they change. UTC is local time plus the bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZoneRule {
    /// Minutes, west positive.
    pub bias: i32,
    /// Minutes to add in standard time.
    pub standard_bias: i32,
    /// Minutes to add in daylight-saving time.
    pub daylight_bias: i32,
    /// When standard time begins, in daylight-saving time.
    pub standard_date: SystemTime,
    /// When daylight-saving time begins, in standard time.
    pub daylight_date: SystemTime,
}

/// A SYSTEMTIME: with year 0 it names the n-th weekday of a month, else a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SystemTime {
    /// 0: every year.
    pub year: u16,
    /// 0: there is no such date.
    pub month: u16,
    /// 0 is Sunday.
    pub day_of_week: u16,
    /// The day of the month, or with year 0 which weekday of it, 5 being the last.
    pub day: u16,
    /// Hour.
    pub hour: u16,
    /// Minute.
    pub minute: u16,
    /// Second.
    pub second: u16,
    /// Millisecond.
    pub millisecond: u16,
}

impl TimeZoneStruct {
    /// Reads the structure; what follows it is ignored.
    pub fn read(octets: &[u8]) -> Result<Self, BlobError> {
        let mut reader = Reader::new(octets);
        let [bias, standard_bias, daylight_bias] = biases(&mut reader)?;
        reader.u16()?;
        let standard_date = SystemTime::take(&mut reader)?;
        reader.u16()?;
        let daylight_date = SystemTime::take(&mut reader)?;
        let rule = TimeZoneRule {
            bias,
            standard_bias,
            daylight_bias,
            standard_date,
            daylight_date,
        };
        Ok(Self { rule })
    }
}

impl TimeZoneRule {
    /// The rule within a definition, which repeats no years.
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BlobError> {
        let [bias, standard_bias, daylight_bias] = biases(reader)?;
        Ok(Self {
            bias,
            standard_bias,
            daylight_bias,
            standard_date: SystemTime::take(reader)?,
            daylight_date: SystemTime::take(reader)?,
        })
    }
}

impl SystemTime {
    fn take(reader: &mut Reader<'_>) -> Result<Self, BlobError> {
        Ok(Self {
            year: reader.u16()?,
            month: reader.u16()?,
            day_of_week: reader.u16()?,
            day: reader.u16()?,
            hour: reader.u16()?,
            minute: reader.u16()?,
            second: reader.u16()?,
            millisecond: reader.u16()?,
        })
    }
}

fn biases(reader: &mut Reader<'_>) -> Result<[i32; 3], BlobError> {
    Ok([reader.i32()?, reader.i32()?, reader.i32()?])
}
