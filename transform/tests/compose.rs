//! TNEF in, MIME out, read again by somebody else.

mod bounds;
mod content;
mod injection;
mod meeting;
mod reader;
mod report;
pub(crate) mod samples;
mod shape;
mod within;
