//! The one integration binary.

mod calendar;
mod damage;
mod encoder;
mod list;
mod message;
mod properties;
mod samples;
mod stream;
mod view;
