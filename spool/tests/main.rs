//! The store as its users see it.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod crash;
mod custody;
mod damage;
mod mail;
mod model;
mod space;
