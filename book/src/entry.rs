//! One object of a directory, in the model that all sources share.

use routing::Address;
use serde::{Deserialize, Serialize};

use crate::{ForeignAddress, Key, System};

mod draft;
mod kind;
mod location;
mod stored;

pub(crate) use draft::{Draft, proxy_kind};
pub use kind::Kind;
pub use location::{Location, Moving, WhyUnknown};
pub use stored::StoredError;

/// One object of a directory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// What its source tells it apart by.
    #[serde(rename = "k")]
    pub key: Key,
    /// Its name in the source, such as its distinguished name: what references of other entries say.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is.
    #[serde(rename = "t", default, skip_serializing_if = "Kind::is_user")]
    pub kind: Kind,
    /// The name to show.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The address it is known by.
    #[serde(
        rename = "p",
        default,
        with = "stored::address",
        skip_serializing_if = "Option::is_none"
    )]
    pub primary: Option<Address>,
    /// Its further addresses.
    #[serde(
        rename = "a",
        default,
        with = "stored::addresses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub aliases: Vec<Address>,
    /// Addresses that its system also takes for it because of its names. They are its own only while no other entry has
    /// or computes the same.
    #[serde(
        rename = "c",
        default,
        with = "stored::addresses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub computed: Vec<Address>,
    /// Its X.500, Notes and GroupWise addresses.
    #[serde(
        rename = "f",
        default,
        with = "stored::foreign",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub foreign: Vec<ForeignAddress>,
    /// Where it lives.
    #[serde(rename = "l")]
    pub location: Location,
    /// The address that only its system has for it.
    #[serde(
        rename = "r",
        default,
        with = "stored::address",
        skip_serializing_if = "Option::is_none"
    )]
    pub routing_address: Option<Address>,
    /// The address its mail is sent on to, as its source says (targetAddress and the like), wherever that leads.
    #[serde(
        rename = "x",
        default,
        with = "stored::address",
        skip_serializing_if = "Option::is_none"
    )]
    pub target: Option<Address>,
    /// The name it signs in by (userPrincipalName).
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Where its system forwards its mail.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Forward>,
    /// A group's members.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Reference>,
    /// What else is known.
    #[serde(rename = "g", default, skip_serializing_if = "Flags::is_plain")]
    pub flags: Flags,
    /// Whether it is being moved, and where to.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub moving: Option<Moving>,
    /// What the source calls this state of it, such as its uSNChanged.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Entry {
    /// An entry with nothing but its key and where it lives.
    pub fn new(key: Key, location: Location) -> Self {
        Self {
            key,
            name: String::new(),
            kind: Kind::User,
            display: None,
            primary: None,
            aliases: Vec::new(),
            computed: Vec::new(),
            foreign: Vec::new(),
            location,
            routing_address: None,
            target: None,
            login: None,
            forward: None,
            members: Vec::new(),
            flags: Flags::default(),
            moving: None,
            version: None,
        }
    }

    /// Its own addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.primary.iter().chain(&self.aliases)
    }

    /// The system it lives in or, for a group, that owns it.
    pub fn system(&self) -> Option<&System> {
        match &self.location {
            Location::In(system) | Location::GroupOf(system) => Some(system),
            Location::External(_) | Location::Unknown(_) => None,
        }
    }
}

/// Another object, or an address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Reference {
    /// By its address.
    #[serde(rename = "a", with = "stored::one")]
    Address(Address),
    /// By its name or key in the same source.
    #[serde(rename = "o")]
    Object(String),
}

/// A forwarding that an entry's own system does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Forward {
    /// Where to.
    #[serde(rename = "t")]
    pub to: Reference,
    /// Whether the entry itself gets it too.
    #[serde(rename = "c")]
    pub copy: Copy,
}

/// Whether who forwards keeps a copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Copy {
    /// It gets the message too.
    #[serde(rename = "y")]
    Kept,
    /// Only the other gets it.
    #[serde(rename = "n")]
    NotKept,
}

/// What else is known of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Flags {
    /// Not shown in address books.
    #[serde(rename = "h", default, skip_serializing_if = "is_not")]
    pub hidden: bool,
    /// Takes mail only from those that its system knows.
    #[serde(rename = "i", default, skip_serializing_if = "is_not")]
    pub internal_only: bool,
    /// Its account is disabled, though it is a person's. Its mail is still taken.
    #[serde(rename = "d", default, skip_serializing_if = "is_not")]
    pub disabled: bool,
}

impl Flags {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

fn is_not(flag: &bool) -> bool {
    !flag
}
