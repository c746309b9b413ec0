//! The way of a message through the gateway, between stand-ins that behave, or do not.

mod bytes;
mod custody;
mod hops;
mod moves;
mod recipients;
mod trust;
