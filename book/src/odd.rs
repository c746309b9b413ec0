//! What is odd about an object: said to the operator, in the way of nobody's mail.

use std::fmt;

use routing::{Address, AddressError};

use crate::System;
use crate::limits::{ODDITIES_MAX, QUOTED_CHARS_MAX};

/// Something about an object that an administrator should know. The object is used all the same.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Odd {
    /// The value is left out.
    #[error("{attribute} has {text}, which is no address: {error}")]
    Address {
        /// The attribute.
        attribute: String,
        /// What stands there.
        text: Quoted,
        /// Why not.
        error: AddressError,
    },
    /// The value is left out.
    #[error("a value of {attribute} is not text")]
    NotText {
        /// The attribute.
        attribute: String,
    },
    /// The value is left out.
    #[error("a value of {attribute} is longer than {max} octets")]
    TooLong {
        /// The attribute.
        attribute: String,
        /// Its bound.
        max: usize,
    },
    /// The rest is left out.
    #[error("there are more than {max} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// Its bound.
        max: usize,
    },
    /// The first one counts.
    #[error("{first} and {second} are both marked as its primary address; the first counts")]
    TwoPrimaries {
        /// The one that counts.
        first: Address,
        /// The other.
        second: Address,
    },
    /// The addresses with a kind count.
    #[error("its mail attribute says {mail}, which is none of its own addresses")]
    MailIsNotOwn {
        /// What mail says.
        mail: Address,
    },
    /// As if there were none.
    #[error("its mail attribute {text} is computed, not an address of its own")]
    ComputedMail {
        /// What stands there.
        text: Quoted,
    },
    /// As if it were not there.
    #[error("{attribute} is {text}, of which nothing is known")]
    UnknownValue {
        /// The attribute.
        attribute: String,
        /// What stands there.
        text: Quoted,
    },
    /// The members seen so far count.
    #[error("only a part of its {attribute} was read")]
    Partial {
        /// The attribute.
        attribute: String,
    },
    /// The mailbox counts; Exchange redirects from there.
    #[error(
        "it has a mailbox in {system}, and a target address {target} that takes its mail elsewhere"
    )]
    MailboxAndTarget {
        /// Where its mailbox is.
        system: System,
        /// Where its mail goes.
        target: Quoted,
    },
    /// The type counts.
    #[error("it is a remote mailbox, but has no target address in the cloud's routing domain")]
    RemoteWithoutTarget,
    /// The type counts.
    #[error("it is a remote mailbox, and has a mailbox here as well")]
    RemoteWithMailbox,
    /// It is an external address.
    #[error("its target address {target} is in another tenant's domain")]
    OtherTenant {
        /// The address.
        target: Address,
    },
    /// Where it lives is left open.
    #[error("it has a licence for a mailbox, which does not prove that it has one")]
    LicenceAlone,
    /// Its primary address alone is known.
    #[error("{attribute} was exported without its values; write its members joined by a blank")]
    Unexpanded {
        /// The column.
        attribute: String,
    },
    /// The format stays allowed.
    #[error("the full address format is disallowed, which GroupWise does not permit")]
    FullFormatDisallowed,
}

/// A piece of a source's text: one line, bounded, in quotation marks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quoted(Box<str>);

impl Quoted {
    /// The beginning of a text.
    pub fn new(text: &str) -> Self {
        Self(text.chars().take(QUOTED_CHARS_MAX).collect())
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// The oddities of one object while it is read: the first [`ODDITIES_MAX`].
#[derive(Debug, Default)]
pub(crate) struct Oddities(Vec<Odd>);

impl Oddities {
    pub(crate) fn note(&mut self, odd: Odd) {
        if self.0.len() < ODDITIES_MAX && !self.0.contains(&odd) {
            self.0.push(odd);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Odd> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_one_bounded_line() {
        assert_eq!(Quoted::new("a\r\nb").to_string(), r#""a\r\nb""#);
        let length = |count: usize| Quoted::new(&"\u{fc}".repeat(count)).0.chars().count();
        assert_eq!(length(QUOTED_CHARS_MAX), QUOTED_CHARS_MAX);
        assert_eq!(length(QUOTED_CHARS_MAX + 1), QUOTED_CHARS_MAX);
    }

    #[test]
    fn oddities_are_bounded_and_each_is_told_once() {
        let mut oddities = Oddities::default();
        for number in 0..=ODDITIES_MAX {
            let attribute = number.to_string();
            oddities.note(Odd::NotText {
                attribute: attribute.clone(),
            });
            oddities.note(Odd::NotText { attribute });
        }
        assert_eq!(oddities.into_vec().len(), ODDITIES_MAX);
    }
}
