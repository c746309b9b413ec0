//! Reads numbers and pieces off the front of octets.

use crate::guid::Guid;

/// Where a reader stands. Every method gives `None` and takes nothing where the octets end first.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self::at(octets, 0)
    }

    pub(crate) fn at(octets: &'a [u8], at: usize) -> Self {
        Self { octets, at }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn remaining(&self) -> usize {
        self.octets.len().saturating_sub(self.at)
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.octets.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// Pieces are filled up to four octets; at the very end the filling may be missing.
    pub(crate) fn take_padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.take(length)?;
        let filling = length.next_multiple_of(4) - length;
        self.at += filling.min(self.remaining());
        Some(taken)
    }

    /// What was taken since it stood at `begin`.
    pub(crate) fn since(&self, begin: usize) -> &'a [u8] {
        self.octets.get(begin..self.at).unwrap_or_default()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn guid(&mut self) -> Option<Guid> {
        self.array().map(Guid)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N).and_then(|octets| octets.try_into().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_what_is_there_and_nothing_else() {
        let mut cursor = Cursor::new(&[1, 0, 2, 0, 0, 0, b'a', 0, 0, 0, b'b']);
        assert_eq!(cursor.u16(), Some(1));
        assert_eq!(cursor.u32(), Some(2));
        assert_eq!(cursor.take_padded(1), Some(&b"a"[..]));
        assert_eq!((cursor.u16(), cursor.guid()), (None, None));
        assert_eq!(cursor.take(usize::MAX), None);
        assert_eq!(cursor.position(), 10);
        assert_eq!(cursor.take_padded(1), Some(&b"b"[..]));
        assert_eq!((cursor.position(), cursor.remaining()), (11, 0));
        assert_eq!(cursor.since(6), b"a\0\0\0b");
        assert_eq!(Cursor::at(b"", 9).take(0), None);
    }
}
