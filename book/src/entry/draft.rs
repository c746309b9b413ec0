//! An entry while a preset reads it: values come in as text, what does not fit is noted.

use routing::Address;

use super::{Entry, Forward, Location, Reference};
use crate::limits::{ALIASES_MAX, DISPLAY_OCTETS_MAX, FOREIGN_MAX, MEMBERS_MAX, NAME_OCTETS_MAX};
use crate::odd::Oddities;
use crate::{Copy, ForeignAddress, Key, Odd, Quoted, WhyUnknown};

/// An entry and what is odd about it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) entry: Entry,
    pub(crate) oddities: Oddities,
}

impl Draft {
    pub(crate) fn new(key: Key) -> Self {
        Self {
            entry: Entry::new(key, Location::Unknown(WhyUnknown::NoMailbox)),
            oddities: Oddities::default(),
        }
    }

    pub(crate) fn note(&mut self, odd: Odd) {
        self.oddities.note(odd);
    }

    /// Reads an address, with or without `smtp:` before it.
    pub(crate) fn address(&mut self, attribute: &str, text: &str) -> Option<Address> {
        let text = match proxy_kind(text) {
            Some((kind, rest)) if kind.eq_ignore_ascii_case("smtp") => rest,
            _ => text,
        };
        match Address::parse(text.trim()) {
            Ok(address) => Some(address),
            Err(error) => {
                let (attribute, text) = (attribute.to_owned(), Quoted::new(text));
                self.note(Odd::Address {
                    attribute,
                    text,
                    error,
                });
                None
            }
        }
    }

    /// Takes a value of proxyAddresses: `SMTP:` is the primary address, `smtp:` another one, X.500, Notes and GroupWise
    /// are kept, SIP, EUM and all others lead to no mailbox. Without a kind it is a further address.
    pub(crate) fn proxy(&mut self, attribute: &str, value: &str) {
        let (kind, text) = proxy_kind(value).unwrap_or(("smtp", value));
        if !kind.eq_ignore_ascii_case("smtp") {
            if let Some(foreign) = ForeignAddress::from_proxy(kind, text) {
                self.foreign(foreign);
            }
            return;
        }
        let Some(address) = self.address(attribute, text) else {
            return;
        };
        if kind != "SMTP" {
            return self.alias(address);
        }
        match self.entry.primary.clone() {
            Some(first) if first != address => {
                let second = address.clone();
                self.note(Odd::TwoPrimaries { first, second });
                self.alias(address);
            }
            _ => self.primary(address),
        }
    }

    /// Makes this its primary address.
    pub(crate) fn primary(&mut self, address: Address) {
        self.entry.aliases.retain(|alias| *alias != address);
        self.entry.primary = Some(address);
    }

    /// A further address.
    pub(crate) fn alias(&mut self, address: Address) {
        let entry = &mut self.entry;
        if entry.primary.as_ref() == Some(&address) || entry.aliases.contains(&address) {
            return;
        }
        if entry.aliases.len() < ALIASES_MAX {
            return entry.aliases.push(address);
        }
        self.note(Odd::TooMany {
            what: "addresses",
            max: ALIASES_MAX,
        });
    }

    /// An address that follows from its names.
    pub(crate) fn computed(&mut self, address: Address) {
        let entry = &mut self.entry;
        let known =
            entry.addresses().any(|own| *own == address) || entry.computed.contains(&address);
        if !known && entry.computed.len() < ALIASES_MAX {
            entry.computed.push(address);
        }
    }

    pub(crate) fn foreign(&mut self, address: ForeignAddress) {
        let list = &mut self.entry.foreign;
        if list.contains(&address) {
            return;
        }
        if list.len() < FOREIGN_MAX {
            return list.push(address);
        }
        self.note(Odd::TooMany {
            what: "X.500, Notes and GroupWise addresses",
            max: FOREIGN_MAX,
        });
    }

    pub(crate) fn member(&mut self, text: &str) {
        if self.entry.members.len() == MEMBERS_MAX {
            return self.note(Odd::TooMany {
                what: "members",
                max: MEMBERS_MAX,
            });
        }
        if let Some(reference) = self.reference("member", text) {
            self.entry.members.push(reference);
        }
    }

    pub(crate) fn forward(&mut self, attribute: &str, text: &str, copy: Copy) {
        if let Some(to) = self.reference(attribute, text) {
            self.entry.forward = Some(Forward { to, copy });
        }
    }

    /// An address, or else the name of an object.
    fn reference(&mut self, attribute: &str, text: &str) -> Option<Reference> {
        let text = match proxy_kind(text) {
            Some((kind, rest)) if kind.eq_ignore_ascii_case("smtp") => rest.trim(),
            _ => text.trim(),
        };
        if let Ok(address) = Address::parse(text) {
            return Some(Reference::Address(address));
        }
        self.bounded(attribute, text, NAME_OCTETS_MAX)
            .map(Reference::Object)
    }

    pub(crate) fn name(&mut self, attribute: &str, text: &str) {
        self.entry.name = self
            .bounded(attribute, text, NAME_OCTETS_MAX)
            .unwrap_or_default();
    }

    pub(crate) fn display(&mut self, attribute: &str, text: &str) {
        self.entry.display = self.bounded(attribute, text, DISPLAY_OCTETS_MAX);
    }

    pub(crate) fn login(&mut self, attribute: &str, text: &str) {
        self.entry.login = self.bounded(attribute, text, NAME_OCTETS_MAX);
    }

    fn bounded(&mut self, attribute: &str, text: &str, max: usize) -> Option<String> {
        if text.len() <= max {
            return Some(text.to_owned());
        }
        let attribute = attribute.to_owned();
        self.note(Odd::TooLong { attribute, max });
        None
    }
}

/// The kind before the colon: letters and digits only, so that a colon in a quoted local part is none.
pub(crate) fn proxy_kind(value: &str) -> Option<(&str, &str)> {
    let (kind, text) = value.split_once(':')?;
    let named = !kind.is_empty() && kind.bytes().all(|octet| octet.is_ascii_alphanumeric());
    named.then_some((kind, text))
}

#[cfg(test)]
mod tests;
