//! Code pages that old senders write in.

use encoding_rs::Encoding;

/// One code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePage {
    /// The OEM code page of the United States.
    Oem437,
    /// The OEM code page of Western Europe.
    Oem850,
    /// Thai.
    Windows874,
    /// Japanese.
    ShiftJis,
    /// Chinese, simplified.
    Gbk,
    /// Korean.
    EucKr,
    /// Chinese, traditional.
    Big5,
    /// Central European.
    Windows1250,
    /// Cyrillic.
    Windows1251,
    /// Western European.
    Windows1252,
    /// Greek.
    Windows1253,
    /// Turkish.
    Windows1254,
    /// Hebrew.
    Windows1255,
    /// Arabic.
    Windows1256,
    /// US-ASCII.
    Ascii,
    /// UTF-8.
    Utf8,
}

impl CodePage {
    /// Its number.
    pub const fn number(self) -> u32 {
        match self {
            Self::Oem437 => 437,
            Self::Oem850 => 850,
            Self::Windows874 => 874,
            Self::ShiftJis => 932,
            Self::Gbk => 936,
            Self::EucKr => 949,
            Self::Big5 => 950,
            Self::Windows1250 => 1250,
            Self::Windows1251 => 1251,
            Self::Windows1252 => 1252,
            Self::Windows1253 => 1253,
            Self::Windows1254 => 1254,
            Self::Windows1255 => 1255,
            Self::Windows1256 => 1256,
            Self::Ascii => 20_127,
            Self::Utf8 => 65_001,
        }
    }

    /// Its name in MIME.
    pub const fn charset(self) -> &'static str {
        match self {
            Self::Oem437 => "ibm437",
            Self::Oem850 => "ibm850",
            Self::Windows874 => "windows-874",
            Self::ShiftJis => "shift_jis",
            Self::Gbk => "gbk",
            Self::EucKr => "euc-kr",
            Self::Big5 => "big5",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Windows1252 => "windows-1252",
            Self::Windows1253 => "windows-1253",
            Self::Windows1254 => "windows-1254",
            Self::Windows1255 => "windows-1255",
            Self::Windows1256 => "windows-1256",
            Self::Ascii => "us-ascii",
            Self::Utf8 => "utf-8",
        }
    }

    /// The number of its fonts in RTF.
    pub const fn fcharset(self) -> u32 {
        match self {
            Self::ShiftJis => 128,
            Self::EucKr => 129,
            Self::Gbk => 134,
            Self::Big5 => 136,
            Self::Windows1253 => 161,
            Self::Windows1254 => 162,
            Self::Windows1255 => 177,
            Self::Windows1256 => 178,
            Self::Windows1251 => 204,
            Self::Windows874 => 222,
            Self::Windows1250 => 238,
            Self::Oem437 | Self::Oem850 => 255,
            Self::Windows1252 | Self::Ascii | Self::Utf8 => 0,
        }
    }

    /// The text in it; `None`: it has not all of these characters.
    pub fn try_encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Self::Oem437 => {
                oem_cp::encode_string_checked(text, &oem_cp::code_table::ENCODING_TABLE_CP437)
            }
            Self::Oem850 => {
                oem_cp::encode_string_checked(text, &oem_cp::code_table::ENCODING_TABLE_CP850)
            }
            _ => {
                let encoding = Encoding::for_label(self.charset().as_bytes());
                let encoding = encoding.expect("the names above are those of the standard");
                let (octets, _, lossy) = encoding.encode(text);
                (!lossy).then(|| octets.into_owned())
            }
        }
    }

    /// The text in it, a question mark for each character that it has not.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let one = |c: char| {
            self.try_encode(c.encode_utf8(&mut [0; 4]))
                .unwrap_or_else(|| b"?".to_vec())
        };
        self.try_encode(text)
            .unwrap_or_else(|| text.chars().flat_map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_their_systems_write_them() {
        let check = |page: CodePage, text: &str, expected: &[u8]| {
            assert_eq!(page.encode(text), expected, "{page:?} {text}");
        };
        check(CodePage::Windows1252, "Grüße €", b"Gr\xfc\xdfe \x80");
        check(CodePage::Oem850, "Grüße", b"Gr\x81\xe1e");
        check(CodePage::Oem437, "ÄÖ", b"\x8e\x99");
        check(CodePage::ShiftJis, "会議", b"\x89\xef\x8bc");
        check(CodePage::Gbk, "会议", b"\xbb\xe1\xd2\xe9");
        check(CodePage::Big5, "會議", b"\xb7|\xc4\xb3");
        check(CodePage::EucKr, "회의", b"\xc8\xb8\xc0\xc7");
        check(CodePage::Windows1251, "Привет", b"\xcf\xf0\xe8\xe2\xe5\xf2");
        check(CodePage::Utf8, "ü", b"\xc3\xbc");
        check(CodePage::Ascii, "a€b", b"a?b");
    }
}
