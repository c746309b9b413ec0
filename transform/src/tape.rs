//! What came and has not gone on yet, by its position in the message.

use std::collections::VecDeque;

use bytes::Bytes;

/// Pieces of a message in their order; they are never copied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tape {
    pieces: VecDeque<Bytes>,
    /// Where the first piece begins.
    begin: u64,
}

impl Tape {
    pub(crate) fn push(&mut self, octets: Bytes) {
        if !octets.is_empty() {
            self.pieces.push_back(octets);
        }
    }

    /// Takes what is before a position.
    pub(crate) fn take_to(&mut self, position: u64, mut take: impl FnMut(Bytes)) {
        while self.begin < position {
            let Some(first) = self.pieces.front_mut() else {
                return;
            };
            let wanted = position - self.begin;
            let piece = match usize::try_from(wanted) {
                Ok(wanted) if wanted < first.len() => first.split_to(wanted),
                _ => std::mem::take(first),
            };
            if first.is_empty() {
                self.pieces.pop_front();
            }
            self.begin += piece.len() as u64;
            take(piece);
        }
    }

    /// Looks at the pieces between two positions.
    pub(crate) fn between(&self, from: u64, to: u64) -> impl Iterator<Item = &[u8]> {
        let mut at = self.begin;
        self.pieces.iter().filter_map(move |piece| {
            let within = |position: u64| {
                let offset = position.saturating_sub(at);
                usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(piece.len())
            };
            let (begin, end) = (within(from), within(to));
            at += piece.len() as u64;
            (begin < end).then(|| &piece[begin..end])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(pieces: &[&'static str]) -> Tape {
        let mut tape = Tape::default();
        for piece in pieces {
            tape.push(Bytes::from_static(piece.as_bytes()));
        }
        tape
    }

    #[test]
    fn it_gives_what_is_before_a_position() {
        let mut tape = tape(&["ab", "", "cde", "f"]);
        let mut check = |position: u64, expected: &[&str]| {
            let mut taken = Vec::new();
            tape.take_to(position, |piece| taken.push(piece));
            assert_eq!(taken, expected, "{position}");
        };
        check(0, &[]);
        check(1, &["a"]);
        check(3, &["b", "c"]);
        check(3, &[]);
        check(100, &["de", "f"]);
    }

    #[test]
    fn it_shows_what_is_between_positions() {
        let mut tape = tape(&["ab", "cde", "f"]);
        tape.take_to(1, drop);
        let check = |from: u64, to: u64, expected: &str| {
            let found: Vec<&[u8]> = tape.between(from, to).collect();
            assert_eq!(found.concat(), expected.as_bytes(), "{from} {to}");
        };
        check(0, 3, "bc");
        check(2, 9, "cdef");
        check(4, 4, "");
        check(9, 2, "");
    }
}
