//! Proof in both directions, by certificates good and bad.

mod exchange;
mod handshake;
mod hops;
mod identities;
pub(crate) mod matrix;
mod reload;
mod resumption;
mod rotation;
mod secrets;
mod sides;
mod stripping;
mod truncation;
mod warnings;
