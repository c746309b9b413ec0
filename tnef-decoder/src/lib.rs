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

pub mod attachment;
pub mod attribute;
pub mod calendar;
pub mod code_page;
pub mod code_pages;
mod content_line;
mod cursor;
pub mod guid;
pub mod icalendar;
mod legacy;
pub mod limits;
pub mod lzfu;
pub mod message;
pub mod message_class;
pub mod named;
pub mod properties;
pub mod property;
pub mod property_id;
pub mod recipient;
pub mod stream;
pub mod time;
pub mod tolerance;
pub mod value;
pub mod vcard;
pub mod view;

pub use attachment::{Attachment, Data, Method, Rendering};
pub use attribute::{Attribute, AttributeId, Integrity, LegacyType, Level};
pub use code_page::CodePage;
pub use code_pages::CodePages;
pub use guid::Guid;
pub use limits::{Limit, LimitExceeded, Limits};
pub use lzfu::{Decompressed, LzfuError};
pub use message::{DecodeError, Message};
pub use named::{Key, Name, NameId};
pub use properties::Properties;
pub use property::{Property, PropertyTag, PropertyType};
pub use recipient::{Recipient, RecipientKind, Recipients};
pub use stream::{Ending, SIGNATURE, Stream, StreamError};
pub use time::Time;
pub use tolerance::Tolerance;
pub use value::{Object, Value, Values};
