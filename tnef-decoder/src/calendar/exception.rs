//! One changed instance of a series ([MS-OXOCAL] 2.2.1.44.2 to 2.2.1.44.4).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use super::blob_error::BlobError;
use super::minutes::Minutes;
use super::reader::Reader;

/// An instance that differs from its series. What is `None` is as in the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Where it begins now.
    pub start: Minutes,
    /// Where it ends now.
    pub end: Minutes,
    /// Where it began before, with its time.
    pub original_start: Minutes,
    /// What was changed.
    pub overrides: OverrideFlags,
    /// The subject in the code page of who wrote it.
    pub subject: Option<Vec<u8>>,
    /// The subject as Unicode, where that was written too.
    pub wide_subject: Option<String>,
    /// Whether it is a meeting, and whether it was received or cancelled.
    pub meeting_type: Option<u32>,
    /// Minutes from the reminder to the start.
    pub reminder_minutes: Option<u32>,
    /// Whether there is a reminder.
    pub has_reminder: Option<bool>,
    /// The location in the code page of who wrote it.
    pub location: Option<Vec<u8>>,
    /// The location as Unicode, where that was written too.
    pub wide_location: Option<String>,
    /// Free, tentative, busy, out of office.
    pub busy_status: Option<u32>,
    /// Whether it has attachments.
    pub has_attachments: Option<bool>,
    /// Whether it lasts whole days.
    pub is_all_day: Option<bool>,
    /// A colour, which says nothing to others.
    pub color: Option<u32>,
    /// What was changed, as shown to attendees.
    pub change_highlight: Option<u32>,
}

/// Which parts of an instance differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OverrideFlags(pub u16);

impl OverrideFlags {
    /// Subject.
    pub const SUBJECT: u16 = 0x0001;
    /// Meeting type.
    pub const MEETING_TYPE: u16 = 0x0002;
    /// Minutes of the reminder.
    pub const REMINDER_DELTA: u16 = 0x0004;
    /// Presence of the reminder.
    pub const REMINDER: u16 = 0x0008;
    /// Location.
    pub const LOCATION: u16 = 0x0010;
    /// Busy status.
    pub const BUSY_STATUS: u16 = 0x0020;
    /// Attachments.
    pub const ATTACHMENT: u16 = 0x0040;
    /// Whole days or not.
    pub const SUB_TYPE: u16 = 0x0080;
    /// Colour.
    pub const COLOR: u16 = 0x0100;
    /// The body, which then is in an embedded message.
    pub const EXCEPTIONAL_BODY: u16 = 0x0200;

    /// Whether one of them is set.
    pub fn has(self, flags: u16) -> bool {
        self.0 & flags != 0
    }
}

impl Exception {
    /// The part that every version writes.
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BlobError> {
        let start = Minutes(reader.u32()?);
        let end = Minutes(reader.u32()?);
        let original_start = Minutes(reader.u32()?);
        let overrides = OverrideFlags(reader.u16()?);
        let number = |reader: &mut Reader<'_>, flag| match overrides.has(flag) {
            true => reader.u32().map(Some),
            false => Ok(None),
        };
        let subject = short_text(reader, overrides, OverrideFlags::SUBJECT)?;
        let meeting_type = number(reader, OverrideFlags::MEETING_TYPE)?;
        let reminder_minutes = number(reader, OverrideFlags::REMINDER_DELTA)?;
        let reminder = number(reader, OverrideFlags::REMINDER)?;
        let location = short_text(reader, overrides, OverrideFlags::LOCATION)?;
        let busy_status = number(reader, OverrideFlags::BUSY_STATUS)?;
        let attachment = number(reader, OverrideFlags::ATTACHMENT)?;
        let sub_type = number(reader, OverrideFlags::SUB_TYPE)?;
        let color = number(reader, OverrideFlags::COLOR)?;
        Ok(Self {
            start,
            end,
            original_start,
            overrides,
            subject,
            wide_subject: None,
            meeting_type,
            reminder_minutes,
            has_reminder: reminder.map(|set| set != 0),
            location,
            wide_location: None,
            busy_status,
            has_attachments: attachment.map(|set| set != 0),
            is_all_day: sub_type.map(|set| set != 0),
            color,
            change_highlight: None,
        })
    }

    /// The extended part, in the same order after all of them.
    pub(super) fn extend(
        &mut self,
        reader: &mut Reader<'_>,
        highlights: Highlights,
    ) -> Result<(), BlobError> {
        if highlights == Highlights::Written {
            let mut highlight = Reader::new(reader.sized()?);
            self.change_highlight = highlight.u32().ok();
        }
        reader.sized()?;
        if !self
            .overrides
            .has(OverrideFlags::SUBJECT | OverrideFlags::LOCATION)
        {
            return Ok(());
        }
        // Start, end and original start again.
        reader.take(12)?;
        if self.overrides.has(OverrideFlags::SUBJECT) {
            let units = reader.u16()?;
            self.wide_subject = Some(reader.utf16(units)?);
        }
        if self.overrides.has(OverrideFlags::LOCATION) {
            let units = reader.u16()?;
            self.wide_location = Some(reader.utf16(units)?);
        }
        reader.sized()?;
        Ok(())
    }
}

/// Whether extended exceptions begin with a change highlight: since version 0x3009.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Highlights {
    Written,
    NotYet,
}

/// A length with and one without a terminator that is not there, then the text.
fn short_text(
    reader: &mut Reader<'_>,
    overrides: OverrideFlags,
    flag: u16,
) -> Result<Option<Vec<u8>>, BlobError> {
    if !overrides.has(flag) {
        return Ok(None);
    }
    reader.u16()?;
    let length = reader.u16()?;
    Ok(Some(reader.take(usize::from(length))?.to_vec()))
}
