//! Compressed RTF (MS-OXRTFCP), as PidTagRtfCompressed holds it.
//!
//! Checksum and sizes in its header are findings and not errors: writers get them wrong. Held by `fuzz_targets/tnef_lzfu.rs`.

use crate::limits::{Limit, LimitExceeded};

/// Expands what PidTagRtfCompressed holds, to at most `most` octets.
pub fn decompress(octets: &[u8], most: usize) -> Result<Decompressed, LzfuError> {
    let header = Header::of(octets)?;
    let contents = header.contents(octets);
    let stated = header.raw_size as usize;
    let (rtf, crc) = match header.kind {
        COMPRESSED => (expand(contents, stated, most)?, checksum(contents)),
        UNCOMPRESSED => {
            // Some writers forget the header in the first size; the second one is enough.
            let plain = octets.get(Header::OCTETS..).unwrap_or_default();
            let plain = plain.get(..stated).unwrap_or(plain);
            LimitExceeded::check(Limit::DecodedOctets, plain.len(), most)?;
            // MS-OXRTFCP §2.1.3.1.1: there is none.
            (plain.to_vec(), 0)
        }
        found => return Err(LzfuError::UnknownKind { found }),
    };
    Ok(Decompressed {
        crc_matches: crc == header.crc,
        size_matches: rtf.len() == stated,
        rtf,
    })
}

/// RTF, and what its header said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decompressed {
    /// The RTF, as far as it goes.
    pub rtf: Vec<u8>,
    /// Whether the checksum is that of the contents.
    pub crc_matches: bool,
    /// Whether the header told the length of [`Decompressed::rtf`].
    pub size_matches: bool,
}

/// Why there is no RTF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LzfuError {
    /// The header is not there.
    #[error("{octets} octets are too few for compressed RTF")]
    TooShort {
        /// How many there are.
        octets: usize,
    },
    /// Neither compressed nor uncompressed.
    #[error("no kind of compressed RTF is called {found:#010x}")]
    UnknownKind {
        /// COMPTYPE, little-endian.
        found: u32,
    },
    /// It expands to more than its reader allows.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
}

/// MS-OXRTFCP §2.1.3.1.1.
struct Header {
    compressed_size: u32,
    raw_size: u32,
    kind: u32,
    crc: u32,
}

impl Header {
    const OCTETS: usize = 16;

    fn of(octets: &[u8]) -> Result<Self, LzfuError> {
        let (numbers, _) = octets.as_chunks::<4>();
        let &[compressed_size, raw_size, kind, crc, ..] = numbers else {
            let octets = octets.len();
            return Err(LzfuError::TooShort { octets });
        };
        Ok(Self {
            compressed_size: u32::from_le_bytes(compressed_size),
            raw_size: u32::from_le_bytes(raw_size),
            kind: u32::from_le_bytes(kind),
            crc: u32::from_le_bytes(crc),
        })
    }

    /// The size in the header counts the header but for itself.
    fn contents<'a>(&self, octets: &'a [u8]) -> &'a [u8] {
        let contents = octets.get(Self::OCTETS..).unwrap_or_default();
        let size = (self.compressed_size as usize).saturating_sub(Self::OCTETS - 4);
        contents.get(..size).unwrap_or(contents)
    }
}

/// CRC-32 without the usual inversions.
fn checksum(contents: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new_with_initial(u32::MAX);
    crc.update(contents);
    !crc.finalize()
}

/// MS-OXRTFCP: groups of eight tokens, each a literal or a reference into the last 4,096 octets.
fn expand(contents: &[u8], stated: usize, most: usize) -> Result<Vec<u8>, LimitExceeded> {
    // A reference of two octets stands for 17 at most, so a lying header cannot ask for more.
    let likely = stated.min(contents.len().saturating_mul(9)).min(most);
    let mut output = Output::new(likely);
    let mut rest = contents;
    while !output.ended && !rest.is_empty() {
        output.make_room();
        rest = match rest.first_chunk::<GROUP_READ>() {
            Some(group) => {
                let taken = output.group(group);
                rest.get(taken..).unwrap_or_default()
            }
            None => output.last_groups(rest),
        };
        LimitExceeded::check(Limit::DecodedOctets, output.produced(), most)?;
    }
    Ok(output.finish())
}

/// What was written, with the window before it: a reference never has to wrap.
struct Output {
    /// [`WINDOW`] octets of window, what was produced, and room.
    octets: Vec<u8>,
    end: usize,
    ended: bool,
}

impl Output {
    fn new(likely: usize) -> Self {
        let mut octets = vec![0; WINDOW + likely + ROOM];
        if let Some(place) = octets.get_mut(WINDOW - DICTIONARY.len()..WINDOW) {
            place.copy_from_slice(DICTIONARY);
        }
        Self {
            octets,
            end: WINDOW,
            ended: false,
        }
    }

    fn produced(&self) -> usize {
        self.end - WINDOW
    }

    /// For one group, and for what its copies write too far.
    fn make_room(&mut self) {
        if self.octets.len() < self.end + ROOM {
            let more = self.produced().max(4 * ROOM);
            self.octets.resize(self.end + ROOM + more, 0);
        }
    }

    /// One control octet and its tokens. Gives how many octets it took.
    fn group(&mut self, group: &[u8; GROUP_READ]) -> usize {
        let mut control = u32::from(group[0]) | 1 << 8;
        let mut at = 1;
        loop {
            // All literals before the next reference at once: eight are written, some of them count.
            let literals = control.trailing_zeros() as usize;
            if let Some(run) = group.get(at..).and_then(<[u8]>::first_chunk::<8>) {
                self.put(run);
            }
            self.end += literals;
            at += literals;
            control >>= literals;
            if control == 1 {
                return at;
            }
            let reference = [group[at], group[at + 1]];
            if !self.copy(reference) {
                return at;
            }
            at += 2;
            control >>= 1;
        }
    }

    /// Writes more than counts; the rest is written over.
    fn put<const N: usize>(&mut self, run: &[u8; N]) {
        let place = self.octets.get_mut(self.end..);
        if let Some(place) = place.and_then(<[u8]>::first_chunk_mut) {
            *place = *run;
        }
    }

    /// Follows a reference; `false`: it is the one that ends the data.
    fn copy(&mut self, reference: [u8; 2]) -> bool {
        let reference = usize::from(u16::from_be_bytes(reference));
        let (offset, length) = (reference >> 4, (reference & 0xf) + 2);
        // The window is a ring to its writer, who began after the dictionary.
        let back = (self.end + DICTIONARY.len()).wrapping_sub(offset) % WINDOW;
        let from = self.end - back;
        if back == 0 {
            self.ended = true;
            return false;
        }
        match self.octets.get(from..).and_then(<[u8]>::first_chunk) {
            Some(run) if back >= length => {
                let run: [u8; COPY] = *run;
                self.put(&run);
            }
            // It reads what it writes.
            _ => (0..length).for_each(|at| self.octets[self.end + at] = self.octets[from + at]),
        }
        self.end += length;
        true
    }

    /// The tokens near the end of the contents, one by one.
    fn last_groups<'a>(&mut self, contents: &'a [u8]) -> &'a [u8] {
        let mut rest = contents;
        while let Some((&control, after)) = rest.split_first() {
            rest = after;
            for bit in 0..8 {
                self.make_room();
                rest = match (control >> bit & 1, rest) {
                    (0, [literal, after @ ..]) => {
                        self.put(&[*literal]);
                        self.end += 1;
                        after
                    }
                    (1, [high, low, after @ ..]) if self.copy([*high, *low]) => after,
                    _ => return &[],
                };
            }
        }
        rest
    }

    fn finish(mut self) -> Vec<u8> {
        self.octets.truncate(self.end);
        self.octets.drain(..WINDOW);
        self.octets
    }
}

const COMPRESSED: u32 = u32::from_le_bytes(*b"LZFu");
const UNCOMPRESSED: u32 = u32::from_le_bytes(*b"MELA");

const WINDOW: usize = 4_096;
/// What a copy moves: at least the 17 octets of the longest reference.
const COPY: usize = 32;
/// A control octet, eight references, and what a run of literals reads too far.
const GROUP_READ: usize = 1 + 8 * 2 + 8;
/// What a group may write.
const ROOM: usize = 8 * 17 + COPY;

/// What the window holds before the first octet (MS-OXRTFCP).
const DICTIONARY: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \
\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

#[cfg(test)]
mod tests;
