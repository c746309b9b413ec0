//! The one integration binary.

mod configuration;
