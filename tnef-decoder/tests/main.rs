//! The one integration binary.

mod damage;
mod encoder;
mod list;
mod message;
mod properties;
mod samples;
mod stream;
