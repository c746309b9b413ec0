//! What a directory file gave: recipients, and what is wrong with it, by line.
//!
//! A line we cannot use must not make a person unknown: mail to somebody unknown is refused for good. So the address
//! of such a line, where it can be read, is *withheld*, and whoever merges keeps what was last known of it.

use std::fmt;
use std::sync::Arc;

use crate::limits::{ALIASES_MAX, PROBLEMS_KEPT_MAX, QUOTED_CHARS_MAX};
use crate::{Address, AddressError, Group, Recipient, SideName};

/// The content of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// The recipients, in the order of the file.
    pub recipients: Vec<Listed>,
    /// The addresses of lines that could not be used.
    pub withheld: Vec<Address>,
    /// The first problems, with their lines.
    pub problems: Vec<Problem>,
    /// All problems.
    pub problems_total: usize,
}

/// A recipient and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The first line of its entry.
    pub line: u64,
    /// The recipient.
    pub recipient: Recipient,
}

/// Something wrong in a file that does not stop the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The line.
    pub line: u64,
    /// What is wrong.
    pub wrong: Wrong,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.wrong)
    }
}

/// What is wrong with a line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Wrong {
    /// The entry is left out.
    #[error("there is no address")]
    NoAddress,
    /// The entry is left out.
    #[error("the address {text} is not one: {error}")]
    Address {
        /// What stands there.
        text: Quoted,
        /// Why not.
        error: AddressError,
    },
    /// Only the alias is left out.
    #[error("the alias {text} is not an address: {error}")]
    Alias {
        /// What stands there.
        text: Quoted,
        /// Why not.
        error: AddressError,
    },
    /// Only the member is left out.
    #[error("the member {text} is not an address: {error}")]
    Member {
        /// What stands there.
        text: Quoted,
        /// Why not.
        error: AddressError,
    },
    /// The group is taken for one that strangers may not write to.
    #[error("internal_only is {0}, neither yes nor no; it is taken for yes")]
    InternalOnly(Quoted),
    /// Only the routing address is left out.
    #[error("the routing address {text} is not one: {error}")]
    RoutingAddress {
        /// What stands there.
        text: Quoted,
        /// Why not.
        error: AddressError,
    },
    /// The rest of them is left out.
    #[error("there are more than {ALIASES_MAX} aliases")]
    Aliases,
    /// The entry is left out.
    #[error("{address} has no side")]
    NoSide {
        /// Whose entry it is.
        address: Address,
    },
    /// The entry is left out.
    #[error("{address} lives in {text}, but the configuration has no side of that name")]
    UnknownSide {
        /// Whose entry it is.
        address: Address,
        /// What stands there.
        text: Quoted,
    },
    /// LDIF; the entry is left out.
    #[error("the entry names two sides, {first} and {second}")]
    TwoSides {
        /// One of them.
        first: Quoted,
        /// Another.
        second: Quoted,
    },
    /// CSV; the line is left out.
    #[error("{found} fields, but the first line names {wanted} columns")]
    Fields {
        /// In this line.
        found: usize,
        /// In the first line.
        wanted: usize,
    },
    /// CSV; the line is left out.
    #[error("a quote is opened and not closed")]
    Quote,
    /// The line, or the entry, is left out.
    #[error("the line is too long")]
    LongLine,
    /// LDIF; the entry is left out.
    #[error("this is neither an attribute nor the continuation of one")]
    NoAttribute,
    /// LDIF; the entry is left out.
    #[error("the value of {attribute} is a reference to a file or URL, which is not followed")]
    Url {
        /// The attribute.
        attribute: Quoted,
    },
    /// LDIF; the entry is left out.
    #[error("the value of {attribute} is not Base64 of UTF-8 text")]
    Base64 {
        /// The attribute.
        attribute: Quoted,
    },
    /// LDIF; the entry is left out.
    #[error("the entry is a change of type {text}; only whole entries and \"add\" are read")]
    ChangeType {
        /// What stands there.
        text: Quoted,
    },
}

/// Why a whole file gives nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// CSV.
    #[error(
        "its first line must name the columns, at least address and side, separated by comma, semicolon or tab"
    )]
    NoColumns,
    /// LDIF.
    #[error("it has no entry: no line begins with dn:")]
    NoEntries,
}

/// A piece of a file in a message: one line, bounded, in quotation marks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quoted(String);

impl Quoted {
    pub(crate) fn new(octets: &[u8]) -> Self {
        Self(
            String::from_utf8_lossy(&octets[..octets.len().min(4 * QUOTED_CHARS_MAX)])
                .chars()
                .take(QUOTED_CHARS_MAX)
                .collect(),
        )
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// An entry as the file spells it.
pub(crate) struct Entry<'a> {
    pub(crate) line: u64,
    pub(crate) address: &'a [u8],
    pub(crate) side: &'a [u8],
    pub(crate) routing_address: &'a [u8],
    pub(crate) aliases: Vec<&'a [u8]>,
    /// Whoever has members is a group.
    pub(crate) members: Vec<&'a [u8]>,
    /// Whether only our own people may write to the group.
    pub(crate) internal_only: &'a [u8],
}

/// Gathers a listing.
pub(crate) struct Gather<'a> {
    pub(crate) source: &'a Arc<str>,
    pub(crate) sides: &'a [SideName],
    pub(crate) listing: Listing,
}

impl<'a> Gather<'a> {
    pub(crate) fn new(source: &'a Arc<str>, sides: &'a [SideName]) -> Self {
        Self {
            source,
            sides,
            listing: Listing::default(),
        }
    }

    pub(crate) fn problem(&mut self, line: u64, wrong: Wrong) {
        self.listing.problems_total += 1;
        if self.listing.problems.len() < PROBLEMS_KEPT_MAX {
            self.listing.problems.push(Problem { line, wrong });
        }
    }

    /// An entry that cannot be used, with the address it may be about.
    pub(crate) fn withhold(&mut self, line: u64, wrong: Wrong, address: &[u8]) {
        self.problem(line, wrong);
        self.hold(address);
    }

    /// An address of which nothing new is known.
    pub(crate) fn hold(&mut self, address: &[u8]) {
        self.listing.withheld.extend(parse(address).ok());
    }

    pub(crate) fn add(&mut self, entry: Entry) {
        let line = entry.line;
        if entry.address.is_empty() {
            return self.problem(line, Wrong::NoAddress);
        }
        let primary = match parse(entry.address) {
            Ok(primary) => primary,
            Err(error) => {
                return self.problem(
                    line,
                    Wrong::Address {
                        text: Quoted::new(entry.address),
                        error,
                    },
                );
            }
        };
        let Some(side) = self.side(entry.side) else {
            let address = primary.clone();
            let wrong = match entry.side {
                [] => Wrong::NoSide { address },
                text => Wrong::UnknownSide {
                    address,
                    text: Quoted::new(text),
                },
            };
            self.listing.withheld.push(primary);
            return self.problem(line, wrong);
        };
        let mut recipient = Recipient::new(primary, side, self.source.clone());
        recipient.routing_address = self.routing_address(line, entry.routing_address);
        recipient.aliases = self.aliases(line, &entry.aliases, &recipient.primary);
        if !entry.members.is_empty() {
            let mut group = Group::of(self.members(line, &entry.members));
            group.internal_only = self.internal_only(line, entry.internal_only);
            recipient.group = Some(group);
        }
        self.listing.recipients.push(Listed { line, recipient });
    }

    fn side(&self, name: &[u8]) -> Option<SideName> {
        self.sides
            .iter()
            .find(|side| side.as_str().as_bytes().eq_ignore_ascii_case(name))
            .cloned()
    }

    fn routing_address(&mut self, line: u64, text: &[u8]) -> Option<Address> {
        let text = mail_address(text).filter(|text| !text.is_empty())?;
        let parsed = parse(text);
        parsed
            .map_err(|error| {
                self.problem(
                    line,
                    Wrong::RoutingAddress {
                        text: Quoted::new(text),
                        error,
                    },
                )
            })
            .ok()
    }

    /// In doubt nobody else gets in.
    fn internal_only(&mut self, line: u64, text: &[u8]) -> bool {
        let is_one_of = |words: &[&str]| {
            let mut words = words.iter();
            words.any(|word| word.as_bytes().eq_ignore_ascii_case(text))
        };
        if is_one_of(&["", "no", "false", "0"]) {
            return false;
        }
        if !is_one_of(&["yes", "true", "1"]) {
            self.problem(line, Wrong::InternalOnly(Quoted::new(text)));
        }
        true
    }

    fn members(&mut self, line: u64, texts: &[&[u8]]) -> Vec<Address> {
        let mut members = Vec::with_capacity(texts.len());
        for text in texts.iter().filter_map(|text| mail_address(text)) {
            match parse(text) {
                Ok(member) => members.push(member),
                Err(error) => self.problem(
                    line,
                    Wrong::Member {
                        text: Quoted::new(text),
                        error,
                    },
                ),
            }
        }
        members
    }

    fn aliases(&mut self, line: u64, texts: &[&[u8]], primary: &Address) -> Vec<Address> {
        let mut aliases: Vec<Address> = Vec::with_capacity(texts.len().min(ALIASES_MAX));
        for text in texts.iter().filter_map(|text| mail_address(text)) {
            match parse(text) {
                Ok(alias) if alias == *primary || aliases.contains(&alias) => {}
                Ok(_) if aliases.len() == ALIASES_MAX => {
                    self.problem(line, Wrong::Aliases);
                    break;
                }
                Ok(alias) => aliases.push(alias),
                Err(error) => self.problem(
                    line,
                    Wrong::Alias {
                        text: Quoted::new(text),
                        error,
                    },
                ),
            }
        }
        aliases
    }
}

/// Reads an address, with or without the `smtp:` that Exchange writes before it.
fn parse(text: &[u8]) -> Result<Address, AddressError> {
    let text = mail_address(text).ok_or(AddressError::Form)?;
    Address::parse(
        std::str::from_utf8(text)
            .map_err(|_| AddressError::Character(char::REPLACEMENT_CHARACTER))?,
    )
}

/// What follows `smtp:`, or all of it without such a prefix; `None` for addresses of other kinds (X500, SIP, EUM).
pub(crate) fn mail_address(text: &[u8]) -> Option<&[u8]> {
    match kind(text) {
        None => Some(text),
        Some((kind, rest)) if kind.eq_ignore_ascii_case(b"smtp") => Some(rest.trim_ascii()),
        Some(_) => None,
    }
}

/// The kind before the colon: letters and digits only, so that a colon in a quoted local part is none.
pub(crate) fn kind(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', text)?;
    let kind = &text[..colon];
    (!kind.is_empty() && kind.iter().all(u8::is_ascii_alphanumeric))
        .then_some((kind, &text[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_one_bounded_line() {
        let check = |octets: &[u8], expected: &str| {
            assert_eq!(Quoted::new(octets).to_string(), expected);
        };
        check(b"a\r\n\"b", r#""a\r\n\"b""#);
        check(b"\xff", "\"\u{fffd}\"");
        let long = |count: usize| {
            Quoted::new("\u{fc}".repeat(count).as_bytes())
                .0
                .chars()
                .count()
        };
        assert_eq!(
            (long(QUOTED_CHARS_MAX), long(QUOTED_CHARS_MAX + 1)),
            (QUOTED_CHARS_MAX, QUOTED_CHARS_MAX)
        );
    }

    #[test]
    fn addresses_of_other_kinds_are_told_apart() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                mail_address(text.as_bytes()),
                expected.map(str::as_bytes),
                "{text}"
            );
        };
        check("a@c.example", Some("a@c.example"));
        check("smtp:a@c.example", Some("a@c.example"));
        check("SMTP: a@c.example", Some("a@c.example"));
        check("x500:/o=c", None);
        check("SIP:a@c.example", None);
        check("\"a:b\"@c.example", Some("\"a:b\"@c.example"));
        check(":a@c.example", Some(":a@c.example"));
    }
}
