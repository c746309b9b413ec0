//! Little-endian fields of what is on the disk.

/// Takes fields off the front; `None` where there are too few octets.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn octets(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.octets(1).map(|octets| octets[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let octets = self.octets(4)?;
        Some(u32::from_le_bytes(octets.try_into().ok()?))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let octets = self.octets(8)?;
        Some(u64::from_le_bytes(octets.try_into().ok()?))
    }
}
