//! Sources against servers: their own programs where they are installed, below `peers`, and what a test makes of a
//! socket everywhere else.
#![allow(clippy::unwrap_used)]

mod graph;
mod odd_servers;
mod peers;
mod proxy;
mod scene;
