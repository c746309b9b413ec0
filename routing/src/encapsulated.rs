//! Addresses of other worlds inside an SMTP address: `IMCEAEX-_O=CONTOSO_CN=RECIPIENTS_CN=ANNA@contoso.com`.
//!
//! [MS-OXCMAIL] 2.1.3.1.8 says how they are written: `IMCEA`, the type of the address, a hyphen, then the address with `/`
//! as `_` and every octet but letters, digits, `-` and `=` as `+` and two hexadecimal digits. Such a local part is
//! often longer than other local parts may be. Reading takes anything and never fails half way: what is no escape stands for itself.

use crate::limits::ENCAPSULATED_OCTETS_MAX;
use crate::{Address, ForeignAddress, ForeignKind};

/// What a local part holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Encapsulated {
    /// A name that an entry may have.
    Foreign(ForeignAddress),
    /// An SMTP address within one.
    Mail(Address),
    /// Of a kind that leads to nobody here (FAX, X400, and the like).
    Other {
        /// Its type.
        kind: Box<str>,
        /// The address.
        address: Box<str>,
    },
}

/// Reads a local part, without quotes. `None`: it is none of these, or past [`ENCAPSULATED_OCTETS_MAX`].
///
/// It is for the caller to ask only for domains that are ours; others may give the same name to somebody else.
pub fn decode(local: &str) -> Option<Encapsulated> {
    if local.len() > ENCAPSULATED_OCTETS_MAX {
        return None;
    }
    let (prefix, rest) = local.split_at_checked(PREFIX.len())?;
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return None;
    }
    let (kind, encoded) = rest.split_once('-')?;
    if !is_type(kind) {
        return None;
    }
    let address = unescape(encoded);
    if let Some(foreign) = ForeignKind::of_type(kind) {
        return ForeignAddress::new(foreign, &address).map(Encapsulated::Foreign);
    }
    match Address::parse(&address) {
        Ok(mail) if kind.eq_ignore_ascii_case("SMTP") => Some(Encapsulated::Mail(mail)),
        _ => Some(Encapsulated::Other {
            kind: kind.to_ascii_uppercase().into(),
            address: address.into(),
        }),
    }
}

/// Writes an address of this type as a local part; `None` if it would be past [`ENCAPSULATED_OCTETS_MAX`], or the type
/// is none.
pub fn encode(kind: &str, address: &str) -> Option<String> {
    if !is_type(kind) {
        return None;
    }
    let mut local = format!("{PREFIX}{kind}-");
    for octet in address.bytes() {
        match octet {
            b'/' => local.push('_'),
            b'-' | b'=' => local.push(octet.into()),
            _ if octet.is_ascii_alphanumeric() => local.push(octet.into()),
            _ => local.push_str(&format!("+{octet:02X}")),
        }
    }
    (local.len() <= ENCAPSULATED_OCTETS_MAX).then_some(local)
}

/// Letters and digits, one to eight of them.
fn is_type(kind: &str) -> bool {
    (1..=TYPE_OCTETS_MAX).contains(&kind.len())
        && kind.bytes().all(|octet| octet.is_ascii_alphanumeric())
}

fn unescape(encoded: &str) -> String {
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'_' => octets.push(b'/'),
            b'+' => match escaped(behind) {
                Some(octet) => {
                    octets.push(octet);
                    rest = &behind[2..];
                }
                None => octets.push(b'+'),
            },
            _ => octets.push(*first),
        }
    }
    text(octets)
}

fn escaped(behind: &[u8]) -> Option<u8> {
    let digit = |place: usize| (*behind.get(place)? as char).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Old senders escape the octets of their Western code page instead of UTF-8.
fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

const PREFIX: &str = "IMCEA";
/// [MS-OXCMAIL] 2.1.3.1.8: some writers look for the hyphen only so far.
const TYPE_OCTETS_MAX: usize = 8;

#[cfg(test)]
mod tests;
