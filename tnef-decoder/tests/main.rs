//! The one integration binary.

mod corpus;
mod encoder;
mod stream;
