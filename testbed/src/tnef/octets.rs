//! Little-endian octets in the making.

/// What has been written so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Octets(Vec<u8>);

impl Octets {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.raw(&[value])
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(crate) fn i32(&mut self, value: i32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(crate) fn raw(&mut self, octets: &[u8]) -> &mut Self {
        self.0.extend_from_slice(octets);
        self
    }

    pub(crate) fn zeros(&mut self, count: usize) -> &mut Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }

    /// UTF-16 without a terminator.
    pub(crate) fn utf16(&mut self, text: &str) -> &mut Self {
        self.raw(&utf16(text))
    }

    /// Size, octets, and zeros up to the next multiple of four, which the size does not count ([MS-OXTNEF] §2.1.3.4).
    pub(crate) fn sized(&mut self, octets: &[u8]) -> &mut Self {
        self.u32(length(octets)).raw(octets).pad()
    }

    /// Zeros up to the next multiple of four.
    pub(crate) fn pad(&mut self) -> &mut Self {
        self.zeros(self.0.len().next_multiple_of(4) - self.0.len())
    }

    pub(crate) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// A length as formats of the last century count.
pub(crate) fn length(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).expect("no fixture has four gigabytes")
}

/// UTF-16, little-endian, without a terminator.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_does_not_count_its_padding() {
        let check = |octets: &[u8], expected: &[u8]| {
            assert_eq!(Octets::new().sized(octets).finish(), expected, "{octets:?}");
        };
        check(b"", &[0, 0, 0, 0]);
        check(b"a", &[1, 0, 0, 0, b'a', 0, 0, 0]);
        check(b"abc", &[3, 0, 0, 0, b'a', b'b', b'c', 0]);
        check(b"abcd", &[4, 0, 0, 0, b'a', b'b', b'c', b'd']);
    }

    #[test]
    fn characters_beyond_the_plane_are_two_units() {
        assert_eq!(utf16("a😀"), [0x61, 0, 0x3d, 0xd8, 0x00, 0xde]);
    }
}
