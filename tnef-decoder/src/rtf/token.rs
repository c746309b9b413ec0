//! The pieces RTF consists of: groups, control words, control symbols, binary data, text.
//!
//! A token borrows from the input and nothing is interpreted. Every octet is looked at once, whatever it is: malformed input
//! gives other tokens, never an error. Held by `fuzz_targets/tnef_rtf.rs`.

/// A piece of RTF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A backslash and letters, perhaps with a number.
    Word {
        /// The letters, case preserved.
        name: &'a [u8],
        /// The number; clamped to what fits.
        parameter: Option<i32>,
    },
    /// A backslash and one octet that is no letter.
    Symbol(u8),
    /// `\'hh`: one octet of text in hexadecimal digits.
    Hex(u8),
    /// What follows `\bin` and its length.
    Binary(&'a [u8]),
    /// Text without a line end, never empty. Line ends in RTF mean nothing and are left out.
    Text(&'a [u8]),
}

/// Splits RTF into its tokens.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    /// From the first octet on.
    pub fn new(rtf: &'a [u8]) -> Self {
        Self { rest: rtf }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The text at the beginning, up to a line end or a token of another kind.
    fn text(&mut self) -> Token<'a> {
        let end = self
            .rest
            .iter()
            .position(|&octet| ENDS_TEXT[octet as usize]);
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Token::Text(text)
    }

    /// What follows a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let (&first, rest) = self.rest.split_first()?;
        if first.is_ascii_alphabetic() {
            return Some(self.word());
        }
        self.rest = rest;
        if first == b'\'' {
            return Some(self.hex());
        }
        if first == b'\r' && rest.first() == Some(&b'\n') {
            self.rest = &rest[1..];
        }
        Some(Token::Symbol(first))
    }

    /// `\'` with something else than two digits after it stands for nothing.
    fn hex(&mut self) -> Token<'a> {
        let Some((&[high, low], rest)) = self.rest.split_first_chunk::<2>() else {
            return Token::Symbol(b'\'');
        };
        match (hex_digit(high), hex_digit(low)) {
            (Some(high), Some(low)) => {
                self.rest = rest;
                Token::Hex(high << 4 | low)
            }
            _ => Token::Symbol(b'\''),
        }
    }

    fn word(&mut self) -> Token<'a> {
        let letters = self.rest.iter().take_while(|o| o.is_ascii_alphabetic());
        let (name, rest) = self.rest.split_at(letters.count());
        let (parameter, rest) = number(rest);
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        match (name, parameter) {
            (b"bin", Some(length)) => self.binary(length),
            _ => Token::Word { name, parameter },
        }
    }

    fn binary(&mut self, length: i32) -> Token<'a> {
        let length = usize::try_from(length).unwrap_or(0).min(self.rest.len());
        let (data, rest) = self.rest.split_at(length);
        self.rest = rest;
        Token::Binary(data)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (&first, rest) = self.rest.split_first()?;
            match first {
                b'{' => {
                    self.rest = rest;
                    return Some(Token::Open);
                }
                b'}' => {
                    self.rest = rest;
                    return Some(Token::Close);
                }
                b'\\' => {
                    self.rest = rest;
                    return self.control();
                }
                b'\r' | b'\n' => self.rest = rest,
                _ => return Some(self.text()),
            }
        }
    }
}

/// The number at the beginning, if there is one, and what follows it.
fn number(octets: &[u8]) -> (Option<i32>, &[u8]) {
    let (negative, digits) = match octets.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, octets),
    };
    let count = digits.iter().take_while(|o| o.is_ascii_digit()).count();
    if count == 0 {
        return (None, octets);
    }
    let (digits, rest) = digits.split_at(count);
    let value = digits.iter().fold(0_i32, |value, digit| {
        value
            .saturating_mul(10)
            .saturating_add(i32::from(digit - b'0'))
    });
    (Some(if negative { -value } else { value }), rest)
}

/// The value of a hexadecimal digit.
pub(super) fn hex_digit(octet: u8) -> Option<u8> {
    match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        b'A'..=b'F' => Some(octet - b'A' + 10),
        _ => None,
    }
}

/// Which octets a run of text cannot contain.
const ENDS_TEXT: [bool; 256] = {
    let mut ends = [false; 256];
    ends[b'\\' as usize] = true;
    ends[b'{' as usize] = true;
    ends[b'}' as usize] = true;
    ends[b'\r' as usize] = true;
    ends[b'\n' as usize] = true;
    ends
};

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    fn check(rtf: &str, expected: &[Token<'_>]) {
        assert_eq!(
            Tokens::new(rtf.as_bytes()).collect::<Vec<_>>(),
            expected,
            "{rtf:?}"
        );
    }

    fn word(name: &str, parameter: Option<i32>) -> Token<'_> {
        Token::Word {
            name: name.as_bytes(),
            parameter,
        }
    }

    #[test]
    fn each_kind_of_token() {
        use Token::{Binary, Close, Hex, Open, Symbol, Text};
        check("{}", &[Open, Close]);
        check("a b", &[Text(b"a b")]);
        check("a\r\nb\nc", &[Text(b"a"), Text(b"b"), Text(b"c")]);
        check(
            "\\b\\i0 x",
            &[word("b", None), word("i", Some(0)), Text(b"x")],
        );
        check("\\b  x", &[word("b", None), Text(b" x")]);
        check("\\fi-360x", &[word("fi", Some(-360)), Text(b"x")]);
        check("\\b-x", &[word("b", None), Text(b"-x")]);
        check("\\u99999999999 ", &[word("u", Some(i32::MAX))]);
        check("\\u-99999999999 ", &[word("u", Some(-i32::MAX))]);
        check("\\'e4\\'E4", &[Hex(0xe4), Hex(0xe4)]);
        check("\\'xyz", &[Symbol(b'\''), Text(b"xyz")]);
        check("\\'4", &[Symbol(b'\''), Text(b"4")]);
        check("\\~\\{\\*", &[Symbol(b'~'), Symbol(b'{'), Symbol(b'*')]);
        check(
            "\\\r\nx\\\ny",
            &[Symbol(b'\r'), Text(b"x"), Symbol(b'\n'), Text(b"y")],
        );
        check("\\bin3 }{\\}", &[Binary(b"}{\\"), Close]);
        check("\\bin9 }{", &[Binary(b"}{")]);
        check("\\bin-1 x", &[Binary(b""), Text(b"x")]);
        check("\\bin x", &[word("bin", None), Text(b"x")]);
        check("x\\", &[Text(b"x")]);
    }
}
