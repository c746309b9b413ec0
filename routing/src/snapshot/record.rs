//! The record of one recipient.
//!
//! ```text
//! u16 length of the record   u8 flags   u16 side   u16 source   u32 place of the primary address in keys
//! flag 1: u8 length, local part of the primary address as given, where folding changed it
//! flag 2: routing address: u16 domain, u8 length, local part as given
//! flag 4: u64 moved_at       flag 8: u16 previous side
//! u16 count of aliases, u32 place in keys each
//! ```
//! The length comes first so that a record may grow at its end.

use std::sync::Arc;

use super::layout::{self, Section, key_at, u16_at};
use super::{Found, Index};
use crate::{Address, Recipient, SideName, UnixTime};

const SPELLED: u8 = 1;
const ROUTED: u8 = 2;
const MOVED: u8 = 4;
const CAME_FROM: u8 = 8;

/// A record's fields as they stand in its bytes.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) length: usize,
    pub(super) side: u16,
    pub(super) source: u16,
    pub(super) primary: u32,
    pub(super) spelling: Option<&'a str>,
    pub(super) routing: Option<(u16, &'a str)>,
    pub(super) moved_at: Option<u64>,
    pub(super) previous_side: Option<u16>,
    /// Four octets each.
    pub(super) aliases: &'a [u8],
}

impl<'a> Record<'a> {
    /// Appends the record; `false` if it is too long to be one.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let flags = [
            self.spelling.is_some(),
            self.routing.is_some(),
            self.moved_at.is_some(),
            self.previous_side.is_some(),
        ];
        out.extend_from_slice(&[0, 0]);
        out.push(
            flags
                .iter()
                .zip([SPELLED, ROUTED, MOVED, CAME_FROM])
                .map(|(set, flag)| u8::from(*set) * flag)
                .sum(),
        );
        out.extend_from_slice(&self.side.to_le_bytes());
        out.extend_from_slice(&self.source.to_le_bytes());
        out.extend_from_slice(&self.primary.to_le_bytes());
        if let Some(spelling) = self.spelling {
            write_text(spelling, out);
        }
        if let Some((domain, local)) = self.routing {
            out.extend_from_slice(&domain.to_le_bytes());
            write_text(local, out);
        }
        if let Some(moved_at) = self.moved_at {
            out.extend_from_slice(&moved_at.to_le_bytes());
        }
        if let Some(previous) = self.previous_side {
            out.extend_from_slice(&previous.to_le_bytes());
        }
        out.extend_from_slice(&((self.aliases.len() / 4) as u16).to_le_bytes());
        out.extend_from_slice(self.aliases);
        let Ok(length) = u16::try_from(out.len() - start) else {
            return false;
        };
        out[start..start + 2].copy_from_slice(&length.to_le_bytes());
        true
    }

    /// Reads the record that `octets` begins with.
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        let length = usize::from(u16_at(octets, 0)?);
        let mut rest = Reader(octets.get(2..length)?);
        let flags = rest.take(1)?[0];
        let has = |flag: u8| flags & flag != 0;
        Some(Self {
            length,
            side: rest.u16()?,
            source: rest.u16()?,
            primary: layout::u32_at(rest.take(4)?, 0)?,
            spelling: if has(SPELLED) {
                Some(rest.text()?)
            } else {
                None
            },
            routing: if has(ROUTED) {
                Some((rest.u16()?, rest.text()?))
            } else {
                None
            },
            moved_at: if has(MOVED) {
                Some(layout::u64_at(rest.take(8)?, 0)?)
            } else {
                None
            },
            previous_side: if has(CAME_FROM) {
                Some(rest.u16()?)
            } else {
                None
            },
            aliases: {
                let count = usize::from(rest.u16()?);
                rest.take(count * 4)?
            },
        })
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(text.len() as u8); // a local part as given is at most 64 octets
    out.extend_from_slice(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        u16_at(self.take(2)?, 0)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.take(1)?[0]);
        std::str::from_utf8(self.take(length)?).ok()
    }
}

/// A recipient where it lies in the snapshot.
#[derive(Clone, Copy)]
pub struct RecipientView<'a> {
    index: &'a Index,
    record: Record<'a>,
    found: Found,
}

impl<'a> RecipientView<'a> {
    pub(super) fn new(index: &'a Index, record: Record<'a>, found: Found) -> Self {
        Self {
            index,
            record,
            found,
        }
    }

    /// As what the address asked for led here.
    pub fn found(&self) -> Found {
        self.found
    }

    /// The side where it lives.
    pub fn side(&self) -> Option<&'a SideName> {
        self.index.sides.get(usize::from(self.record.side))
    }

    /// The source that says so.
    pub fn source(&self) -> Option<&'a Arc<str>> {
        self.index.sources.get(usize::from(self.record.source))
    }

    /// The address it is known by.
    pub fn primary(&self) -> Option<Address> {
        self.address(self.record.primary, self.record.spelling)
    }

    /// The address that only its side has for it.
    pub fn routing_address(&self) -> Option<Address> {
        let (domain, local) = self.record.routing?;
        Address::from_parts(local, self.index.domains.get(usize::from(domain))?).ok()
    }

    /// Further addresses, in their folded form.
    pub fn aliases(&self) -> impl Iterator<Item = Address> + use<'a> {
        let view = *self;
        let places = self.record.aliases.chunks_exact(4);
        places.filter_map(move |place| view.address(layout::u32_at(place, 0)?, None))
    }

    /// When the side last changed, or the recipient appeared.
    pub fn moved_at(&self) -> Option<UnixTime> {
        self.record.moved_at.map(UnixTime::from_seconds)
    }

    /// The side before that.
    pub fn previous_side(&self) -> Option<&'a SideName> {
        self.index
            .sides
            .get(usize::from(self.record.previous_side?))
    }

    /// Whether both views show the same recipient.
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.index, other.index) && self.record.primary == other.record.primary
    }

    /// The recipient as a value of its own.
    pub fn to_recipient(&self) -> Option<Recipient> {
        Some(Recipient {
            primary: self.primary()?,
            aliases: self.aliases().collect(),
            side: self.side()?.clone(),
            routing_address: self.routing_address(),
            source: self.source()?.clone(),
            moved_at: self.moved_at(),
            previous_side: self.previous_side().cloned(),
        })
    }

    fn address(&self, place: u32, spelling: Option<&str>) -> Option<Address> {
        let key = key_at(self.index.section(Section::Keys), place as usize)?;
        let local = std::str::from_utf8(key.local).ok()?;
        Some(Address::stored(
            local,
            self.index.domains.get(usize::from(key.domain))?,
            spelling,
        ))
    }
}
