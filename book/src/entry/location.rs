//! Where an entry lives.

use std::fmt;

use routing::Address;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::System;

/// Where an entry lives, as its source says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Location {
    /// Its mailbox is in this system.
    #[serde(rename = "i")]
    In(System),
    /// It is a group of this system, which expands it.
    #[serde(rename = "g")]
    GroupOf(System),
    /// Its mail goes to an address that is none of ours.
    #[serde(rename = "e", with = "stored::one")]
    External(Address),
    /// The source does not say; another one may.
    #[serde(rename = "u")]
    Unknown(WhyUnknown),
}

/// Why a source does not say where an entry lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyUnknown {
    /// It has an address, but no sign of a mailbox.
    NoMailbox,
    /// It moved away from this system; where to is not said.
    MovedAway,
    /// It has no mail in this system.
    NoMail,
    /// Its mail is in a system of a kind that is none of ours.
    OtherMailSystem,
    /// A licence for a mailbox is the only sign of one.
    LicenceAlone,
    /// It is a copy; the directory it was synchronised from says more.
    Synchronised,
    /// It names a system that the configuration does not map to a side.
    UnknownSystem,
}

/// A move that is under way. Until it is done, `location` says where mail goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moving {
    /// Where to.
    #[serde(rename = "t")]
    pub to: System,
    /// The wave it belongs to.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<String>,
}

impl Location {
    /// Whether it says anything.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In(system) => write!(f, "lives in {system}"),
            Self::GroupOf(system) => write!(f, "is a group of {system}"),
            Self::External(address) => write!(f, "is elsewhere, at {address}"),
            Self::Unknown(why) => write!(f, "is not placed: {why}"),
        }
    }
}

impl fmt::Display for WhyUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMailbox => "nothing says that it has a mailbox",
            Self::MovedAway => "it moved away, and nothing says where to",
            Self::NoMail => "it has no mail in this system",
            Self::OtherMailSystem => "its mail is in a system of another kind",
            Self::LicenceAlone => "a licence for a mailbox is no proof of one",
            Self::Synchronised => "the directory it is a copy of decides",
            Self::UnknownSystem => "it names a system that no side stands for",
        })
    }
}
