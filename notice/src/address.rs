//! Addresses in the status part (RFC 3464 §2.3.1, RFC 6533 §3).

use smtp::{OriginalRecipient, Xtext};

use crate::limits::{ADDRESS_OCTETS_MAX, ORIGINAL_RECIPIENT_OCTETS_MAX};
use crate::printable;

/// How an address that is not ASCII is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// As it is, in message/global-delivery-status.
    Utf8,
    /// With `\x{...}`, in message/delivery-status.
    Ascii,
}

/// A forward path as it is shown: one line, bounded.
pub(crate) fn shown(address: &str) -> String {
    printable::line(address, ADDRESS_OCTETS_MAX)
}

/// A forward path with its type.
pub(crate) fn typed(address: &str, form: Form) -> String {
    let address = shown(address);
    match (address.is_ascii(), form) {
        (true, _) => format!("rfc822; {address}"),
        (false, Form::Utf8) => format!("utf-8; {address}"),
        (false, Form::Ascii) => format!("utf-8; {}", escaped(&address)),
    }
}

/// What ORCPT means, decoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decoded<'a> {
    kind: &'a str,
    address: String,
}

/// Decodes an ORCPT; `None` for one that holds what no address shows, or that is too long.
pub(crate) fn decoded(original: &OriginalRecipient) -> Option<Decoded<'_>> {
    let kind = original.kind();
    let address = match kind.eq_ignore_ascii_case("utf-8") {
        true => unescaped(original.encoded())?,
        false => {
            let octets = Xtext::from_encoded(original.encoded())?.decode();
            String::from_utf8(octets)
                .ok()
                .filter(|text| text.is_ascii())?
        }
    };
    let is_clean = !address.is_empty() && printable::line(&address, address.len()) == address;
    is_clean.then_some(Decoded { kind, address })
}

impl Decoded<'_> {
    pub(crate) fn is_ascii(&self) -> bool {
        self.address.is_ascii()
    }

    /// With its type; `None` if it is too long in this form.
    pub(crate) fn typed(&self, form: Form) -> Option<String> {
        let Self { kind, address } = self;
        let is_utf8 = kind.eq_ignore_ascii_case("utf-8");
        let text = match (is_utf8, form) {
            (true, Form::Ascii) => format!("{kind}; {}", escaped(address)),
            (true, Form::Utf8) | (false, _) => format!("{kind}; {address}"),
        };
        (text.len() <= ORIGINAL_RECIPIENT_OCTETS_MAX).then_some(text)
    }
}

/// utf-8-addr-xtext.
fn escaped(address: &str) -> String {
    let escape = |c| match c {
        '+' | '=' | '\\' | '\0'..=' ' | '\x7f'.. => format!("\\x{{{:X}}}", u32::from(c)),
        _ => String::from(c),
    };
    address.chars().map(escape).collect()
}

fn unescaped(encoded: &str) -> Option<String> {
    let mut address = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some(at) = rest.find("\\x{") {
        let (before, from) = rest.split_at(at);
        let (hex, after) = from[3..].split_once('}')?;
        let is_point = (2..=6).contains(&hex.len()) && hex.bytes().all(|o| o.is_ascii_hexdigit());
        let point = u32::from_str_radix(hex, 16).ok().filter(|_| is_point)?;
        address.push_str(before);
        address.push(char::from_u32(point)?);
        rest = after;
    }
    address.push_str(rest);
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_at_the_limit_and_one_past() {
        let exact = "ü".repeat(ADDRESS_OCTETS_MAX / 2);
        assert_eq!(shown(&exact), exact);
        assert!(shown(&format!("{exact}x")).ends_with("..."));
        assert_eq!(
            typed(&exact, Form::Ascii).matches("\\x{FC}").count(),
            ADDRESS_OCTETS_MAX / 2
        );
        // Each character of three digits is the worst.
        let worst = typed(&"\u{7ff}".repeat(ADDRESS_OCTETS_MAX / 2), Form::Ascii);
        assert!(worst.len() <= crate::limits::WORD_OCTETS_MAX + "utf-8; ".len());
    }

    #[test]
    fn an_original_recipient_at_the_limit_and_one_past() {
        let check = |octets: usize, whole: bool| {
            // `\x{FC}` is six octets for one character of two.
            let escapes = (octets - "utf-8; ".len()) / 6;
            let filler = octets - "utf-8; ".len() - 6 * escapes;
            let raw = format!("utf-8;{}{}", "ü".repeat(escapes), "x".repeat(filler));
            let original = OriginalRecipient::parse(&raw).expect("an ORCPT");
            let decoded = decoded(&original).expect("it has nothing odd");
            assert_eq!(decoded.typed(Form::Ascii).is_some(), whole);
            assert!(decoded.typed(Form::Utf8).is_some());
        };
        check(ORIGINAL_RECIPIENT_OCTETS_MAX, true);
        check(ORIGINAL_RECIPIENT_OCTETS_MAX + 1, false);
    }
}
