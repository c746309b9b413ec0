//! Octets to be written: parts of what came, and what we made.

use std::io::{self, Write};

use bytes::Bytes;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// As it is.
    Octets(Bytes),
    /// To be written in base64, in lines of 76 (RFC 2045 §6.8), each with its CRLF.
    Base64(Bytes),
}

/// A message, or a part of one, in pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segments(pub Vec<Segment>);

impl Segments {
    /// Adds octets as they are.
    pub fn push(&mut self, octets: impl Into<Bytes>) {
        let octets = octets.into();
        if !octets.is_empty() {
            self.0.push(Segment::Octets(octets));
        }
    }

    /// Adds all of `more`.
    pub fn append(&mut self, mut more: Self) {
        self.0.append(&mut more.0);
    }

    /// How many octets are written.
    pub fn len(&self) -> usize {
        self.0.iter().map(Segment::len).sum()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes all of it; nothing is ever whole in memory but what came.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut block = Vec::new();
        for segment in &self.0 {
            match segment {
                Segment::Octets(octets) => out.write_all(octets)?,
                Segment::Base64(octets) => {
                    for rows in octets.chunks(BLOCK_OCTETS) {
                        encode_rows(rows, &mut block);
                        out.write_all(&block)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Piece by piece, for a writer that waits.
    pub fn into_chunks(self) -> Chunks {
        Chunks {
            segments: self.0.into_iter(),
            encoding: Bytes::new(),
        }
    }

    /// All of it at once.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(self.len());
        // Writing to memory does not fail.
        let _ = self.write_to(&mut octets);
        octets
    }
}

impl Segment {
    /// How many octets are written.
    pub fn len(&self) -> usize {
        match self {
            Self::Octets(octets) => octets.len(),
            Self::Base64(octets) => {
                let encoded = octets.len().div_ceil(3) * 4;
                encoded + octets.len().div_ceil(ROW_OCTETS) * 2
            }
        }
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// [`Segments`] while they are written. Octets that are shared stay shared; base64 is made a block at a time.
#[derive(Debug)]
pub struct Chunks {
    segments: std::vec::IntoIter<Segment>,
    /// What is still to be encoded of the segment taken last.
    encoding: Bytes,
}

impl Chunks {
    /// The next octets to write, never empty; `None`: that was all.
    pub fn next_chunk(&mut self) -> Option<Bytes> {
        while self.encoding.is_empty() {
            match self.segments.next()? {
                Segment::Octets(octets) if octets.is_empty() => {}
                Segment::Octets(octets) => return Some(octets),
                Segment::Base64(octets) => self.encoding = octets,
            }
        }
        let rows = self
            .encoding
            .split_to(BLOCK_OCTETS.min(self.encoding.len()));
        let mut block = Vec::new();
        encode_rows(&rows, &mut block);
        Some(block.into())
    }
}

impl Iterator for Chunks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.next_chunk()
    }
}

/// Replaces what is in `block`.
fn encode_rows(octets: &[u8], block: &mut Vec<u8>) {
    // At once, and then cut into lines: a line alone is too short to be fast.
    let mut characters = Vec::new();
    base64_simd::STANDARD.encode_append(octets, &mut characters);
    block.clear();
    block.reserve(characters.len().div_ceil(LINE_CHARACTERS) * (LINE_CHARACTERS + 2));
    let (lines, last) = characters.as_chunks::<LINE_CHARACTERS>();
    for line in lines {
        block.extend_from_slice(line);
        block.extend_from_slice(b"\r\n");
    }
    if !last.is_empty() {
        block.extend_from_slice(last);
        block.extend_from_slice(b"\r\n");
    }
}

/// What one line of base64 holds (RFC 2045 §6.8).
const ROW_OCTETS: usize = 57;
/// That line, without CRLF.
const LINE_CHARACTERS: usize = 76;
/// What is encoded at a time.
const BLOCK_OCTETS: usize = 512 * ROW_OCTETS;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn slow(octets: &[u8]) -> Vec<u8> {
        let text = STANDARD.encode(octets);
        let lines = text.as_bytes().chunks(76);
        lines.flat_map(|line| [line, b"\r\n"].concat()).collect()
    }

    #[test]
    fn base64_is_in_lines_of_76_and_its_length_is_known() {
        for octets in [
            0,
            1,
            2,
            3,
            56,
            57,
            58,
            114,
            BLOCK_OCTETS,
            BLOCK_OCTETS + 1,
            100_000,
        ] {
            let octets: Vec<u8> = (0..octets).map(|at| (at * 7) as u8).collect();
            let segments = Segments(vec![
                Segment::Octets(Bytes::from_static(b"head\r\n")),
                Segment::Base64(octets.clone().into()),
                Segment::Octets(Bytes::new()),
            ]);
            let expected = [b"head\r\n", &slow(&octets)[..]].concat();
            assert_eq!(segments.to_vec(), expected);
            assert_eq!(segments.len(), expected.len());
            let chunks: Vec<Bytes> = segments.into_chunks().collect();
            assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
            assert_eq!(chunks.concat(), expected);
        }
    }
}
