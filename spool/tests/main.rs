//! The store as its users see it.

mod crash;
mod custody;
mod damage;
mod mail;
mod space;
