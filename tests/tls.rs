//! Proof in both directions, by certificates good and bad.

mod hops;
mod reload;
mod sides;
