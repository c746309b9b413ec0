//! What is odd about a stream and did not keep it from being read.

use std::fmt;

use crate::attribute::{Attribute, AttributeId, Integrity};
use crate::limits;
use crate::property::PropertyType;

/// One finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tolerance {
    /// An attribute's checksum is another.
    WrongChecksum {
        /// Whose.
        attribute: AttributeId,
    },
    /// The stream ends where the last checksum should be.
    NoChecksum {
        /// Whose.
        attribute: AttributeId,
    },
    /// The stream ends within an attribute.
    Truncated {
        /// Which.
        attribute: AttributeId,
        /// Octets it should have.
        declared: u32,
        /// Octets it has.
        present: usize,
    },
    /// Octets after the last attribute are no attribute.
    Junk {
        /// How many they are.
        octets: usize,
    },
    /// A list of properties, or a table of lists, ends before it should.
    Damaged {
        /// Which.
        attribute: AttributeId,
        /// How many properties or rows it announces.
        declared: u32,
        /// How many could be read.
        read: u32,
    },
    /// A list has a property of a type that nobody knows, and so ends there.
    UnknownType {
        /// Which list.
        attribute: AttributeId,
        /// The type.
        kind: PropertyType,
    },
    /// An attachment's attribute comes before any attachment began.
    NoRendering {
        /// The attribute.
        attribute: AttributeId,
    },
    /// An attachment has its data a second time; what follows is taken for an attachment of its own.
    RepeatedData,
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongChecksum { attribute } => write!(f, "{attribute} has a wrong checksum"),
            Self::NoChecksum { attribute } => write!(f, "{attribute} has no checksum"),
            Self::Truncated {
                attribute,
                declared,
                present,
            } => write!(f, "{attribute} has {present} octets of {declared}"),
            Self::Junk { octets } => write!(f, "{octets} octets at the end are no attribute"),
            Self::Damaged {
                attribute,
                declared,
                read,
            } => write!(f, "{attribute} gives {read} of {declared}"),
            Self::UnknownType { attribute, kind } => write!(f, "{attribute} has a {kind:?}"),
            Self::NoRendering { attribute } => write!(f, "{attribute} belongs to no attachment"),
            Self::RepeatedData => f.write_str("an attachment has its data twice"),
        }
    }
}

impl Tolerance {
    /// Whether something may be missing in the message. A line end or a NUL after the end is nothing.
    pub fn loses_data(&self) -> bool {
        match self {
            Self::WrongChecksum { .. }
            | Self::NoChecksum { .. }
            | Self::NoRendering { .. }
            | Self::RepeatedData => false,
            Self::Truncated { .. } | Self::Damaged { .. } | Self::UnknownType { .. } => true,
            Self::Junk { octets } => *octets > FILLING,
        }
    }

    pub(crate) fn of(attribute: &Attribute<'_>) -> Option<Self> {
        let id = attribute.id;
        Some(match attribute.integrity {
            Integrity::Intact => return None,
            Integrity::WrongChecksum { .. } => Self::WrongChecksum { attribute: id },
            Integrity::PartialChecksum { .. } => Self::NoChecksum { attribute: id },
            Integrity::Truncated { declared } => Self::Truncated {
                attribute: id,
                declared,
                present: attribute.data.len(),
            },
        })
    }
}

/// Octets after the end that some writers and transports add.
const FILLING: usize = 4;

/// Findings, up to [`limits::TOLERANCES_MAX`]: they are for people to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tolerances(pub(crate) Vec<Tolerance>);

impl Tolerances {
    pub(crate) fn add(&mut self, found: impl IntoIterator<Item = Tolerance>) {
        let room = limits::TOLERANCES_MAX - self.0.len();
        self.0.extend(found.into_iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_tell_whether_something_is_missing() {
        let attribute = AttributeId::BODY;
        let check = |found: Tolerance, expected: bool, shown: &str| {
            assert_eq!(found.loses_data(), expected, "{found}");
            assert_eq!(found.to_string(), shown);
        };
        let wrong = Tolerance::WrongChecksum { attribute };
        check(wrong, false, "attBody has a wrong checksum");
        let truncated = Tolerance::Truncated {
            attribute,
            declared: 9,
            present: 5,
        };
        check(truncated, true, "attBody has 5 octets of 9");
        let junk = |octets| Tolerance::Junk { octets };
        check(junk(4), false, "4 octets at the end are no attribute");
        check(junk(5), true, "5 octets at the end are no attribute");
    }
}
