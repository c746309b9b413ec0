//! Compressed RTF by itself.

use testbed::figure::Figure;
use tnef_decoder::lzfu::decompress;

use super::clock::Clock;

/// Megabytes of output in a second of one core.
pub(super) fn measure(clock: &Clock, rounds: usize) -> f64 {
    let rtf = rtf();
    let compressed = testbed::tnef::lzfu::compress(&rtf);
    let speeds = (0..rounds).map(|_| {
        let begun = clock.own();
        let mut octets = 0;
        while clock.own() - begun < LEAST_SECONDS {
            let out = decompress(&compressed, rtf.len());
            octets += out.map_or(0, |out| out.rtf.len());
        }
        octets as f64 / 1e6 / (clock.own() - begun)
    });
    Figure::of(speeds).map_or(0.0, |figure| figure.median)
}

/// As Outlook writes it: words that come again, and control words that come again and again.
fn rtf() -> Vec<u8> {
    let mut rtf = b"{\\rtf1\\ansi\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\r\n".to_vec();
    let mut seed = 1_u32;
    while rtf.len() < RTF_OCTETS {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = WORDS[(seed >> 24) as usize % WORDS.len()];
        rtf.extend_from_slice(word.as_bytes());
        if seed >> 28 == 0 {
            let paragraph = format!(
                "\\par\r\n{{\\*\\htmltag64 <p class={}>}}",
                seed >> 12 & 0xfff
            );
            rtf.extend_from_slice(paragraph.as_bytes());
        }
    }
    rtf.push(b'}');
    rtf
}

const WORDS: [&str; 16] = [
    "meeting ",
    "the ",
    "minutes ",
    "of ",
    "our ",
    "project ",
    "and ",
    "budget ",
    "\\b ",
    "\\b0 ",
    "please ",
    "review ",
    "tomorrow ",
    "at ",
    "nine ",
    "regards ",
];
const RTF_OCTETS: usize = 1 << 20;
const LEAST_SECONDS: f64 = 0.5;
