//! Calendar structures, read and written, against readers that others made.

pub(crate) mod blob;
pub(crate) mod oracle;
mod samples;
mod series;
mod written;
mod zones;
