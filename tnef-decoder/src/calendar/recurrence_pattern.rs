//! The pattern by which something repeats ([MS-OXOCAL] 2.2.1.44.1).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use jiff::civil::Weekday;

use super::blob_error::{BlobError, Counted};
use super::minutes::Minutes;
use super::reader::Reader;
use crate::limits;

/// How something repeats: appointments within an [`AppointmentRecurrence`](super::AppointmentRecurrence), tasks alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurrencePattern {
    /// The unit the user chose.
    pub frequency: Frequency,
    /// Which days.
    pub pattern: Pattern,
    /// The calendar that months and years are of.
    pub calendar: CalendarKind,
    /// Where the periods are counted from, as minutes. It follows from the start; kept, not used.
    pub first_date_time: u32,
    /// Every how many: minutes for [`Pattern::Day`], weeks for [`Pattern::Week`], else months.
    pub period: u32,
    /// The next one is counted from the day the task is done, not from the last one.
    pub regenerates: bool,
    /// When it ends.
    pub end: RecurrenceEnd,
    /// Occurrences in all; only right with [`RecurrenceEnd::Count`].
    pub occurrences: u32,
    /// On which day weeks begin.
    pub week_start: Weekday,
    /// Days on which it would be and is not: deleted, or moved or changed by an exception.
    pub deleted: Vec<Minutes>,
    /// Days to which exceptions were moved.
    pub modified: Vec<Minutes>,
    /// The day of the first one.
    pub start: Minutes,
    /// The day of the last one; [`Minutes::NEVER`] or nearly that if there is none.
    pub end_date: Minutes,
}

/// The unit of a recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// Every so many days, or every weekday.
    Daily,
    /// Every so many weeks.
    Weekly,
    /// Every so many months.
    Monthly,
    /// Every so many years.
    Yearly,
}

/// Which days of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Every day that the period reaches.
    Day,
    /// These days of the week.
    Week(Weekdays),
    /// This day of the month; the last one where the month is shorter.
    Month {
        /// 1 to 31.
        day: u32,
    },
    /// The n-th of these weekdays in the month.
    MonthNth {
        /// The weekdays; several count as one set.
        weekdays: Weekdays,
        /// Which of them.
        nth: Nth,
    },
    /// The last day of the month.
    MonthEnd,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

/// Which of several days in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nth {
    /// The first (1) to the fourth.
    Of(u8),
    /// The last.
    Last,
}

/// When a recurrence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecurrenceEnd {
    /// On the end date.
    Date,
    /// After so many occurrences.
    Count,
    /// Never.
    Never,
}

/// A calendar by the number of [MS-OXOCAL] 2.2.1.44.1.
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalendarKind {
    /// Months as in the Gregorian one, whatever the years and the months are called.
    Gregorian(u16),
    /// The tabular Islamic calendar.
    Hijri,
    /// Any other.
    Other(u16),
}

impl RecurrencePattern {
    /// Reads a pattern; what follows it is ignored.
    pub fn read(octets: &[u8]) -> Result<Self, BlobError> {
        Self::take(&mut Reader::new(octets))
    }

    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BlobError> {
        let version = reader.u16()?;
        if version != VERSION {
            return Err(unknown("ReaderVersion", u32::from(version)));
        }
        // Writers state newer versions here; the layout has stayed.
        reader.u16()?;
        let frequency = frequency(reader.u16()?)?;
        let kind = reader.u16()?;
        let calendar = calendar(reader.u16()?, kind);
        let first_date_time = reader.u32()?;
        let period = reader.u32()?;
        let regenerates = reader.u32()? != 0;
        let pattern = pattern(kind, reader)?;
        let end = end(reader.u32()?)?;
        let occurrences = reader.u32()?;
        let week_start = weekday(reader.u32()?)?;
        let deleted = dates(reader, Counted::DeletedInstances)?;
        let modified = dates(reader, Counted::ModifiedInstances)?;
        Ok(Self {
            frequency,
            pattern,
            calendar,
            first_date_time,
            period,
            regenerates,
            end,
            occurrences,
            week_start,
            deleted,
            modified,
            start: Minutes(reader.u32()?),
            end_date: Minutes(reader.u32()?),
        })
    }
}

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b011_1110);

    /// From the bits of the structure, Sunday lowest.
    pub fn from_bits(bits: u32) -> Self {
        Self((bits & 0x7f) as u8)
    }

    /// No day at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the day is one of them.
    pub fn contains(self, weekday: Weekday) -> bool {
        self.0 >> weekday.to_sunday_zero_offset() & 1 == 1
    }

    /// The days, Sunday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        const SUNDAY_FIRST: [Weekday; 7] = [
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
        ];
        SUNDAY_FIRST
            .into_iter()
            .filter(move |weekday| self.contains(*weekday))
    }
}

fn frequency(found: u16) -> Result<Frequency, BlobError> {
    match found {
        0x200A => Ok(Frequency::Daily),
        0x200B => Ok(Frequency::Weekly),
        0x200C => Ok(Frequency::Monthly),
        0x200D => Ok(Frequency::Yearly),
        other => Err(unknown("RecurFrequency", u32::from(other))),
    }
}

fn pattern(kind: u16, reader: &mut Reader<'_>) -> Result<Pattern, BlobError> {
    Ok(match kind {
        0x0 => Pattern::Day,
        0x1 => Pattern::Week(Weekdays::from_bits(reader.u32()?)),
        0x2 | HIJRI_MONTH => Pattern::Month { day: reader.u32()? },
        0x3 | HIJRI_MONTH_NTH => Pattern::MonthNth {
            weekdays: Weekdays::from_bits(reader.u32()?),
            nth: nth(reader.u32()?)?,
        },
        0x4 | HIJRI_MONTH_END => {
            reader.u32()?;
            Pattern::MonthEnd
        }
        other => return Err(unknown("PatternType", u32::from(other))),
    })
}

fn nth(found: u32) -> Result<Nth, BlobError> {
    match found {
        1 => Ok(Nth::Of(1)),
        2 => Ok(Nth::Of(2)),
        3 => Ok(Nth::Of(3)),
        4 => Ok(Nth::Of(4)),
        5 => Ok(Nth::Last),
        other => Err(unknown("N", other)),
    }
}

/// Gregorian with other names: US, Japanese, Taiwanese, Korean, Thai, French, Arabic and the two transliterated.
fn calendar(found: u16, pattern: u16) -> CalendarKind {
    if matches!(pattern, HIJRI_MONTH | HIJRI_MONTH_NTH | HIJRI_MONTH_END) {
        return CalendarKind::Hijri;
    }
    match found {
        0..=5 | 7 | 9..=12 => CalendarKind::Gregorian(found),
        6 => CalendarKind::Hijri,
        other => CalendarKind::Other(other),
    }
}

fn end(found: u32) -> Result<RecurrenceEnd, BlobError> {
    match found {
        0x2021 => Ok(RecurrenceEnd::Date),
        0x2022 => Ok(RecurrenceEnd::Count),
        0x2023 | 0xFFFF_FFFF => Ok(RecurrenceEnd::Never),
        other => Err(unknown("EndType", other)),
    }
}

fn weekday(found: u32) -> Result<Weekday, BlobError> {
    i8::try_from(found)
        .ok()
        .and_then(|offset| Weekday::from_sunday_zero_offset(offset).ok())
        .ok_or(unknown("FirstDOW", found))
}

fn dates(reader: &mut Reader<'_>, counted: Counted) -> Result<Vec<Minutes>, BlobError> {
    let count = reader.count(counted, limits::INSTANCE_DATES_MAX)?;
    (0..count).map(|_| reader.u32().map(Minutes)).collect()
}

fn unknown(field: &'static str, found: u32) -> BlobError {
    BlobError::Unknown {
        field,
        found: u64::from(found),
    }
}

const VERSION: u16 = 0x3004;
const HIJRI_MONTH: u16 = 0xA;
const HIJRI_MONTH_NTH: u16 = 0xB;
const HIJRI_MONTH_END: u16 = 0xC;

#[cfg(test)]
mod tests;
