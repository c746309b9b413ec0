//! What a new segment says of all others: which there are, where they end and what is alive in them.
//!
//! It is durable before anything else is written there. So a settlement in an older segment is not needed any
//! more, and that segment may go when nothing is alive in it, whatever bodies it settled elsewhere.

use bytes::{BufMut, Bytes, BytesMut};

use crate::fields::Fields;
use crate::marks::Marks;

/// The segments at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    pub(crate) next_id: u64,
    pub(crate) segments: Vec<Listed>,
}

/// What a roster says of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) generation: u64,
    /// What stands behind is void in a sealed segment, and younger than the roster in another.
    pub(crate) end: u64,
    pub(crate) sealed: bool,
    pub(crate) old: bool,
    /// Messages it had; those with a greater ordinal are younger than the roster.
    pub(crate) adds: u32,
    pub(crate) alive: Marks,
}

impl Roster {
    /// The parts, each small enough for a record.
    pub(crate) fn encode(&self, part_octets_max: usize) -> Vec<Bytes> {
        let mut whole = BytesMut::new();
        whole.put_u64_le(self.next_id);
        whole.put_u32_le(u32::try_from(self.segments.len()).expect("far fewer"));
        for listed in &self.segments {
            whole.put_u64_le(listed.generation);
            whole.put_u64_le(listed.end);
            whole.put_u8(u8::from(listed.sealed) | u8::from(listed.old) << 1);
            whole.put_u32_le(listed.adds);
            let words = listed.alive.words();
            whole.put_u32_le(u32::try_from(words.len()).expect("far fewer"));
            for word in words {
                whole.put_u64_le(*word);
            }
        }
        let whole = whole.freeze();
        let parts: Vec<_> = (0..whole.len()).step_by(part_octets_max).collect();
        let count = u32::try_from(parts.len()).expect("far fewer");
        let part = |(number, at): (usize, usize)| {
            let mut out = BytesMut::new();
            out.put_u32_le(u32::try_from(number).expect("far fewer"));
            out.put_u32_le(count);
            out.put_slice(&whole[at..whole.len().min(at + part_octets_max)]);
            out.freeze()
        };
        parts.into_iter().enumerate().map(part).collect()
    }

    fn decode(octets: &[u8]) -> Option<Self> {
        let mut fields = Fields(octets);
        let next_id = fields.u64()?;
        let count = fields.u32()?;
        let mut segments = Vec::new();
        for _ in 0..count {
            segments.push(Listed::decode(&mut fields)?);
        }
        fields.0.is_empty().then_some(Self { next_id, segments })
    }
}

impl Listed {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let generation = fields.u64()?;
        let end = fields.u64()?;
        let flags = fields.u8()?;
        let adds = fields.u32()?;
        let words = fields.u32()? as usize;
        let octets = fields.octets(words.checked_mul(8)?)?;
        let words = octets.chunks_exact(8).map(|word| {
            let word = word.try_into().expect("of eight");
            u64::from_le_bytes(word)
        });
        Some(Self {
            generation,
            end,
            sealed: flags & 1 != 0,
            old: flags & 2 != 0,
            adds,
            alive: Marks::from_words(words.collect()),
        })
    }
}

/// Parts of a roster as they are found; each is written twice, one of the two is enough.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    count: u32,
    found: std::collections::BTreeMap<u32, Bytes>,
}

impl Parts {
    pub(crate) fn take(&mut self, part: &[u8]) {
        let mut fields = Fields(part);
        if let (Some(number), Some(count)) = (fields.u32(), fields.u32()) {
            self.count = count;
            let octets = Bytes::copy_from_slice(fields.0);
            self.found.entry(number).or_insert(octets);
        }
    }

    /// The roster, if every part was there.
    pub(crate) fn whole(&self) -> Option<Roster> {
        let count = usize::try_from(self.count).ok()?;
        if count == 0 || self.found.len() != count {
            return None;
        }
        let whole: Vec<u8> = self.found.values().flatten().copied().collect();
        Roster::decode(&whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let mut alive = Marks::default();
        alive.set(70);
        let listed = |generation| Listed {
            generation,
            end: 4096,
            sealed: generation == 1,
            old: generation == 2,
            adds: 71,
            alive: alive.clone(),
        };
        Roster {
            next_id: 9,
            segments: vec![listed(1), listed(2)],
        }
    }

    #[test]
    fn parts_in_any_order_are_the_roster() {
        for size in [1, 7, 64, 4096] {
            let encoded = roster().encode(size);
            let mut parts = Parts::default();
            for part in encoded.iter().rev() {
                assert_eq!(parts.whole(), None);
                parts.take(part);
                parts.take(part);
            }
            assert_eq!(parts.whole(), Some(roster()), "{size}");
        }
    }

    #[test]
    fn a_cut_roster_is_none() {
        let whole = &roster().encode(4096)[0][8..];
        assert_eq!(Roster::decode(whole), Some(roster()));
        for cut in 0..whole.len() {
            assert_eq!(Roster::decode(&whole[..cut]), None, "{cut}");
        }
    }
}
