//! Reads directory servers into mirrors.
//!
//! Each kind of source is one file over shared machinery. A source knows how to connect, to page, to go on from a
//! cursor and when to begin again; what its objects mean, a [`book::Preset`] says; where they go, a [`mirror::Mirror`].
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod active_directory;
mod batch;
pub mod graph;
pub mod ldap;
pub mod limits;
mod openldap;
mod pace;
mod plan;
mod reading;
mod secret;
mod source;
mod summary;
mod sweep;

pub use active_directory::{ActiveDirectory, ChangeBy};
pub use openldap::OpenLdap;
pub use pace::Pace;
pub use plan::Plan;
pub use reading::Reading;
pub use secret::{Revealed, Secret, SecretError};
pub use source::{Source, SourceError, TlsTrouble, Wait};
pub use summary::{Progress, Summary};
pub use sweep::Sweep;
