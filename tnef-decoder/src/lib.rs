//! TNEF, the format behind `winmail.dat` ([MS-OXTNEF]), read without trust and without a copy.
//!
//! This is the beginning: the signature, the key, and the stream of attributes with their checksums. Nothing is
//! interpreted and nothing is converted yet; a message with TNEF passes the gateway as it is.
//!
//! [`Stream::open`] demands the signature and then goes on as far as the octets allow. What is odd about a stream is a
//! finding beside the data and never hides data: senders that write wrong checksums, or something after the end, are common.
//!
//! Invariant: header, attributes and what [`Ending`] names account for every octet of the input, once. Held by
//! `fuzz_targets/tnef_stream.rs`.
//!
//! [MS-OXTNEF]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef/

pub mod attribute;
pub mod calendar;
mod content_line;
pub mod icalendar;
pub mod limits;
pub mod stream;
pub mod vcard;

pub use attribute::{Attribute, AttributeId, Integrity, LegacyType, Level};
pub use stream::{Ending, SIGNATURE, Stream, StreamError};
