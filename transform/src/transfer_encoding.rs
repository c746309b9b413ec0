//! Content-Transfer-Encoding (RFC 2045 §6), undone piece by piece.
//!
//! Lenient where the standard asks for it (§6.7, §6.8): what is not in base64's alphabet is passed over, a wrong escape of
//! quoted-printable stays as it is. Invariant: the result does not depend on how the input was cut.

mod base64_lines;
mod quoted_printable;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub(crate) use quoted_printable::QuotedPrintable;

use base64_lines::Base64Lines;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TransferEncoding {
    /// No field, or one that says so.
    #[default]
    SevenBit,
    EightBit,
    Binary,
    Base64,
    QuotedPrintable,
    /// One that nobody knows: the body is left alone (RFC 2045 §6.4).
    Other,
}

impl TransferEncoding {
    /// What the field says.
    pub(crate) fn read(value: &[u8]) -> Self {
        let value = value.trim_ascii_start();
        let ends = |octet: &u8| matches!(octet, b';' | b'(' | b' ' | b'\r' | b'\n');
        let end = value.iter().position(ends);
        let word = &value[..end.unwrap_or(value.len())];
        let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
        match () {
            () if is("") || is("7bit") => Self::SevenBit,
            () if is("8bit") => Self::EightBit,
            () if is("binary") => Self::Binary,
            () if is("base64") => Self::Base64,
            () if is("quoted-printable") => Self::QuotedPrintable,
            () => Self::Other,
        }
    }

    /// The octets are as they are.
    pub(crate) fn is_identity(self) -> bool {
        matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }

    /// Undoes it for a body that is whole.
    pub(crate) fn decode(self, octets: &[u8]) -> Vec<u8> {
        let mut decoder = Decoder::new(self);
        let mut decoded = Vec::with_capacity(self.decoded_most(octets.len()));
        decoder.push(octets, &mut decoded);
        decoder.finish(&mut decoded);
        decoded
    }

    /// At most so many octets come of so many.
    pub(crate) fn decoded_most(self, octets: usize) -> usize {
        match self {
            Self::Base64 => octets / 4 * 3 + 3,
            _ => octets,
        }
    }
}

/// Undoes an encoding.
#[derive(Debug, Clone)]
pub(crate) enum Decoder {
    Identity,
    Base64(Base64Lines),
    QuotedPrintable(QuotedPrintable),
}

impl Decoder {
    pub(crate) fn new(encoding: TransferEncoding) -> Self {
        match encoding {
            TransferEncoding::Base64 => Self::Base64(Base64Lines::default()),
            TransferEncoding::QuotedPrintable => Self::QuotedPrintable(QuotedPrintable::default()),
            _ => Self::Identity,
        }
    }

    pub(crate) fn push(&mut self, octets: &[u8], decoded: &mut Vec<u8>) {
        match self {
            Self::Identity => decoded.extend_from_slice(octets),
            Self::Base64(lines) => lines.push(octets, decoded),
            Self::QuotedPrintable(text) => text.push(octets, decoded),
        }
    }

    pub(crate) fn finish(self, decoded: &mut Vec<u8>) {
        match self {
            Self::Identity => {}
            Self::Base64(lines) => lines.finish(decoded),
            Self::QuotedPrintable(text) => text.finish(decoded),
        }
    }
}

/// Base64 with or without padding, and with bits left over.
pub(crate) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests;
