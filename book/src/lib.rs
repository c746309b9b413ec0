//! What directories say of each recipient, in one model, and what follows from it.
//!
//! A source gives objects as raw [`Attributes`]: Active Directory, Domino, GroupWise, OpenLDAP, Microsoft Graph, exports
//! of Exchange. A [`Preset`] knows what one kind of source means by them and makes of each an [`Entry`], with all that
//! was [`Odd`] about it. Nothing here touches a file, a network or a clock; everything is a function of its arguments.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attributes;
mod cell;
mod conflict;
pub mod difference;
mod entry;
mod expansion;
pub mod export;
mod fix;
pub mod graph_object;
mod key;
pub mod limits;
pub mod lint;
mod merge;
mod odd;
mod ownership;
mod people;
pub mod preset;
mod setting;
mod system;
pub mod table;

pub use attributes::{AttributeError, Attributes};
pub use conflict::Conflict;
pub use entry::{
    Copy, Entry, Flags, Forward, Kind, Location, Moving, Reference, StoredError, WhyUnknown,
};
pub use expansion::{Expansion, expand};
pub use fix::Fix;
pub use key::Key;
pub use merge::{Claim, Merged, Standing, merge};
pub use odd::{Odd, Quoted};
pub use ownership::Ownership;
pub use people::{People, PeopleError, Person, Rival, Shelf, Voice};
pub use preset::{Passed, Preset, PresetKind, Record, Scope};
pub use setting::{DomainPattern, Setting};
pub use system::System;

pub use routing::{ForeignAddress, ForeignKind};
