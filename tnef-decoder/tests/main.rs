//! The one integration binary.

mod calendar;
mod corpus;
mod encoder;
mod stream;
mod view;
