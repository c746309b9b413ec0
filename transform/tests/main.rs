//! The crate as its users see it, over the catalogue of samples.

mod compose;
mod convert;
mod mail;
mod passage;
mod python;
mod real;
mod watch;
