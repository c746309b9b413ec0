//! Compressed RTF ([MS-OXRTFCP]): the compressor, and the form that only has the header.

use super::octets::{Octets, length};

/// Compresses, with references as far back as there are any.
pub fn compress(rtf: &[u8]) -> Vec<u8> {
    let contents = contents(rtf);
    framed(rtf, COMPRESSED, crc(&contents), &contents)
}

/// Wraps without compressing.
pub fn store(rtf: &[u8]) -> Vec<u8> {
    framed(rtf, UNCOMPRESSED, 0, rtf)
}

/// The header (§2.1.3.1.1) and the contents. The size of the first does not count itself.
fn framed(rtf: &[u8], kind: u32, crc: u32, contents: &[u8]) -> Vec<u8> {
    let mut out = Octets::new();
    out.u32(length(contents) + 12).u32(length(rtf));
    out.u32(kind).u32(crc).raw(contents).finish()
}

fn contents(rtf: &[u8]) -> Vec<u8> {
    // What the reader's ring has held, as if it were a line: an offset is a place in it modulo the ring.
    let history = [DICTIONARY, rtf].concat();
    let mut pairs = Pairs::new();
    let mut runs = Runs::default();
    for place in 0..DICTIONARY.len().min(history.len() - 1) {
        pairs.note(&history, place);
    }
    let mut at = DICTIONARY.len();
    while at < history.len() {
        let step = match pairs.longest(&history, at) {
            Some((from, octets)) => {
                runs.reference(from, octets);
                octets
            }
            None => {
                runs.literal(history[at]);
                1
            }
        };
        for place in at..(at + step).min(history.len() - 1) {
            pairs.note(&history, place);
        }
        at += step;
    }
    // A reference to where the reader is about to write is the end.
    runs.reference(at, REFERENCE_MIN);
    runs.out
}

/// Control octets and what they announce.
#[derive(Default)]
struct Runs {
    out: Vec<u8>,
    control: usize,
    tokens: usize,
}

impl Runs {
    fn literal(&mut self, octet: u8) {
        self.announce(0);
        self.out.push(octet);
    }

    fn reference(&mut self, from: usize, octets: usize) {
        self.announce(1);
        let word = (from % RING) << 4 | (octets - REFERENCE_MIN);
        self.out.extend_from_slice(&(word as u16).to_be_bytes());
    }

    fn announce(&mut self, bit: u8) {
        let position = self.tokens % 8;
        if position == 0 {
            self.control = self.out.len();
            self.out.push(0);
        }
        self.out[self.control] |= bit << position;
        self.tokens += 1;
    }
}

/// Where each pair of octets stood, and where the same stood before.
struct Pairs {
    last: Vec<usize>,
    before: Vec<usize>,
}

impl Pairs {
    fn new() -> Self {
        Self {
            last: vec![NOWHERE; 1 << 16],
            before: Vec::new(),
        }
    }

    /// To be called for each place in turn.
    fn note(&mut self, history: &[u8], place: usize) {
        let pair = pair(history, place);
        self.before.push(self.last[pair]);
        self.last[pair] = place;
    }

    fn longest(&self, history: &[u8], at: usize) -> Option<(usize, usize)> {
        if at + 1 >= history.len() {
            return None;
        }
        let mut best = None;
        let mut from = self.last[pair(history, at)];
        for _ in 0..CANDIDATES {
            // The place a whole ring back is the place about to be written, which means the end.
            if from == NOWHERE || at - from >= RING {
                break;
            }
            let ahead = history[at..].iter().take(REFERENCE_MAX);
            let octets = ahead.zip(&history[from..]).take_while(|(a, b)| a == b);
            let octets = octets.count();
            if best.is_none_or(|(_, longest)| octets > longest) {
                best = Some((from, octets));
            }
            from = self.before[from];
        }
        best
    }
}

fn pair(history: &[u8], place: usize) -> usize {
    usize::from(history[place]) << 8 | usize::from(history[place + 1])
}

/// CRC-32 without the inversions that are usual elsewhere (§2.1.3.2).
fn crc(contents: &[u8]) -> u32 {
    contents.iter().fold(0, |crc, &octet| {
        (0..8).fold(crc ^ u32::from(octet), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

const COMPRESSED: u32 = u32::from_le_bytes(*b"LZFu");
const UNCOMPRESSED: u32 = u32::from_le_bytes(*b"MELA");
const RING: usize = 4096;
const REFERENCE_MIN: usize = 2;
const REFERENCE_MAX: usize = 17;
/// Places looked at; more would be slower than it is worth.
const CANDIDATES: usize = 16;
const NOWHERE: usize = usize::MAX;
/// What the ring holds at first (§2.1.3.1.2).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \
    \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
    \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

#[cfg(test)]
mod tests;
