//! twinmx: one mail domain, two mail systems, one MX that knows who lives where.

pub mod cli;
pub mod code;
pub mod config;
pub mod limits;
