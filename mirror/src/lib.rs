//! A durable copy of what one directory source says, and what of it is believed.
//!
//! A source is read in rounds, a round in pages. Each page is one transaction together with the cursor from which the
//! source goes on, so that after a crash nothing was read in vain and nothing was left out. What a round brings is only
//! proposed: somebody looks at what it would change and believes it, or holds it back. What is believed is never touched
//! by a round. One SQLite file a source, with one writer; others may read beside it.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod change;
mod error;
mod facts;
mod file;
mod handle;
mod index;
pub mod limits;
mod log;
mod meta;
mod pages;
mod proposal;
mod renamed;
mod round;
#[cfg(test)]
mod sample;
mod schema;
mod sealed;
mod touched;
mod view;
mod writer;

pub use change::Change;
pub use error::MirrorError;
pub use facts::{Facts, Failure};
pub use handle::Role;
pub use log::Changed;
pub use proposal::{Digest, Example, Proposal};
pub use round::{Extent, Round};
pub use touched::{Touched, TouchedPeople};
pub use view::{Entries, Part, Proposed, View};
pub use writer::Mirror;
