//! Fields that we write ourselves.

use crate::content::Content;
use crate::limits::{TRACE_FIELD_OCTETS_MAX, TRACE_LINE_OCTETS_MAX};

/// A header field of our own making: printable text in folded lines that end in CRLF (RFC 5322 §2.2.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceField(String);

/// Why a field cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TraceFieldError {
    /// The name is empty or has an octet that no field name has (RFC 5322 §3.6.8).
    #[error("not a field name")]
    Name,
    /// The value has a control character, or a line that is not a continuation.
    #[error("not a folded field value")]
    Value,
    /// A line or the whole field is too long.
    #[error("the field is too long")]
    TooLong,
}

impl TraceField {
    /// Makes `name: value`. The value may be folded: CRLF, then a blank or tab, then something.
    pub fn new(name: &str, folded_value: &str) -> Result<Self, TraceFieldError> {
        let is_name = |b: u8| b.is_ascii_graphic() && b != b':';
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(TraceFieldError::Name);
        }
        let mut field = String::with_capacity(name.len() + folded_value.len() + ": \r\n".len());
        for (index, line) in folded_value.split("\r\n").enumerate() {
            let continues = line.starts_with([' ', '\t']) || index == 0;
            // Without a branch an octet: most lines have nothing but printable ASCII.
            let plain = line
                .bytes()
                .fold(true, |plain, b| plain & matches!(b, b' '..=b'~' | b'\t'));
            let printable = plain || !line.chars().any(|c| c.is_control() && c != '\t');
            let blank = line.bytes().all(|b| matches!(b, b' ' | b'\t'));
            if !continues || !printable || blank {
                return Err(TraceFieldError::Value);
            }
            let start = field.len();
            if index == 0 {
                field.push_str(name);
                field.push_str(": ");
            }
            field.push_str(line);
            if field.len() - start > TRACE_LINE_OCTETS_MAX {
                return Err(TraceFieldError::TooLong);
            }
            field.push_str("\r\n");
        }
        match field.len() <= TRACE_FIELD_OCTETS_MAX {
            true => Ok(Self(field)),
            false => Err(TraceFieldError::TooLong),
        }
    }

    /// Both, this one above the other.
    pub fn above(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// The field with its CRLF.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field as a piece of a message.
    pub fn into_content(self) -> Content {
        Content::new(self.0.into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let check = |name: &str, value: &str, expected: Result<&str, TraceFieldError>| {
            let field = TraceField::new(name, value);
            let found = field.as_ref().map(TraceField::as_str).map_err(|e| *e);
            assert_eq!(found, expected);
        };
        check("X-A", "one", Ok("X-A: one\r\n"));
        check("X-A", "one\r\n\ttwo", Ok("X-A: one\r\n\ttwo\r\n"));
        check("X-A", "größe", Ok("X-A: größe\r\n"));
        check("", "x", Err(TraceFieldError::Name));
        check("X A", "x", Err(TraceFieldError::Name));
        check("X:A", "x", Err(TraceFieldError::Name));
        check("X-A", "", Err(TraceFieldError::Value));
        check("X-A", "one\r\ntwo", Err(TraceFieldError::Value));
        check("X-A", "one\r\n\r\nbody", Err(TraceFieldError::Value));
        check("X-A", "one\r\n \r\n two", Err(TraceFieldError::Value));
        check("X-A", "one\ntwo", Err(TraceFieldError::Value));
        check("X-A", "one\rtwo", Err(TraceFieldError::Value));
        check("X-A", "one\0", Err(TraceFieldError::Value));
        check("X-A", "one\r\n", Err(TraceFieldError::Value));
    }

    #[test]
    fn lengths_at_the_limit_and_one_past() {
        let line = |octets: usize| "x".repeat(octets - "X: ".len());
        assert!(TraceField::new("X", &line(TRACE_LINE_OCTETS_MAX)).is_ok());
        let past = TraceField::new("X", &line(TRACE_LINE_OCTETS_MAX + 1));
        assert_eq!(past, Err(TraceFieldError::TooLong));

        let whole = |octets: usize| {
            let fold = "\r\n ".to_owned() + &"y".repeat(509);
            let rest = octets - "X: \r\n".len();
            format!("{}{}", "x".repeat(rest % 512 + 1), fold.repeat(rest / 512))
        };
        let fits = TraceField::new("X", &whole(TRACE_FIELD_OCTETS_MAX - 1)).expect("fits");
        assert_eq!(fits.as_str().len(), TRACE_FIELD_OCTETS_MAX);
        let past = TraceField::new("X", &whole(TRACE_FIELD_OCTETS_MAX));
        assert_eq!(past, Err(TraceFieldError::TooLong));
    }
}
