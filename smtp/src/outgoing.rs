//! Octets on their way to a hop: commands are copied, the pieces of a message are shared.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Where [`crate::client::Client`] writes.
pub trait Outgoing {
    /// Takes a copy.
    fn put_slice(&mut self, octets: &[u8]);

    /// Octets that are waiting.
    fn waiting(&self) -> usize;

    /// Takes the octets themselves, where that is cheaper than a copy.
    fn put_shared(&mut self, octets: Bytes) {
        self.put_slice(&octets);
    }
}

impl Outgoing for BytesMut {
    fn put_slice(&mut self, octets: &[u8]) {
        BufMut::put_slice(self, octets);
    }

    fn waiting(&self) -> usize {
        self.len()
    }
}

/// What is to be written next, in order, for a vectored write. A large piece of a message is never copied on its way.
#[derive(Debug, Default)]
pub struct Pieces {
    ready: VecDeque<Bytes>,
    /// Behind `ready`: small things, gathered.
    small: BytesMut,
    octets: usize,
}

impl Pieces {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.ready.clear();
        self.small.clear();
        self.octets = 0;
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.octets == 0
    }
}

impl Outgoing for Pieces {
    fn put_slice(&mut self, octets: &[u8]) {
        self.octets += octets.len();
        BufMut::put_slice(&mut self.small, octets);
    }

    fn waiting(&self) -> usize {
        self.octets
    }

    fn put_shared(&mut self, octets: Bytes) {
        if octets.len() < SHARED_OCTETS_MIN {
            return self.put_slice(&octets);
        }
        if !self.small.is_empty() {
            self.ready.push_back(self.small.split().freeze());
        }
        self.octets += octets.len();
        self.ready.push_back(octets);
    }
}

/// Below this a copy costs less than a piece of its own.
const SHARED_OCTETS_MIN: usize = 1024;

impl Buf for Pieces {
    fn remaining(&self) -> usize {
        self.octets
    }

    fn chunk(&self) -> &[u8] {
        self.ready.front().map_or(&self.small, |piece| piece)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let small = Some(&self.small[..]).filter(|small| !small.is_empty());
        let pieces = self.ready.iter().map(|piece| &piece[..]).chain(small);
        let mut filled = 0;
        for (slot, piece) in slices.iter_mut().zip(pieces) {
            *slot = IoSlice::new(piece);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, octets: usize) {
        self.octets -= octets;
        let mut rest = octets;
        while let Some(piece) = self.ready.front_mut() {
            if rest < piece.len() {
                return piece.advance(rest);
            }
            rest -= piece.len();
            self.ready.pop_front();
        }
        self.small.advance(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_comes_out_in_order_whatever_the_writes_take() {
        let large = Bytes::from(vec![b'x'; SHARED_OCTETS_MIN]);
        let just_small = Bytes::from(vec![b'y'; SHARED_OCTETS_MIN - 1]);
        for taken in [1, 2, 7, 1000, 1 << 20] {
            let (mut pieces, mut copied) = (Pieces::default(), BytesMut::new());
            let mut written = Vec::new();
            for round in 0..3 {
                fn put(out: &mut impl Outgoing, large: &Bytes, small: &Bytes) {
                    out.put_slice(b"MAIL\r\n");
                    out.put_shared(large.clone());
                    out.put_shared(small.clone());
                    out.put_shared(large.clone());
                    out.put_slice(b".\r\n");
                }
                put(&mut pieces, &large, &just_small);
                put(&mut copied, &large, &just_small);
                while pieces.has_remaining() && (round == 2 || written.len() < copied.len() / 2) {
                    let mut slices = [IoSlice::new(&[]); 3];
                    let filled = pieces.chunks_vectored(&mut slices);
                    let seen: Vec<u8> = slices[..filled]
                        .iter()
                        .flat_map(|one| one.to_vec())
                        .collect();
                    assert!(seen.starts_with(pieces.chunk()));
                    let now = taken.min(seen.len());
                    written.extend_from_slice(&seen[..now]);
                    pieces.advance(now);
                }
            }
            assert!(pieces.is_empty());
            assert!(written == copied, "by {taken}");
        }
    }

    #[test]
    fn a_large_piece_is_not_copied_and_a_small_one_is() {
        let mut pieces = Pieces::default();
        for (octets, shared) in [(SHARED_OCTETS_MIN, true), (SHARED_OCTETS_MIN - 1, false)] {
            let piece = Bytes::from(vec![b'x'; octets]);
            pieces.put_shared(piece.clone());
            assert_eq!(
                pieces.chunk().as_ptr() == piece.as_ptr(),
                shared,
                "{octets}"
            );
            pieces.clear();
            assert!(pieces.is_empty() && pieces.chunk().is_empty());
        }
    }
}
