//! Eight slots that are looked at together, in one cache line.
//!
//! ```text
//! u32 tag of each slot, then of each slot u32 place in entries + 1 (0: empty)
//! ```
//! An address whose home is full goes on to the next bucket. The slots of a bucket are taken in their order, so one
//! whose last slot is empty ends the search. At three quarters full one address in twenty is not at home: the
//! processor guesses right that it is, and goes on to the next question while memory still answers this one.

use super::layout::BUCKET;

/// Slots of a bucket.
pub(super) const SLOTS: usize = BUCKET / 8;

pub(super) struct Bucket<'a> {
    tags: &'a [[u8; 4]],
    places: &'a [[u8; 4]],
}

impl<'a> Bucket<'a> {
    /// The bucket that `octets` begin with.
    #[inline]
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        let (numbers, _) = octets.get(..BUCKET)?.as_chunks();
        let (tags, places) = numbers.split_at_checked(SLOTS)?;
        Some(Self { tags, places })
    }

    /// The places of the slots with this tag.
    #[inline]
    pub(super) fn places(&self, tag: u32) -> impl Iterator<Item = usize> {
        let mut same = 0_u32; // a bit a slot, without a branch
        for (number, own) in self.tags.iter().enumerate() {
            same |= u32::from(u32::from_le_bytes(*own) == tag) << number;
        }
        let places = self.places;
        std::iter::from_fn(move || {
            while same != 0 {
                let slot = same.trailing_zeros() as usize;
                same &= same - 1;
                if let Some(place) = places.get(slot).and_then(taken) {
                    return Some(place);
                }
            }
            None
        })
    }

    /// Whether an address that is not here may be in the next one.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.places.last().and_then(taken).is_some()
    }
}

fn taken(place: &[u8; 4]) -> Option<usize> {
    u32::from_le_bytes(*place)
        .checked_sub(1)
        .map(|place| place as usize)
}

/// Puts a tag and a place in the slot of this number of the bucket `octets`.
pub(super) fn put(octets: &mut [u8], slot: usize, tag: u32, place: u32) {
    octets[slot * 4..][..4].copy_from_slice(&tag.to_le_bytes());
    octets[(SLOTS + slot) * 4..][..4].copy_from_slice(&(place + 1).to_le_bytes());
}
