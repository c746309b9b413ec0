//! twinmx: one domain, two mail systems, one MX that knows who lives where.

mod accept;
mod alarm;
mod authentication;
mod blocking;
mod certificate;
pub mod cli;
mod clients;
mod clock;
pub mod code;
pub mod config;
mod control;
mod converter;
mod deliver;
#[cfg(feature = "demo")]
pub mod demo;
pub mod directory;
mod dns;
pub mod event;
mod firewall;
pub mod gateway;
mod generation;
mod hold;
mod identity;
mod inbound;
pub mod limits;
mod origin;
mod proxy;
mod queue;
pub mod route;
mod services;
mod session;
#[cfg(test)]
mod simulation;
mod socket;
mod stream;
mod tls;
mod trace;
mod transaction;
mod unknown;
mod upstream;
pub mod workers;
