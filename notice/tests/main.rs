//! The crate as its users see it. Every report is read back by two parsers that are not ours.

mod any_argument;
mod explanation;
mod golden;
mod header;
mod python;
mod reader;
mod returned;
mod scene;
mod status;
