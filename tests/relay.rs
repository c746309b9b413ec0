//! The way of a message through the gateway, between stand-ins that behave, or do not.

mod authentication;
mod balancer;
mod bytes;
mod conversion;
mod custody;
mod faults;
mod hops;
mod loops;
mod moves;
mod narrowing;
mod recipients;
mod trust;
mod upstream;
