//! What was promised and what came of it: clients that note which messages were answered 250, and hops that note which
//! arrived, octet for octet. Who kills a gateway between the two compares both.

mod arrivals;
mod clients;
mod letter;

#[cfg(test)]
mod tests;

pub use arrivals::{Arrivals, unaltered};
pub use clients::{Acknowledged, Sender, speak};
pub use letter::{Letter, mentioned};
