//! Messages that differ by their number alone, so that hundreds of thousands of them can be told apart, counted and
//! compared octet by octet at the speed of memory.
//!
//! Below the header a message is the same lines over and over, and its number once more at the end. One line begins with
//! a dot, as it looks on the wire (RFC 5321 §4.5.2). Whoever receives a message knows from its header what must follow.

mod inspection;
mod template;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use inspection::{Arrival, Inspection};
pub use template::Template;

/// The field that carries the number and the octets of the body, both with leading zeros.
pub const FIELD: &str = "X-Testbed-Number";

/// Digits of a number.
const DIGITS: usize = 10;

/// Octets of a line of the body with its CRLF.
const LINE: usize = 78;

/// Lines until they repeat. A prime, so that no power of two of lost or doubled octets goes unseen.
const LINES: usize = 61;

/// What bodies are made of.
static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut lines = Vec::with_capacity(LINES * LINE);
    for line in 0..LINES {
        let letter = |column: usize| b'a' + ((column * 7 + line * 11) % 26) as u8;
        lines.extend((0..LINE - 2).map(letter));
        lines.extend(b"\r\n");
    }
    lines[..2].fill(b'.');
    lines
});

/// What follows the lines: the number and the end of data.
fn closing(number: u64) -> [u8; DIGITS + 5] {
    let mut closing = *b"0000000000\r\n.\r\n";
    write_digits(&mut closing[..DIGITS], number);
    closing
}

fn write_digits(into: &mut [u8], mut number: u64) {
    for digit in into.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
