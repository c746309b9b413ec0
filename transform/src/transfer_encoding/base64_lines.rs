//! Base64 in lines (RFC 2045 §6.8).

use base64::Engine as _;
use memchr::memchr;

use super::LENIENT;

/// Characters that are decoded at once; a multiple of four.
const BLOCK: usize = 12 << 10;

/// Lines are joined in a block of their characters, which is decoded at once. Only a block with something else in it is gone
/// through character by character.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base64Lines {
    joined: Vec<u8>,
    /// How long the last line was, its end included.
    line: usize,
}

impl Base64Lines {
    pub(crate) fn push(&mut self, octets: &[u8], decoded: &mut Vec<u8>) {
        self.joined.reserve(BLOCK.min(octets.len() + 4));
        let mut rest = octets;
        while !rest.is_empty() {
            let room = BLOCK - self.joined.len();
            let window = &rest[..rest.len().min(room)];
            let (line, taken) = match window.get(..self.line) {
                // As long as the one before, as most are. Had it an end within, its block would be gone through slowly.
                Some([line @ .., b'\n']) => (line, self.line),
                _ => match memchr(b'\n', window) {
                    Some(end) => (&window[..end], end + 1),
                    None => (window, window.len()),
                },
            };
            self.line = taken;
            self.joined
                .extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            rest = &rest[taken..];
            if self.joined.len() == BLOCK {
                self.decode(decoded);
            }
        }
    }

    pub(crate) fn finish(mut self, decoded: &mut Vec<u8>) {
        self.decode(decoded);
        self.decode_slowly(decoded);
        // What is left of a group of four: two characters are an octet, three are two.
        decode_groups(&self.joined, decoded);
    }

    /// Decodes whole groups of four, and leaves the characters that make none yet.
    fn decode(&mut self, decoded: &mut Vec<u8>) {
        let padding = memchr(b'=', &self.joined);
        let whole = padding.unwrap_or(self.joined.len()) / 4 * 4;
        let is_done = decode_groups(&self.joined[..whole], decoded);
        if is_done {
            self.joined.drain(..whole);
        }
        if padding.is_some() || !is_done {
            self.decode_slowly(decoded);
        }
    }

    /// As §6.8 has it: what is not in the alphabet says nothing. After padding more may follow, where somebody joined bodies.
    fn decode_slowly(&mut self, decoded: &mut Vec<u8>) {
        let mut run = Vec::with_capacity(self.joined.len());
        for &octet in &self.joined {
            match octet {
                b'=' => {
                    let left = decode_whole(&run, decoded);
                    decode_groups(left, decoded);
                    run.clear();
                }
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => run.push(octet),
                _ => {}
            }
        }
        self.joined = decode_whole(&run, decoded).to_vec();
    }
}

/// Gives back what makes no group.
fn decode_whole<'r>(run: &'r [u8], decoded: &mut Vec<u8>) -> &'r [u8] {
    let (whole, left) = run.split_at(run.len() / 4 * 4);
    decode_groups(whole, decoded);
    left
}

/// Whether it was base64 and nothing else; if not, nothing was added.
fn decode_groups(characters: &[u8], decoded: &mut Vec<u8>) -> bool {
    if characters.len().is_multiple_of(4) {
        return base64_simd::STANDARD
            .decode_append(characters, decoded)
            .is_ok();
    }
    // What ends without its padding.
    let before = decoded.len();
    decoded.resize(before + characters.len().div_ceil(4) * 3, 0);
    let written = LENIENT.decode_slice(characters, &mut decoded[before..]);
    decoded.truncate(before + written.as_ref().map_or(0, |written| *written));
    written.is_ok()
}
