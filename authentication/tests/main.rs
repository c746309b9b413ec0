//! Messages signed by others, verified here, and seals of ours, verified by others: DNS is a name server of our own.

mod arc;
mod dkim;
mod dns;
mod python;
mod scene;
mod spf;
mod told;
