//! Octets in hexadecimal digits.

use crate::rtf::token::hex_digit;

/// Octets while their digits come. What is no digit is left out.
#[derive(Debug, Default)]
pub(super) struct Digits {
    octets: Vec<u8>,
    high: Option<u8>,
}

impl Digits {
    pub(super) fn text(&mut self, digits: &[u8]) {
        self.octets.reserve(digits.len() / 2);
        for digit in digits.iter().filter_map(|&octet| hex_digit(octet)) {
            match self.high.take() {
                Some(high) => self.octets.push(high << 4 | digit),
                None => self.high = Some(digit),
            }
        }
    }

    /// Octets as they are.
    pub(super) fn binary(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.octets
    }
}
