//! The store as its users see it.

mod custody;
mod mail;
