//! Domain names as lower-case A-labels.

use std::borrow::Cow;
use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::AddressError;
use crate::limits::DOMAIN_OCTETS_MAX;

/// A domain name: lower-case A-labels, no dot at the end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Domain(Box<str>);

impl Domain {
    /// Reads a domain name; an address literal is none.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.starts_with('[') {
            return Err(AddressError::Domain);
        }
        Self::canonical(text).map(|domain| Self(domain.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The canonical form of what may follow an `@`: a domain, or an address literal (RFC 5321 §4.1.3), which is only
    /// compared and never ours.
    pub(super) fn canonical(text: &str) -> Result<Cow<'_, str>, AddressError> {
        if text.len() > DOMAIN_OCTETS_MAX {
            return Err(AddressError::TooLong);
        }
        if let Some(literal) = text.strip_prefix('[') {
            let content = literal
                .strip_suffix(']')
                .filter(|content| !content.is_empty())
                .ok_or(AddressError::Domain)?;
            let plain = content
                .bytes()
                .all(|b| b.is_ascii_graphic() && !matches!(b, b'[' | b']' | b'\\'));
            return if plain {
                Ok(lower(text))
            } else {
                Err(AddressError::Domain)
            };
        }
        let canonical = if is_plain(text) {
            lower(text)
        } else {
            to_a_labels(text)?
        };
        is_name(&canonical)
            .then_some(canonical)
            .ok_or(AddressError::Domain)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ASCII without an A-label, which UTS #46 would only put in lower case.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
        && !text.split('.').any(|label| {
            label
                .get(..4)
                .is_some_and(|p| p.eq_ignore_ascii_case("xn--"))
        })
}

fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

fn to_a_labels(text: &str) -> Result<Cow<'_, str>, AddressError> {
    Uts46::new()
        .to_ascii(
            text.as_bytes(),
            AsciiDenyList::EMPTY,
            Hyphens::Allow,
            DnsLength::Verify,
        )
        .map_err(|_| AddressError::Domain)
}

/// Labels of letters, digits, hyphens inside, and the underscore that real hosts have.
fn is_name(text: &str) -> bool {
    text.len() <= DOMAIN_OCTETS_MAX
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_')
                })
        })
}

impl std::borrow::Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        &self.0
    }
}
