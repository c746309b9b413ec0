//! What RTF carries.

use super::error::RtfError;
use super::token::{Token, Tokens};

/// What RTF carries, by its header (MS-OXRTFEX §2.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// HTML: [`crate::rtf::de_encapsulate`] gives it.
    EncapsulatedHtml,
    /// Plain text: [`crate::rtf::de_encapsulate`] gives it.
    EncapsulatedText,
    /// A document of its own: [`crate::rtf::to_html`] converts it.
    Native,
}

impl Kind {
    /// Reads the header's words, as far as the first group in it or the first text. The specification would have a reader
    /// give up after ten tokens; writers exist that put more in front.
    pub fn of(rtf: &[u8]) -> Result<Self, RtfError> {
        let mut tokens = Tokens::new(rtf.trim_ascii_start());
        match (tokens.next(), tokens.next()) {
            (Some(Token::Open), Some(Token::Word { name: b"rtf", .. })) => {}
            _ => return Err(RtfError::NotRtf),
        }
        for token in tokens.take(HEADER_TOKENS_MAX) {
            match token {
                Token::Word {
                    name: b"fromhtml",
                    parameter,
                } if parameter != Some(0) => {
                    return Ok(Self::EncapsulatedHtml);
                }
                Token::Word {
                    name: b"fromtext", ..
                } => return Ok(Self::EncapsulatedText),
                Token::Word { .. } => {}
                _ => break,
            }
        }
        Ok(Self::Native)
    }
}

/// Words of a header before its font table.
const HEADER_TOKENS_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Kind, RtfError};

    #[test]
    fn the_header_tells_what_is_inside() {
        let check = |rtf: &str, expected| assert_eq!(Kind::of(rtf.as_bytes()), expected, "{rtf}");
        check(
            "{\\rtf1\\ansi\\fromhtml1 \\deff0{\\fonttbl}}",
            Ok(Kind::EncapsulatedHtml),
        );
        check(
            "\r\n{\\rtf1\\ansi\\ansicpg1252\r\n\\fromtext}",
            Ok(Kind::EncapsulatedText),
        );
        check("{\\rtf1\\ansi\\fromhtml0 }", Ok(Kind::Native));
        check("{\\rtf1{\\fonttbl}\\fromhtml1}", Ok(Kind::Native));
        check("{\\rtf1 x\\fromhtml1}", Ok(Kind::Native));
        check("{\\rtf", Ok(Kind::Native));
        check("{\\rtfx}", Err(RtfError::NotRtf));
        check("\\rtf1", Err(RtfError::NotRtf));
        check("", Err(RtfError::NotRtf));
    }
}
