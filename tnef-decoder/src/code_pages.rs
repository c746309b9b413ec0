//! Which code page a message's text is in.

use std::borrow::Cow;

use crate::code_page::CodePage;

/// What a message says about its code pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodePages {
    /// Of legacy attributes: attOemCodepage's first.
    pub oem: Option<CodePage>,
    /// Of text properties: PidTagMessageCodepage.
    pub message: Option<CodePage>,
    /// Of the HTML body: PidTagInternetCodepage.
    pub internet: Option<CodePage>,
}

impl CodePages {
    /// Of 8-bit text that no HTML is. UTF-16 cannot be meant; it says that the message has UTF-16 too.
    pub fn of_text(&self) -> CodePage {
        let first = self.message.filter(is_meant);
        first
            .or(self.oem.filter(is_meant))
            .unwrap_or(CodePage::WESTERN)
    }

    /// 8-bit text. What claims to be ASCII or nothing at all, and is not, is UTF-8 when it can be.
    pub fn text<'a>(&self, octets: &'a [u8]) -> Cow<'a, str> {
        let claims_utf8 = |page: CodePage| page == CodePage::ASCII;
        let page = self.of_text();
        match self.message.is_none_or(claims_utf8) {
            true => utf8_or(page, octets),
            false => page.decode(octets),
        }
    }

    /// 8-bit text of an attribute from before MAPI.
    pub fn legacy_text<'a>(&self, octets: &'a [u8]) -> Cow<'a, str> {
        match self.oem.filter(is_meant) {
            Some(page) => page.decode(octets),
            None => utf8_or(self.of_text(), octets),
        }
    }

    /// An HTML body. Its own `meta` counts where the message says nothing, or nothing that can be true.
    pub fn html<'a>(&self, octets: &'a [u8]) -> Cow<'a, str> {
        if let Some(text) = by_order_mark(octets) {
            return text;
        }
        let stated = self.internet.filter(|page| page.is_known());
        let stated = stated.filter(|page| *page != CodePage::ASCII || octets.is_ascii());
        let is_utf8 = |encoding| encoding == encoding_rs::UTF_8;
        match (stated, declared(octets)) {
            // Writers recode the octets and forget the property, or the other way round; UTF-8 can be told.
            (Some(_), Some(encoding))
                if is_utf8(encoding) && std::str::from_utf8(octets).is_ok() =>
            {
                encoding.decode_without_bom_handling(octets).0
            }
            (Some(page), _) => page.decode(octets),
            (None, Some(encoding)) => encoding.decode_without_bom_handling(octets).0,
            (None, None) => utf8_or(self.of_text(), octets),
        }
    }
}

/// Whether 8-bit text can be in it.
fn is_meant(page: &CodePage) -> bool {
    page.is_known() && !matches!(page.number(), 1_200 | 1_201) && *page != CodePage::ASCII
}

fn utf8_or(page: CodePage, octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => page.decode(octets),
    }
}

fn by_order_mark(octets: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, length) = encoding_rs::Encoding::for_bom(octets)?;
    let text = octets.get(length..)?;
    Some(encoding.decode_without_bom_handling(text).0)
}

/// What `charset=` at the beginning of the HTML says.
fn declared(octets: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = octets.get(..DECLARATION_WITHIN).unwrap_or(octets);
    let at = head
        .windows(MARK.len())
        .position(|window| window.eq_ignore_ascii_case(MARK))?;
    let label = head.get(at + MARK.len()..)?;
    let label = label.trim_ascii_start();
    let label = label
        .strip_prefix(b"\"")
        .or(label.strip_prefix(b"'"))
        .unwrap_or(label);
    let end = label
        .iter()
        .position(|octet| !octet.is_ascii_alphanumeric() && !b"-_:.".contains(octet));
    let label = label.get(..end.unwrap_or(label.len()))?;
    let encoding = encoding_rs::Encoding::for_label(label)?;
    // What calls itself UTF-16 in octets is not (it could not be read so far).
    let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    (!wide && encoding != encoding_rs::REPLACEMENT).then_some(encoding)
}

const MARK: &[u8] = b"charset=";
/// Where HTML must have said it, as the HTML standard has it.
const DECLARATION_WITHIN: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(oem: u16, message: u16, internet: u16) -> CodePages {
        let page = |number| (number != 0).then(|| CodePage::new(number));
        CodePages {
            oem: page(oem),
            message: page(message),
            internet: page(internet),
        }
    }

    #[test]
    fn the_message_code_page_comes_before_the_oem_one() {
        let check = |oem, message, octets: &[u8], expected: &str| {
            let pages = pages(oem, message, 0);
            assert_eq!(pages.text(octets), expected, "{pages:?}");
        };
        check(850, 1251, b"\xcf", "П");
        check(850, 0, b"\x84", "ä");
        check(0, 0, b"\xe4", "ä");
        check(1251, 20_127, b"\xcf", "П");
        check(1251, 20_127, "é".as_bytes(), "é");
        check(1251, 0, "é".as_bytes(), "é");
        check(1251, 1_200, b"\xcf", "П");
        check(1251, 4_242, b"\xcf", "П");
        check(20_127, 20_127, b"\xe4", "ä");
        check(1252, 1252, "é".as_bytes(), "Ã©");
    }

    #[test]
    fn html_is_in_the_internet_code_page_or_says_so_itself() {
        let check = |internet, octets: &[u8], expected: &str| {
            let pages = pages(1251, 0, internet);
            assert_eq!(pages.html(octets), expected, "{internet}");
        };
        check(28_591, b"\xe4", "ä");
        check(65_001, "ä".as_bytes(), "ä");
        check(20_127, b"\xcf", "П");
        check(0, b"\xcf", "П");
        check(0, "ä".as_bytes(), "ä");
        check(
            0,
            b"<meta charset='koi8-r'>\xf0",
            "<meta charset='koi8-r'>П",
        );
        check(38_598, b"\xe0", "א");
        check(1252, "charset=utf-8 ä".as_bytes(), "charset=utf-8 ä");
        check(1252, b"charset=utf-8 \xe4", "charset=utf-8 ä");
        check(1252, "\u{feff}ä".as_bytes(), "ä");
        check(0, b"\xff\xfea\0", "a");
    }
}
