//! Reading a segment: what in it is whole, and what is not.

use memchr::memmem;

use crate::item::View;
use crate::limits::GROUP_ALIGNMENT;
use crate::record::{ALIGNMENT, HEAD_OCTETS, Head, MAGIC};
use crate::uid::Uid;

/// A segment in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) octets: &'a [u8],
    pub(crate) uid: Uid,
    pub(crate) generation: u64,
    /// The segment's first sequence number, as far as known.
    pub(crate) first_sequence: u64,
    /// What was accepted ends here at the earliest.
    pub(crate) least: u64,
    /// And here at the latest.
    pub(crate) limit: Option<u64>,
}

/// A record that was written for its place, whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) offset: u64,
    pub(crate) head: Head,
    pub(crate) payload: &'a [u8],
}

/// What is met from the beginning to the end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    Record(Record<'a>),
    /// Was written and is not what was written, since something whole follows or must.
    Damaged {
        from: u64,
        to: u64,
    },
    /// Was begun together with something whole that follows: never finished, or damaged.
    Doubtful {
        from: u64,
        to: u64,
    },
    /// The end of what was written, begun and not whole.
    Unfinished {
        from: u64,
        to: u64,
    },
}

impl<'a> Segment<'a> {
    /// Calls `each` for all pieces, and says where the log ends.
    pub(crate) fn scan(&self, mut each: impl FnMut(Piece<'a>)) -> u64 {
        let limit = self.limit.unwrap_or(u64::MAX);
        let mut at = GROUP_ALIGNMENT;
        while at < limit {
            if let Some(record) = self.record(at) {
                at += record.head.span();
                each(Piece::Record(record));
                continue;
            }
            let Some(next) = self.next_record(at, limit) else {
                break;
            };
            each(self.bad(at, next));
            at = next;
        }
        let least = self.limit.unwrap_or(self.least);
        if at < least {
            each(Piece::Damaged {
                from: at,
                to: least,
            });
            return least;
        }
        if self.limit.is_none()
            && let Some(to) = self.unfinished(at)
        {
            each(Piece::Unfinished { from: at, to });
        }
        at
    }

    /// The record at `offset`, if it is whole.
    pub(crate) fn record(&self, offset: u64) -> Option<Record<'a>> {
        let octets = self.from(offset);
        let head = Head::decode(octets, self.uid, self.generation, offset)?;
        let payload = octets.get(HEAD_OCTETS..HEAD_OCTETS + head.length as usize)?;
        let is_whole = crc32fast::hash(payload) == head.crc && View::all(payload).is_some();
        is_whole.then_some(Record {
            offset,
            head,
            payload,
        })
    }

    /// Where the next whole record begins behind a bad one.
    fn next_record(&self, bad: u64, limit: u64) -> Option<u64> {
        let from = bad + ALIGNMENT;
        let places = memmem::find_iter(self.from(from), &MAGIC).map(|at| from + at as u64);
        places
            .take_while(|&at| at < limit)
            .filter(|at| at.is_multiple_of(ALIGNMENT))
            .find(|&at| self.record(at).is_some())
    }

    /// A bad stretch before a whole record: if both were written together, power may have been lost over them.
    fn bad(&self, from: u64, to: u64) -> Piece<'a> {
        let follows = self.record(to).map(|record| u64::from(record.head.group));
        match follows.is_some_and(|group| group <= from) && from >= self.limit.unwrap_or(self.least)
        {
            true => Piece::Doubtful { from, to },
            false => Piece::Damaged { from, to },
        }
    }

    /// How far something reaches that was begun at the end of the log.
    fn unfinished(&self, at: u64) -> Option<u64> {
        let octets = self.from(at);
        if !Head::was_begun(octets, self.generation, self.first_sequence) {
            return None;
        }
        let whole = Head::decode(octets, self.uid, self.generation, at).map(|head| head.span());
        let there = octets.len() as u64;
        Some(at + whole.unwrap_or(HEAD_OCTETS as u64).min(there))
    }

    fn from(&self, offset: u64) -> &'a [u8] {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        self.octets.get(at..).unwrap_or(&[])
    }
}
