//! Proof in both directions, by certificates good and bad.

mod handshake;
mod hops;
mod identities;
mod reload;
mod sides;
