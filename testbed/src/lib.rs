//! The bench that the gateway is tried on: certificates made on the spot, a dumb SMTP client, a scriptable SMTP sink
//! that stands in for a next hop, invented people, sample messages, winmail.dat of all classes, a bounded load source, a
//! fast pair of source and counter for measuring, and witnesses of what was promised and what came of it.
//!
//! Nothing here knows the gateway. The client and the sink speak SMTP (RFC 5321) by code of their own, simple enough to
//! be judged by reading, so that a fault in the gateway's protocol code is not mirrored here and thereby hidden.
//!
//! Every wait is bounded ([`limits`]), and an error says what was waited for.

pub mod certificates;
pub mod client;
pub mod connect_proxy;
pub mod counter;
pub mod figure;
pub mod flood;
pub mod graph;
pub mod held;
pub mod limits;
pub mod load;
pub mod message;
pub mod nameserver;
pub mod numbered;
pub mod people;
pub mod reply;
pub mod samba;
pub mod siege;
pub mod sink;
pub mod slapd;
pub mod stamp;
pub mod tls;
pub mod tnef;
pub mod witness;

mod base64;
mod deadline;
mod pipe;
mod transport;
mod wire;
