//! Calendar structures, read and written, against readers that others made.

mod blob;
mod oracle;
mod samples;
mod series;
mod written;
mod zones;
