//! The way of a message through the gateway, between stand-ins that behave, or do not.

mod bytes;
mod custody;
mod faults;
mod hops;
mod loops;
mod moves;
mod recipients;
mod trust;
