//! Windows code pages: from octets to text, without fail.

mod johab;
mod shifted;
mod single_octet;
mod utf7;

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16LE, WINDOWS_874,
    WINDOWS_1252,
};
use oem_cp::code_table::DECODING_TABLE_CP_MAP;

/// A code page by its Windows number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePage(u16);

impl CodePage {
    /// Seven-bit ASCII. Writers name it for text that is not.
    pub const ASCII: Self = Self(20_127);
    /// UTF-8.
    pub const UTF_8: Self = Self(65_001);
    /// UTF-16, little-endian.
    pub const UTF_16: Self = Self(1_200);
    /// Western European, what is assumed where nothing is said.
    pub const WESTERN: Self = Self(1_252);

    /// The code page of this number, known or not.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The text of `octets`. What has no character becomes U+FFFD. In an unknown code page text is UTF-8 when it can be,
    /// otherwise Western European; so it is with ASCII that has an eighth bit.
    pub fn decode<'a>(&self, octets: &'a [u8]) -> Cow<'a, str> {
        match self.decoder() {
            Some(Decoder::Standard(encoding)) => encoding.decode_without_bom_handling(octets).0,
            Some(Decoder::Oem(table)) => oem(octets, table),
            Some(Decoder::Own(decode)) => Cow::Owned(decode(octets)),
            Some(Decoder::Table) => {
                single_octet::decode(self.0, octets).map_or(Cow::Borrowed(""), Cow::Owned)
            }
            None => unlabelled(octets),
        }
    }

    /// Whether its characters are known; if not, [`CodePage::decode`] guesses.
    pub fn is_known(self) -> bool {
        self == Self::ASCII || self.decoder().is_some()
    }

    /// Whether a character may take two octets, of which the first is a lead octet.
    pub fn is_double_byte(self) -> bool {
        (0x80..=0xff).any(|octet| self.is_lead_byte(octet))
    }

    /// Whether `octet` begins a character of two octets.
    pub fn is_lead_byte(self, octet: u8) -> bool {
        match self.0 {
            932 | 10_001 => matches!(octet, 0x81..=0x9f | 0xe0..=0xfc),
            936 | 949 | 950 | 951 | 54_936 | 10_002 => matches!(octet, 0x81..=0xfe),
            1_361 => matches!(octet, 0x84..=0xd3 | 0xd8..=0xde | 0xe0..=0xf9),
            20_932 | 51_932 => matches!(octet, 0x8e | 0xa1..=0xfe),
            20_936 | 20_949 | 51_936 | 51_949 | 10_003 | 10_008 => matches!(octet, 0xa1..=0xfe),
            _ => false,
        }
    }

    fn decoder(self) -> Option<Decoder> {
        if self == Self::ASCII {
            return None;
        }
        // The list below comes first where it differs from the Encoding Standard's idea of a number.
        Some(match self.0 {
            1_361 => Decoder::Own(johab::decode),
            65_000 => Decoder::Own(utf7::decode),
            50_225 => Decoder::Own(|octets| shifted::iso_2022(octets, EUC_KR)),
            50_227 | 50_229 => Decoder::Own(|octets| shifted::iso_2022(octets, GBK)),
            52_936 => Decoder::Own(|octets| shifted::hz(octets, GBK)),
            10_001 => Decoder::Standard(SHIFT_JIS),
            10_002 => Decoder::Standard(BIG5),
            10_003 => Decoder::Standard(EUC_KR),
            10_008 => Decoder::Standard(GBK),
            10_021 => Decoder::Standard(WINDOWS_874),
            20_936 | 51_936 | 936 => Decoder::Standard(GBK),
            51_932 => Decoder::Standard(EUC_JP),
            54_936 => Decoder::Standard(GB18030),
            number if single_octet::is_known(number) => Decoder::Table,
            number => match codepage::to_encoding_no_replacement(number) {
                Some(encoding) => Decoder::Standard(encoding),
                None => Decoder::Oem(DECODING_TABLE_CP_MAP.get(&number)?),
            },
        })
    }
}

impl fmt::Display for CodePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code page {}", self.0)
    }
}

/// The text of UTF-16 octets, little-endian; an odd octet at the end is U+FFFD.
pub(crate) fn utf16(octets: &[u8]) -> Cow<'_, str> {
    UTF_16LE.decode_without_bom_handling(octets).0
}

#[derive(Clone, Copy)]
enum Decoder {
    /// One of the Encoding Standard.
    Standard(&'static Encoding),
    /// An OEM table.
    Oem(&'static oem_cp::code_table_type::TableType),
    /// A function of ours.
    Own(fn(&[u8]) -> String),
    /// A table of ours.
    Table,
}

fn oem<'a>(octets: &'a [u8], table: &oem_cp::code_table_type::TableType) -> Cow<'a, str> {
    match plain(octets) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(table.decode_string_lossy(octets)),
    }
}

/// Text of which nobody says how it is encoded.
fn unlabelled(octets: &[u8]) -> Cow<'_, str> {
    let (text, malformed) = UTF_8.decode_without_bom_handling(octets);
    match malformed {
        false => text,
        true => WINDOWS_1252.decode_without_bom_handling(octets).0,
    }
}

/// ASCII is its own text.
fn plain(octets: &[u8]) -> Option<&str> {
    octets
        .is_ascii()
        .then(|| std::str::from_utf8(octets).ok())
        .flatten()
}

#[cfg(test)]
mod tests;
