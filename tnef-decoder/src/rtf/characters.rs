//! From octets, `\'hh` and `\u` to characters.

use super::font::Charset;
use super::symbol::SymbolFont;

/// What a character may still depend on: the octets of one that is not complete, the first half of a surrogate pair, and
/// how much of the text after `\u` repeats the character for readers without Unicode.
#[derive(Debug)]
pub(super) struct Characters {
    pending: Vec<u8>,
    charset: Charset,
    /// The last of `pending` is a lead octet.
    is_split: bool,
    high_surrogate: Option<u16>,
    /// Characters to leave out.
    skip: usize,
}

impl Characters {
    pub(super) fn new(charset: Charset) -> Self {
        Self {
            pending: Vec::new(),
            charset,
            is_split: false,
            high_surrogate: None,
            skip: 0,
        }
    }

    /// A run of text.
    pub(super) fn text(&mut self, octets: &[u8], charset: Charset, out: &mut String) {
        let skipped = self.skip.min(octets.len());
        self.skip -= skipped;
        let mut octets = &octets[skipped..];
        if octets.is_empty() {
            return;
        }
        self.change_charset(charset, out);
        if self.is_split
            && let Some((&trail, rest)) = octets.split_first()
        {
            self.push(trail);
            octets = rest;
        }
        if octets.is_ascii() && matches!(charset, Charset::Page(_)) {
            self.flush(out);
            out.push_str(std::str::from_utf8(octets).unwrap_or(""));
        } else {
            octets.iter().for_each(|&octet| self.push(octet));
        }
    }

    /// One octet of text, from `\'hh`.
    pub(super) fn hex(&mut self, octet: u8, charset: Charset, out: &mut String) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.change_charset(charset, out);
        self.push(octet);
    }

    /// `\u`, after which `fallback` characters are for others.
    pub(super) fn unicode(
        &mut self,
        number: i32,
        fallback: usize,
        charset: Charset,
        out: &mut String,
    ) {
        self.flush_octets(out);
        self.skip = fallback;
        // Written as 16 signed bits; some writers use the number itself.
        let unit = match u16::try_from(number).or(i16::try_from(number).map(i16::cast_unsigned)) {
            Ok(unit) => unit,
            Err(_) => {
                self.flush(out);
                let character = u32::try_from(number).ok().and_then(char::from_u32);
                return out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        };
        if let (Charset::Symbols(font), Some(octet)) = (charset, SymbolFont::octet(unit)) {
            self.flush(out);
            return out.push(font.character(octet));
        }
        self.code_unit(unit, out);
    }

    /// A character that a control symbol stands for. As text after `\u` it counts as one.
    pub(super) fn symbol(&mut self, text: &str, out: &mut String) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.flush(out);
        out.push_str(text);
    }

    /// A group begins or ends, or a control word came: text that repeats a character does not go on after it.
    pub(super) fn end_skip(&mut self) {
        self.skip = 0;
    }

    /// No more comes that what is pending could belong to.
    pub(super) fn flush(&mut self, out: &mut String) {
        self.flush_octets(out);
        if self.high_surrogate.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn code_unit(&mut self, unit: u16, out: &mut String) {
        let high = self.high_surrogate.take();
        let units = high.into_iter().chain([unit]);
        if (0xd800..0xdc00).contains(&unit) {
            if high.is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            self.high_surrogate = Some(unit);
            return;
        }
        let decoded = char::decode_utf16(units);
        out.extend(decoded.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }

    fn change_charset(&mut self, charset: Charset, out: &mut String) {
        if self.charset != charset {
            self.flush_octets(out);
            self.charset = charset;
        }
        if self.high_surrogate.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn push(&mut self, octet: u8) {
        self.is_split = match self.charset {
            Charset::Page(page) => !self.is_split && octet >= 0x80 && page.is_lead_byte(octet),
            Charset::Symbols(_) => false,
        };
        self.pending.push(octet);
    }

    fn flush_octets(&mut self, out: &mut String) {
        if self.pending.is_empty() {
            return;
        }
        match self.charset {
            Charset::Page(page) => out.push_str(&page.decode(&self.pending)),
            Charset::Symbols(font) => out.extend(self.pending.iter().map(|&o| font.character(o))),
        }
        self.pending.clear();
        self.is_split = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{Characters, Charset};
    use crate::code_page::CodePage;
    use crate::rtf::symbol::SymbolFont;
    use crate::rtf::token::{Token, Tokens};

    fn check_in(charset: Charset, rtf: &str, expected: &str) {
        let mut characters = Characters::new(charset);
        let mut out = String::new();
        for token in Tokens::new(rtf.as_bytes()) {
            match token {
                Token::Text(octets) => characters.text(octets, charset, &mut out),
                Token::Hex(octet) => characters.hex(octet, charset, &mut out),
                Token::Word {
                    name: b"u",
                    parameter: Some(n),
                } => characters.unicode(n, 1, charset, &mut out),
                Token::Word { .. } | Token::Open | Token::Close => characters.end_skip(),
                Token::Symbol(_) => characters.symbol("S", &mut out),
                Token::Binary(_) => {}
            }
        }
        characters.flush(&mut out);
        assert_eq!(out, expected, "{rtf:?}");
    }

    #[test]
    fn double_octets_may_be_split_in_any_way() {
        let japanese = Charset::of_text(CodePage::new(932));
        let check = |rtf, expected| check_in(japanese, rtf, expected);
        check("\\'82\\'a0\\'83\\'41", "あア");
        check("\\'83A", "ア");
        check("\\'83AB", "アB");
        check("a\\'83", "a\u{fffd}");
        check("\\'83A\\'83\r\nA", "アア");
        check("\\'b1x", "ｱx");
    }

    #[test]
    fn surrogates_and_what_repeats_them() {
        let western = Charset::of_text(CodePage::WESTERN);
        let check = |rtf, expected| check_in(western, rtf, expected);
        check("\\u8364 ?x", "€x");
        check("\\u8364\\'80x", "€x");
        check("\\u8364{x}", "€x");
        check("\\u8364\\b x", "€x");
        check("\\u125\\}x", "}x");
        check("\\u-10179 ?\\u-8694 ?x", "😊x");
        check("\\u55357\\'20\\u56842 ?", "😊");
        check("\\u-10179 ?x", "\u{fffd}x");
        check("\\u-10179 ?\\u-10179 ?\\u-8694 ?", "\u{fffd}😊");
        check("\\u-8694 ?x", "\u{fffd}x");
        check("\\u128522 ?x", "😊x");
        check("\\u2000000 ?x", "\u{fffd}x");
        check("\\'e4\\u228 ?\\'e4", "äää");
    }

    #[test]
    fn symbols_come_by_octet_and_by_code_unit() {
        let check =
            |rtf, expected| check_in(Charset::Symbols(SymbolFont::Wingdings), rtf, expected);
        check("J", "☺");
        check("\\'4a", "☺");
        check("\\u-4022 ?", "☺");
        check("\\u8364 ?", "€");
    }
}
