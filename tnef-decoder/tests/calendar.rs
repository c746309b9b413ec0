//! Calendar structures, read and written, against readers that others made.

pub(crate) mod blob;
pub(crate) mod oracle;
mod samples;
pub(crate) mod series;
mod written;
mod zones;
