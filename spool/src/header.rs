//! What a segment begins with, and the file that names the spool.

use crate::fields::Fields;
use crate::uid::Uid;

/// Format written and read by this program.
pub(crate) const VERSION: u32 = 1;

/// The first block of a segment. A damaged one costs nothing: the name of the file says the generation, the
/// file `format` the secret, and the roster repeats the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) uid: Uid,
    /// 0 in the file `format`.
    pub(crate) generation: u64,
    /// Length of the segment.
    pub(crate) size: u64,
    /// No smaller name is given out any more.
    pub(crate) next_id: u64,
    pub(crate) sequence: u64,
}

/// What the first octets of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Whole(Header),
    /// Written by a later program.
    Newer(u32),
    Damaged,
}

impl Header {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(OCTETS);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        let preamble = crc32fast::hash(&out);
        out.extend_from_slice(&preamble.to_le_bytes());
        let numbers = [
            self.uid.0,
            self.uid.1,
            self.generation,
            self.size,
            self.next_id,
            self.sequence,
        ];
        for number in numbers {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let check = self.uid.check(&[], &out);
        out.extend_from_slice(&check.to_le_bytes());
        out
    }

    /// The first 16 octets (magic, version, their checksum) stay as they are in every version to come.
    pub(crate) fn decode(octets: &[u8]) -> Seen {
        match Self::version(octets) {
            Some(version) if version > VERSION => Seen::Newer(version),
            Some(VERSION) => Self::body(octets).map_or(Seen::Damaged, Seen::Whole),
            Some(_) | None => Seen::Damaged,
        }
    }

    fn version(octets: &[u8]) -> Option<u32> {
        let mut fields = Fields(octets);
        let preamble = octets.get(..12)?;
        let magic = fields.octets(MAGIC.len())?;
        let version = fields.u32()?;
        let check = fields.u32()?;
        (magic == MAGIC && check == crc32fast::hash(preamble)).then_some(version)
    }

    fn body(octets: &[u8]) -> Option<Self> {
        let mut fields = Fields(octets.get(16..OCTETS)?);
        let header = Self {
            uid: Uid(fields.u64()?, fields.u64()?),
            generation: fields.u64()?,
            size: fields.u64()?,
            next_id: fields.u64()?,
            sequence: fields.u64()?,
        };
        let check = header.uid.check(&[], &octets[..OCTETS - 8]);
        (fields.u64()? == check).then_some(header)
    }
}

pub(crate) const OCTETS: usize = 72;
const MAGIC: &[u8; 8] = b"TWXSPOOL";

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        uid: Uid(1, 2),
        generation: 3,
        size: 4,
        next_id: 5,
        sequence: 6,
    };

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(Header::decode(&HEADER.encode()), Seen::Whole(HEADER));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let whole = HEADER.encode();
        assert_eq!(whole.len(), OCTETS);
        for bit in 0..OCTETS * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::decode(&flipped), Seen::Damaged, "bit {bit}");
        }
        for cut in 0..OCTETS {
            assert_eq!(Header::decode(&whole[..cut]), Seen::Damaged, "cut {cut}");
        }
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        let mut newer = HEADER.encode();
        newer[8..12].copy_from_slice(&(VERSION + 1).to_le_bytes());
        let check = crc32fast::hash(&newer[..12]);
        newer[12..16].copy_from_slice(&check.to_le_bytes());
        assert_eq!(Header::decode(&newer[..16]), Seen::Newer(VERSION + 1));
    }
}
