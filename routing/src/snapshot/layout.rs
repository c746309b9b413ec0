//! The bytes of a snapshot. All numbers are little-endian.
//!
//! ```text
//! header, 128 octets
//!   0 magic[8]         8 version u32      12 checksum of the header, itself as zero
//!  16 length u64      24 secret[16]       40 built_at u64
//!  48 recipients u64  56 addresses u64    64 (zero) u64
//!  72 octets u64 of: reads, names, slots, keys, records
//! 112 checksum u32 of: names, slots, keys, records
//! reads    u64 a source (0: never), checksum u32; alone is written in place, so not covered by the header
//! names    sources: u16 count, each u16 length, text, u64 read_at when built
//!          sides: u16 count, each u16 length, text
//!          domains: u16 count, each u16 length, text
//! slots    u32 tag, u32 place in keys + 1 (0: empty)
//! keys     u32 place in records, u16 domain, u8 found as, u8 length, folded local part
//! records  see `record`
//! ```
//! Checksums are CRC-32 (they tell damage, not forgery: who can write the file is the administrator's choice).

use std::ops::Range;

use super::Found;
use crate::UnixTime;

pub(super) const MAGIC: &[u8; 8] = b"TWXSNAP\0";
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER: usize = 128;
pub(super) const SLOT: usize = 8;
/// Octets of a key before its local part.
pub(super) const KEY_HEAD: usize = 8;

/// The parts behind the header, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section {
    Reads,
    Names,
    Slots,
    Keys,
    Records,
}

impl Section {
    /// Those the header has a checksum of.
    pub(super) const CHECKED: [Self; 4] = [Self::Names, Self::Slots, Self::Keys, Self::Records];
}

/// The first 128 octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) hash_key: [u8; 16],
    pub(super) built_at: UnixTime,
    pub(super) recipients: u64,
    pub(super) addresses: u64,
    pub(super) octets: [u64; 5],
    pub(super) checksums: [u32; 4],
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[..8].copy_from_slice(MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out[24..40].copy_from_slice(&self.hash_key);
        let words = [16, 40, 48, 56].into_iter().zip([
            self.length(),
            self.built_at.seconds(),
            self.recipients,
            self.addresses,
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
            hash_key: image.get(24..40)?.try_into().ok()?,
            built_at: UnixTime::from_seconds(u64_at(image, 40)?),
            recipients: u64_at(image, 48)?,
            addresses: u64_at(image, 56)?,
            octets: [0; 5],
            checksums: [0; 4],
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
}

/// One entry of the keys.
pub(super) struct KeyEntry<'a> {
    pub(super) record: u32,
    pub(super) domain: u16,
    pub(super) found: Found,
    pub(super) local: &'a [u8],
}

pub(super) fn key_at(keys: &[u8], place: usize) -> Option<KeyEntry<'_>> {
    let entry = keys.get(place..)?;
    let (head, rest) = entry.split_at_checked(KEY_HEAD)?;
    Some(KeyEntry {
        record: u32_at(head, 0)?,
        domain: u16_at(head, 4)?,
        found: found(head[6])?,
        local: rest.get(..usize::from(head[7]))?,
    })
}

pub(super) fn found_number(found: Found) -> u8 {
    match found {
        Found::Primary => 0,
        Found::Alias => 1,
        Found::RoutingAddress => 2,
    }
}

fn found(number: u8) -> Option<Found> {
    match number {
        0 => Some(Found::Primary),
        1 => Some(Found::Alias),
        2 => Some(Found::RoutingAddress),
        _ => None,
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
