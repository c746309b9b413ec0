//! Who lives where, and what follows for one forward path.
//!
//! Everything here is a function of its arguments: addresses in canonical form, an immutable index of all recipients
//! (one file), a total decision with its reason. The only file this crate touches is the snapshot's own; it knows no
//! network and no clock, `now` is always handed in.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
pub mod csv;
mod decision;
pub mod encapsulated;
mod explain;
mod foreign;
mod group;
pub mod ldif;
pub mod limits;
mod listing;
mod origin;
mod policy;
mod recipient;
mod snapshot;
mod text;
mod time;

pub use address::{Address, AddressError, Domain};
pub use decision::{
    Decision, Deferral, Destination, Expansion, Member, Refusal, Stays, Why, decide, decide_member,
    decide_postmaster, expand,
};
pub use explain::{Explanation, Facts, Lookup, explain};
pub use foreign::{ForeignAddress, ForeignKind};
pub use group::Group;
pub use listing::{Listed, Listing, Problem, Quoted, Unreadable, Wrong};
pub use origin::{Origin, SideName};
pub use policy::{DomainRule, Policy, RecipientForm, SideRule, Tags, UnknownRule};
pub use recipient::Recipient;
pub use snapshot::{
    BuildError, Found, GroupView, Meta, PatchError, ReadError, RecipientView, Snapshot, SourceRead,
};
pub use time::{Span, UnixTime};
