//! Takes little-endian fields from the front of octets.

use super::blob_error::{BlobError, Counted};

/// What is left of a structure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self { octets, at: 0 }
    }

    pub(super) fn take(&mut self, wanted: usize) -> Result<&'a [u8], BlobError> {
        let truncated = BlobError::Truncated {
            at: self.at,
            wanted,
        };
        let (taken, rest) = self.octets.split_at_checked(wanted).ok_or(truncated)?;
        self.octets = rest;
        self.at += wanted;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BlobError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u16(&mut self) -> Result<u16, BlobError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, BlobError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, BlobError> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, BlobError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Everything that is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.octets
    }

    /// A length of four octets, then so many octets.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], BlobError> {
        let size = self.u32()?;
        self.take(usize::try_from(size).unwrap_or(usize::MAX))
    }

    /// So many UTF-16 code units. What is no text becomes U+FFFD.
    pub(super) fn utf16(&mut self, units: u16) -> Result<String, BlobError> {
        let octets = self.take(2 * usize::from(units))?;
        let units = octets.chunks_exact(2).map(|pair| match *pair {
            [low, high] => u16::from_le_bytes([low, high]),
            _ => 0,
        });
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        Ok(String::from_utf16_lossy(&units))
    }

    /// A count, not above its bound.
    pub(super) fn count(&mut self, counted: Counted, max: usize) -> Result<usize, BlobError> {
        let found = self.u32()?;
        bounded(found, counted, max)
    }

    /// The same in two octets.
    pub(super) fn short_count(&mut self, counted: Counted, max: usize) -> Result<usize, BlobError> {
        let found = self.u16()?;
        bounded(u32::from(found), counted, max)
    }
}

fn bounded(found: u32, counted: Counted, max: usize) -> Result<usize, BlobError> {
    match usize::try_from(found) {
        Ok(count) if count <= max => Ok(count),
        _ => Err(BlobError::TooMany {
            counted,
            found: u64::from(found),
            max,
        }),
    }
}
