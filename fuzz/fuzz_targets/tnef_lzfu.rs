//! Compressed RTF expands to what a ring written octet by octet holds, and never beyond the bound.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tnef_decoder::lzfu::{self, LzfuError};

const MOST: usize = 1 << 16;

fuzz_target!(|octets: &[u8]| match lzfu::decompress(octets, MOST) {
    Ok(found) => {
        assert!(found.rtf.len() <= MOST);
        if octets.get(8..12) == Some(b"LZFu") {
            assert_eq!(found.rtf, plainly(contents(octets)));
        }
    }
    Err(LzfuError::Limit(_)) => assert!(octets.len() > MOST / 9),
    Err(LzfuError::TooShort { .. } | LzfuError::UnknownKind { .. }) => {}
});

fn contents(octets: &[u8]) -> &[u8] {
    let size = u32::from_le_bytes([octets[0], octets[1], octets[2], octets[3]]) as usize;
    let contents = &octets[16..];
    &contents[..size.saturating_sub(12).min(contents.len())]
}

/// As MS-OXRTFCP tells it.
fn plainly(contents: &[u8]) -> Vec<u8> {
    let mut ring = [0; 4_096];
    ring[..BEGIN.len()].copy_from_slice(BEGIN);
    let (mut at, mut output) = (BEGIN.len(), Vec::new());
    let mut octets = contents.iter().copied();
    while let Some(control) = octets.next() {
        for bit in 0..8 {
            let Some(first) = octets.next() else {
                return output;
            };
            if control >> bit & 1 == 0 {
                ring[at] = first;
                output.push(first);
                at = (at + 1) % ring.len();
                continue;
            }
            let Some(second) = octets.next() else {
                return output;
            };
            let reference = usize::from(first) << 8 | usize::from(second);
            if reference >> 4 == at {
                return output;
            }
            for offset in 0..(reference & 0xf) + 2 {
                let octet = ring[((reference >> 4) + offset) % ring.len()];
                ring[at] = octet;
                output.push(octet);
                at = (at + 1) % ring.len();
            }
        }
    }
    output
}

const BEGIN: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor \
MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
