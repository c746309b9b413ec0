//! A record: one batch, under one checksum.
//!
//! ```text
//! 0 magic  4 payload length  8 padding  12 CRC-32 of the payload  16 generation  24 sequence
//! 32 group (where the first record of this write begins)  36 ordinal (messages added before in this segment)
//! 40 keyed checksum of generation, offset and octets 0..40
//! ```

use bytes::Bytes;

use crate::fields::Fields;
use crate::uid::Uid;

/// What stands before a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) length: u32,
    pub(crate) padding: u32,
    pub(crate) crc: u32,
    pub(crate) generation: u64,
    pub(crate) sequence: u64,
    pub(crate) group: u32,
    pub(crate) ordinal: u32,
}

/// Octets of a payload, in the pieces they came in.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    pub(crate) pieces: Vec<Bytes>,
    pub(crate) octets: u64,
}

impl Payload {
    pub(crate) fn push(&mut self, piece: Bytes) {
        self.octets += piece.len() as u64;
        self.pieces.push(piece);
    }

    pub(crate) fn crc(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for piece in &self.pieces {
            hasher.update(piece);
        }
        hasher.finalize()
    }
}

impl Head {
    /// Octets from this record to the next.
    pub(crate) fn span(&self) -> u64 {
        HEAD_OCTETS as u64 + u64::from(self.length) + u64::from(self.padding)
    }

    pub(crate) fn encode(&self, uid: Uid, offset: u64) -> [u8; HEAD_OCTETS] {
        let mut out = [0; HEAD_OCTETS];
        out[0..4].copy_from_slice(&MAGIC);
        out[4..8].copy_from_slice(&self.length.to_le_bytes());
        out[8..12].copy_from_slice(&self.padding.to_le_bytes());
        out[12..16].copy_from_slice(&self.crc.to_le_bytes());
        out[16..24].copy_from_slice(&self.generation.to_le_bytes());
        out[24..32].copy_from_slice(&self.sequence.to_le_bytes());
        out[32..36].copy_from_slice(&self.group.to_le_bytes());
        out[36..40].copy_from_slice(&self.ordinal.to_le_bytes());
        let check = uid.check(&[self.generation, offset], &out[..CHECKED]);
        out[CHECKED..].copy_from_slice(&check.to_le_bytes());
        out
    }

    /// The head that stands at the front of `octets`, if it was written for this very place.
    pub(crate) fn decode(octets: &[u8], uid: Uid, generation: u64, offset: u64) -> Option<Self> {
        let raw = Self::raw(octets)?;
        let written = u64::from_le_bytes(octets.get(CHECKED..HEAD_OCTETS)?.try_into().ok()?);
        let check = uid.check(&[generation, offset], &octets[..CHECKED]);
        (octets[..4] == MAGIC && raw.generation == generation && written == check).then_some(raw)
    }

    /// Whether something of this generation was begun here, whole or not. What an earlier life of the segment
    /// left, and zeros, are not.
    pub(crate) fn was_begun(octets: &[u8], generation: u64, first_sequence: u64) -> bool {
        let Some(raw) = Self::raw(octets) else {
            return octets.iter().any(|&octet| octet != 0);
        };
        let young = raw.sequence >= first_sequence && raw.sequence - first_sequence <= 1 << 32;
        raw.generation == generation || (octets[..4] == MAGIC && young)
    }

    fn raw(octets: &[u8]) -> Option<Self> {
        let mut fields = Fields(octets.get(4..CHECKED)?);
        Some(Self {
            length: fields.u32()?,
            padding: fields.u32()?,
            crc: fields.u32()?,
            generation: fields.u64()?,
            sequence: fields.u64()?,
            group: fields.u32()?,
            ordinal: fields.u32()?,
        })
    }
}

pub(crate) const HEAD_OCTETS: usize = 48;
pub(crate) const MAGIC: [u8; 4] = *b"TWr1";
/// Records begin at multiples of this.
pub(crate) const ALIGNMENT: u64 = 8;
const CHECKED: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    const UID: Uid = Uid(7, 8);
    const HEAD: Head = Head {
        length: 100,
        padding: 4,
        crc: 9,
        generation: 5,
        sequence: 77,
        group: 4096,
        ordinal: 3,
    };

    #[test]
    fn a_head_counts_only_in_its_own_place() {
        let octets = HEAD.encode(UID, 8192);
        let check = |uid, generation, offset, expected| {
            assert_eq!(Head::decode(&octets, uid, generation, offset), expected);
        };
        check(UID, 5, 8192, Some(HEAD));
        check(Uid(7, 9), 5, 8192, None);
        check(UID, 6, 8192, None);
        check(UID, 5, 8200, None);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let whole = HEAD.encode(UID, 8192);
        for bit in 0..HEAD_OCTETS * 8 {
            let mut flipped = whole;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Head::decode(&flipped, UID, 5, 8192), None, "bit {bit}");
            assert!(Head::was_begun(&flipped, 5, 70), "bit {bit}");
        }
        for cut in 0..HEAD_OCTETS {
            assert_eq!(Head::decode(&whole[..cut], UID, 5, 8192), None);
        }
    }

    #[test]
    fn an_earlier_life_is_not_a_beginning() {
        let earlier = Head {
            generation: 4,
            sequence: 69,
            ..HEAD
        };
        assert!(!Head::was_begun(&earlier.encode(UID, 8192), 5, 70));
        assert!(!Head::was_begun(&[0; 64], 5, 70));
        assert!(!Head::was_begun(&[], 5, 70));
    }
}
