//! Certificates made on the spot (RFC 5280): an authority, its leaves good and bad, its revocation list.
//!
//! Nothing here judges. A certificate that no sane verifier takes (expired, for another purpose, issued by a leaf) is as
//! easy to make as a good one. Making them from names that are no ASCII panics: they come from the tests themselves.

mod authority;
mod certificate;
mod leaf;
mod names;

pub use authority::{Authority, RevocationList};
pub use certificate::Certificate;
pub use leaf::{Key, Leaf, Purpose, Validity};
pub use names::Names;

#[cfg(test)]
mod tests;
