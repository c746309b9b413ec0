//! The xtext encoding (RFC 3461 §4).

use std::fmt;

/// Text in xtext: printable ASCII, with `+` and `=` and everything else as `+` and two upper-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Xtext(String);

impl Xtext {
    /// Encodes octets.
    pub fn encode(plain: &[u8]) -> Self {
        let mut encoded = String::with_capacity(plain.len());
        for &octet in plain {
            match octet {
                b'+' | b'=' => encoded.push_str(&format!("+{octet:02X}")),
                b'!'..=b'~' => encoded.push(octet.into()),
                _ => encoded.push_str(&format!("+{octet:02X}")),
            }
        }
        Self(encoded)
    }

    /// Takes text that is encoded already; `None` where it is not.
    pub fn from_encoded(text: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        loop {
            rest = match rest {
                [] => return Some(Self(text.to_owned())),
                [b'+', high, low, tail @ ..] if is_hex(*high) && is_hex(*low) => tail,
                [b'+' | b'=', ..] => return None,
                [b'!'..=b'~', tail @ ..] => tail,
                _ => return None,
            }
        }
    }

    /// The encoded form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The octets it stands for.
    pub fn decode(&self) -> Vec<u8> {
        let mut plain = Vec::with_capacity(self.0.len());
        let mut rest = self.0.as_bytes();
        loop {
            rest = match rest {
                [] => return plain,
                [b'+', high, low, tail @ ..] => {
                    plain.push(value(*high) << 4 | value(*low));
                    tail
                }
                [octet, tail @ ..] => {
                    plain.push(*octet);
                    tail
                }
            }
        }
    }
}

impl fmt::Display for Xtext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_hex(octet: u8) -> bool {
    matches!(octet, b'0'..=b'9' | b'A'..=b'F')
}

fn value(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        _ => hex - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_and_decoding() {
        let check = |plain: &[u8], encoded: &str| {
            assert_eq!(Xtext::encode(plain).as_str(), encoded);
            let parsed = Xtext::from_encoded(encoded).expect(encoded);
            assert_eq!(parsed.decode(), plain);
        };
        check(b"", "");
        check(b"john@contoso.com", "john@contoso.com");
        check(b"a+b=c d\0", "a+2Bb+3Dc+20d+00");
        check(b"\xc3\xbc", "+C3+BC");
    }

    #[test]
    fn what_is_not_xtext() {
        for text in ["a=b", "a b", "+", "+2", "+2b", "+zz", "ü", "a\0"] {
            assert_eq!(Xtext::from_encoded(text), None, "{text:?}");
        }
    }
}
