//! The bytes of a snapshot. All numbers are little-endian.
//!
//! ```text
//! header, 128 octets
//!   0 magic[8]         8 version u32      12 checksum of the header, itself as zero
//!  16 length u64      24 secret[16]       40 built_at u64
//!  48 recipients u64  56 addresses u64    64 groups u64
//!  72 octets u64 of: reads, names, sums, slots, entries
//! 112 checksum u32 of: names, sums       120 (zero) u64
//! reads    u64 a source (0: never), checksum u32; alone is written in place, so not covered by the header
//! names    sources: u16 count, each u16 length, text, u64 read_at when built
//!          sides: u16 count, each u16 length, text
//!          domains: u16 count, each u16 length, text
//! sums     checksum u32 of each page of slots, then of each page of entries
//! slots    see `bucket`
//! entries  see `entry`; none crosses the end of a page, zeros fill the rest of it
//! ```
//! Slots and entries are read in pages, each when it is first needed and checked before it is used; so an opened file
//! answers at once and never with an octet that nobody checked. Checksums are CRC-32 (they tell damage, not forgery:
//! who can write the file is the administrator's choice).

use std::ops::Range;

use crate::UnixTime;

pub(super) const MAGIC: &[u8; 8] = b"TWXSNAP\0";
pub(super) const VERSION: u32 = 4;
/// The oldest format that can be read. It knows no groups.
pub(super) const VERSION_MIN: u32 = 3;
pub(super) const HEADER: usize = 128;
/// Octets of a bucket of slots.
pub(super) const BUCKET: usize = 64;
/// Octets of a page: large enough for any entry and for few of them, small enough that the first question to it waits
/// some fifty microseconds.
pub(super) const PAGE: usize = 256 << 10;

/// The parts behind the header, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section {
    Reads,
    Names,
    Sums,
    Slots,
    Entries,
}

impl Section {
    /// Those the header has a checksum of.
    pub(super) const CHECKED: [Self; 2] = [Self::Names, Self::Sums];
    /// Those that lie in pages.
    pub(super) const PAGED: [Self; 2] = [Self::Slots, Self::Entries];
}

/// The first 128 octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) secret: [u8; 16],
    pub(super) built_at: UnixTime,
    pub(super) recipients: u64,
    pub(super) addresses: u64,
    /// Recipients that are groups with members.
    pub(super) groups: u64,
    pub(super) octets: [u64; 5],
    pub(super) checksums: [u32; 2],
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[..8].copy_from_slice(MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out[24..40].copy_from_slice(&self.secret);
        let words = [16, 40, 48, 56, 64].into_iter().zip([
            self.length(),
            self.built_at.seconds(),
            self.recipients,
            self.addresses,
            self.groups,
        ]);
        for (at, word) in words.chain((72..).step_by(8).zip(self.octets)) {
            out[at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
        for (at, checksum) in (112..).step_by(4).zip(self.checksums) {
            out[at..at + 4].copy_from_slice(&checksum.to_le_bytes());
        }
        let checksum = crc32fast::hash(&out);
        out[12..16].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// Reads what `encode` wrote; magic, version and checksum are the caller's to look at first.
    pub(super) fn decode(image: &[u8]) -> Option<Self> {
        let mut header = Self {
            secret: image.get(24..40)?.try_into().ok()?,
            built_at: UnixTime::from_seconds(u64_at(image, 40)?),
            recipients: u64_at(image, 48)?,
            addresses: u64_at(image, 56)?,
            groups: u64_at(image, 64)?,
            octets: [0; 5],
            checksums: [0; 2],
        };
        for (at, octets) in (72..).step_by(8).zip(&mut header.octets) {
            *octets = u64_at(image, at)?;
        }
        for (at, checksum) in (112..).step_by(4).zip(&mut header.checksums) {
            *checksum = u32_at(image, at)?;
        }
        Some(header)
    }

    /// Octets of the whole file.
    pub(super) fn length(&self) -> u64 {
        self.octets
            .iter()
            .fold(HEADER as u64, |sum, octets| sum.saturating_add(*octets))
    }

    pub(super) fn range(&self, section: Section) -> Range<usize> {
        let before = self.octets[..section as usize]
            .iter()
            .fold(HEADER as u64, |sum, octets| sum.saturating_add(*octets));
        before as usize..before.saturating_add(self.octets[section as usize]) as usize
    }

    /// The number of pages of a section.
    pub(super) fn pages(&self, section: Section) -> u64 {
        self.octets[section as usize].div_ceil(PAGE as u64)
    }

    /// The number of buckets.
    pub(super) fn buckets(&self) -> usize {
        self.octets[Section::Slots as usize] as usize / BUCKET
    }

    /// Whether its sections can be what they are to be.
    pub(super) fn is_sound(&self) -> bool {
        let pages = Section::PAGED
            .map(|section| self.pages(section))
            .iter()
            .sum::<u64>();
        self.octets[Section::Slots as usize].is_multiple_of(BUCKET as u64)
            && self.octets[Section::Sums as usize] == pages * 4
    }
}

pub(super) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets
        .get(at..at + 2)
        .and_then(|o| o.try_into().ok())
        .map(u16::from_le_bytes)
}

pub(super) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    octets
        .get(at..at + 4)
        .and_then(|o| o.try_into().ok())
        .map(u32::from_le_bytes)
}

pub(super) fn u64_at(octets: &[u8], at: usize) -> Option<u64> {
    octets
        .get(at..at + 8)
        .and_then(|o| o.try_into().ok())
        .map(u64::from_le_bytes)
}
