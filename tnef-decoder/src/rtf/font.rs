//! The font table: what a font is called, and how its octets are text.

use std::collections::HashMap;

use super::symbol::SymbolFont;
use crate::code_page::CodePage;

/// How octets of text become characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// By a code page.
    Page(CodePage),
    /// They are the symbols of a font.
    Symbols(SymbolFont),
}

impl Charset {
    /// Text is never in these; where they are named, nothing was known.
    pub(super) fn of_text(page: CodePage) -> Self {
        Self::Page(match page.number() {
            0 | 42 | 1_200 | 1_201 | 12_000 | 12_001 | 65_000 => CodePage::WESTERN,
            _ => page,
        })
    }
}

/// A font's kind, to choose another font by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Family {
    #[default]
    Unknown,
    Roman,
    Swiss,
    Modern,
    Script,
    Decorative,
}

/// An entry of the font table.
#[derive(Debug, Clone, Default)]
pub(super) struct Font {
    pub(super) name: String,
    pub(super) family: Family,
    page: Option<CodePage>,
    is_symbolic: bool,
}

impl Font {
    /// Its octets are symbols, not letters.
    pub(super) fn is_symbolic(&self) -> bool {
        self.is_symbolic
    }
}

/// The fonts of a document, filled token by token.
#[derive(Debug)]
pub(super) struct Fonts {
    entries: HashMap<i32, Font>,
    /// `\deff`
    pub(super) default: i32,
    /// `\ansicpg` and its elders.
    page: CodePage,
    open: Option<(i32, Font)>,
    name: Vec<u8>,
}

impl Default for Fonts {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            default: 0,
            page: CodePage::WESTERN,
            open: None,
            name: Vec::new(),
        }
    }
}

impl Fonts {
    /// A control word of the header that is about all fonts; `false`: it is about something else.
    pub(super) fn header(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let page = match name {
            b"ansi" => 1_252,
            b"mac" => 10_000,
            b"pc" => 437,
            b"pca" => 850,
            b"ansicpg" => match parameter.and_then(|number| u16::try_from(number).ok()) {
                Some(number) => number,
                None => return true,
            },
            b"deff" => {
                self.default = parameter.unwrap_or(0);
                return true;
            }
            _ => return false,
        };
        self.page = CodePage::new(page);
        true
    }

    /// A control word within the table.
    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>) {
        if name == b"f" {
            self.close();
            self.open = Some((parameter.unwrap_or(0), Font::default()));
            return;
        }
        let Some((_, font)) = &mut self.open else {
            return;
        };
        match name {
            b"froman" => font.family = Family::Roman,
            b"fswiss" => font.family = Family::Swiss,
            b"fmodern" => font.family = Family::Modern,
            b"fscript" => font.family = Family::Script,
            b"fdecor" => font.family = Family::Decorative,
            b"fcharset" => {
                font.is_symbolic = parameter == Some(2);
                font.page = font.page.or(parameter.and_then(page_of_charset));
            }
            b"cpg" => {
                font.page = parameter
                    .and_then(|n| u16::try_from(n).ok())
                    .map(CodePage::new)
            }
            _ => {}
        }
    }

    /// Octets of a name; a semicolon ends it.
    pub(super) fn text(&mut self, octets: &[u8]) {
        let (name, is_end) = match octets.iter().position(|&octet| octet == b';') {
            Some(end) => (&octets[..end], true),
            None => (octets, false),
        };
        let room = NAME_OCTETS_MAX.saturating_sub(self.name.len());
        self.name.extend_from_slice(&name[..name.len().min(room)]);
        if is_end {
            self.close();
        }
    }

    /// The table, or an entry of it, ends.
    pub(super) fn close(&mut self) {
        let Some((number, mut font)) = self.open.take() else {
            return self.name.clear();
        };
        let name = font.page.unwrap_or(self.page).decode(&self.name);
        font.name = name
            .trim()
            .trim_matches('"')
            .trim_start_matches('@')
            .to_owned();
        self.name.clear();
        self.entries.entry(number).or_insert(font);
    }

    pub(super) fn get(&self, number: i32) -> Option<&Font> {
        self.entries.get(&number)
    }

    /// How text in this font is read.
    pub(super) fn charset(&self, number: i32) -> Charset {
        match self.get(number) {
            Some(font) if font.is_symbolic => Charset::Symbols(SymbolFont::named(&font.name)),
            Some(Font {
                page: Some(page), ..
            }) => Charset::of_text(*page),
            _ => self.document_charset(),
        }
    }

    /// How text without a font is read.
    pub(super) fn document_charset(&self) -> Charset {
        Charset::of_text(self.page)
    }
}

/// Longer names do not exist in Windows (LF_FACESIZE is 32 characters).
const NAME_OCTETS_MAX: usize = 64;

/// The code page of a Windows charset; `None` for the default one.
fn page_of_charset(charset: i32) -> Option<CodePage> {
    Some(CodePage::new(match charset {
        0 => 1_252,
        77 => 10_000,
        78 => 10_001,
        79 => 10_003,
        80 => 10_008,
        81 => 10_002,
        83 => 10_005,
        84 => 10_004,
        85 => 10_006,
        86 => 10_081,
        87 => 10_021,
        88 => 10_029,
        89 => 10_007,
        128 => 932,
        129 => 949,
        130 => 1_361,
        134 => 936,
        136 => 950,
        161 => 1_253,
        162 => 1_254,
        163 => 1_258,
        177 | 181 => 1_255,
        178..=180 => 1_256,
        186 => 1_257,
        204 => 1_251,
        222 => 874,
        238 => 1_250,
        254 => 437,
        255 => 850,
        _ => return None,
    }))
}
