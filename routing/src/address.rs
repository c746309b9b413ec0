//! Addresses in canonical form (RFC 5321 §4.1.2, RFC 6531).
//!
//! Two spellings that mean the same mailbox have the same canonical form: the local part unquoted, composed (NFC) and
//! in lower case, the domain as lower-case A-labels (UTS #46). RFC 5321 §2.4 calls local parts case-sensitive; none of
//! the systems we route between treats them so. The spelling itself is kept, it is what a hop is told.
//! Held by the fuzz target `address`.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::encapsulated::{self, Encapsulated};
use crate::limits::{
    ADDRESS_OCTETS_MAX, ENCAPSULATED_OCTETS_MAX, FOLDED_LOCAL_PART_OCTETS_MAX,
    LOCAL_PART_OCTETS_MAX,
};
use crate::{ForeignAddress, ForeignKind};

mod domain;

pub use domain::Domain;

/// An address: equal, ordered and hashed by its canonical form, written as it was given.
#[derive(Clone)]
pub struct Address {
    /// Folded local part, `@`, domain.
    canonical: Box<str>,
    /// Where the `@` stands. The local part may hold others, the domain none.
    at: usize,
    /// The local part as given, where folding changed it.
    spelling: Option<Box<str>>,
}

/// Why a text is not an address.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AddressError {
    /// Nothing before or after the `@`, or none.
    #[error("it is not of the form name@domain")]
    Form,
    /// A quoted local part without its end, or with something behind it.
    #[error("its quoted local part is not closed before the @")]
    Quoting,
    /// A blank or special character outside quotes, a control character anywhere.
    #[error("its local part holds {0:?}, which is not allowed there")]
    Character(char),
    /// Unquoted dots at an end or next to each other.
    #[error("its local part has a dot at an end or two in a row; such a name must be quoted")]
    Dots,
    /// A domain that is neither labels nor an address literal.
    #[error("its domain is not a domain name")]
    Domain,
    /// Longer than RFC 5321 §4.5.3.1 allows.
    #[error("it is longer than an address may be")]
    TooLong,
}

impl Address {
    /// Reads `local@domain`, the local part as a dot-string or quoted.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.starts_with('"') {
            let (local, rest) = unquote(text)?;
            return Self::from_parts(&local, rest.strip_prefix('@').ok_or(AddressError::Quoting)?);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Form)?;
        if let Some(wrong) = local.chars().find(|c| !is_atext(*c) && *c != '.') {
            return Err(AddressError::Character(wrong));
        }
        if !local.is_empty() && !is_dot_string(local) {
            return Err(AddressError::Dots);
        }
        Self::from_parts(local, domain)
    }

    /// From a local part without quotes and a domain (or an address literal in its brackets).
    pub fn from_parts(local: &str, domain: &str) -> Result<Self, AddressError> {
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Form);
        }
        if let Some(control) = local.chars().find(|c| c.is_control()) {
            return Err(AddressError::Character(control));
        }
        let domain = Domain::canonical(domain)?;
        if let Some(Encapsulated::Foreign(name)) = encapsulated::decode(local) {
            return Ok(Self::stored(&name.folded(), &domain, Some(local)));
        }
        if local.len() > LOCAL_PART_OCTETS_MAX {
            return Err(AddressError::TooLong);
        }
        Self::with_checked_parts(local, &domain)
    }

    /// The address by which the index finds whoever has this name in another world. No domain has it.
    pub fn of_foreign(name: &ForeignAddress) -> Self {
        Self::stored(&name.folded(), FOREIGN_DOMAIN, None)
    }

    /// The address by which the index finds whoever is meant, if this one encapsulates a name of another world
    /// (`IMCEAEX-...`).
    pub fn foreign(&self) -> Option<Self> {
        self.is_foreign()
            .then(|| Self::stored(self.folded_local(), FOREIGN_DOMAIN, None))
    }

    /// Whether it stands for a name of another world.
    pub fn is_foreign(&self) -> bool {
        ForeignKind::is_folded(self.folded_local())
    }

    /// The same local part in another domain.
    pub fn with_domain(&self, domain: &Domain) -> Result<Self, AddressError> {
        if self.is_foreign() {
            let (folded, domain) = (self.folded_local(), domain.as_str());
            return Ok(Self::stored(folded, domain, self.spelling()));
        }
        Self::with_checked_parts(self.local(), domain.as_str())
    }

    fn with_checked_parts(local: &str, domain: &str) -> Result<Self, AddressError> {
        let folded = fold(local);
        let too_long = folded.len() > FOLDED_LOCAL_PART_OCTETS_MAX
            || local.len() + 1 + domain.len() > ADDRESS_OCTETS_MAX;
        if too_long {
            return Err(AddressError::TooLong);
        }
        Ok(Self::stored(
            &folded,
            domain,
            (folded != local).then_some(local),
        ))
    }

    /// From parts that an `Address` once gave.
    pub(crate) fn stored(folded: &str, domain: &str, spelling: Option<&str>) -> Self {
        let mut canonical = String::with_capacity(folded.len() + 1 + domain.len());
        canonical.push_str(folded);
        canonical.push('@');
        canonical.push_str(domain);
        Self {
            canonical: canonical.into(),
            at: folded.len(),
            spelling: spelling.map(Into::into),
        }
    }

    /// The local part as given, without quotes.
    pub fn local(&self) -> &str {
        self.spelling
            .as_deref()
            .unwrap_or_else(|| self.folded_local())
    }

    /// The local part as it is compared.
    pub fn folded_local(&self) -> &str {
        &self.canonical[..self.at]
    }

    /// The domain: lower-case A-labels, or an address literal in its brackets.
    pub fn domain(&self) -> &str {
        &self.canonical[self.at + 1..]
    }

    /// The form by which addresses are compared: folded local part without quotes, `@`, domain.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The local part as given, where it differs from the folded one.
    pub(crate) fn spelling(&self) -> Option<&str> {
        self.spelling.as_deref()
    }

    /// Whether this local part is one of its spellings.
    pub(crate) fn is_spelled(&self, local: &str) -> bool {
        match local.is_ascii() {
            _ if self.is_foreign() => {
                matches!(encapsulated::decode(local), Some(Encapsulated::Foreign(name)) if name.folded() == self.folded_local())
            }
            true => local.eq_ignore_ascii_case(self.folded_local()),
            false => fold(local) == self.folded_local(),
        }
    }

    /// Its tag: what stands behind the first `+` of the local part, if something stands before it.
    pub fn plus_tag(&self) -> Option<&str> {
        if self.is_foreign() {
            return None; // a + begins an escape there
        }
        self.local()
            .split_once('+')
            .filter(|(name, _)| !name.is_empty())
            .map(|(_, tag)| tag)
    }

    /// The address without its `+tag`, if it has one.
    pub fn without_plus_tag(&self) -> Option<Self> {
        self.plus_tag()?;
        let (name, _) = self.local().split_once('+')?;
        Self::with_checked_parts(name, self.domain()).ok()
    }

    /// The address with this tag, if that is not too long.
    pub fn with_plus_tag(&self, tag: &str) -> Option<Self> {
        let local = format!("{}+{tag}", self.local());
        (local.len() <= LOCAL_PART_OCTETS_MAX).then_some(())?;
        Self::with_checked_parts(&local, self.domain()).ok()
    }
}

/// As it is written in a path: the local part as given, quoted where it must be.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local();
        if is_dot_string(local) {
            return write!(f, "{local}@{}", self.domain());
        }
        f.write_str("\"")?;
        for c in local.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "\"@{}", self.domain())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Address {}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.canonical.cmp(&other.canonical)
    }
}

impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

/// Lower case, composed. Composing comes before and after: lower case looks at composed characters and may leave
/// uncomposed ones.
pub(crate) fn fold(local: &str) -> Cow<'_, str> {
    if local.is_ascii() {
        return match local.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(local.to_ascii_lowercase()),
            false => Cow::Borrowed(local),
        };
    }
    let compose = ComposingNormalizerBorrowed::new_nfc();
    let lower = compose.normalize(local).to_lowercase();
    Cow::Owned(compose.normalize(&lower).into_owned())
}

/// The content of a leading quoted string (RFC 5321 §4.1.2 Quoted-string), and what follows it.
fn unquote(text: &str) -> Result<(String, &str), AddressError> {
    let mut local = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        match c {
            '"' => return Ok((local, &text[place + 1..])),
            '\\' => local.push(chars.next().ok_or(AddressError::Quoting)?.1),
            _ => local.push(c),
        }
        if local.len() > ENCAPSULATED_OCTETS_MAX {
            return Err(AddressError::TooLong);
        }
    }
    Err(AddressError::Quoting)
}

/// RFC 5321 §4.1.2 Dot-string, with UTF-8 (RFC 6531 §3.3).
fn is_dot_string(local: &str) -> bool {
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

/// RFC 5322 §3.2.3 atext, with UTF-8 except what no eye tells from a blank or a control.
fn is_atext(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        _ if c.is_ascii() => "!#$%&'*+-/=?^_`{|}~".contains(c),
        _ => !c.is_control() && !c.is_whitespace(),
    }
}

/// RFC 6761 §6.4 keeps it from ever being a domain.
const FOREIGN_DOMAIN: &str = "name.invalid";

#[cfg(test)]
mod tests;
