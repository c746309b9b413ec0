//! TNEF, the format behind `winmail.dat` ([MS-OXTNEF]), read without trust.
//!
//! [`Message::decode`] makes one model of one stream: properties by number and by name, recipients, attachments, messages
//! within. Attributes from before MAPI stand behind the properties they mean. Texts and octets are parts of the input; a
//! property is read from there when it is asked for, and costs twelve octets until then.
//!
//! ```
//! use tnef_decoder::{Limits, Message, property_id};
//!
//! # fn main() -> Result<(), tnef_decoder::DecodeError> {
//! let winmail = b"\x78\x9f\x3e\x22\x01\x00\x01\x04\x80\x01\x00\x03\x00\x00\x00Hi\x00\xb1\x00";
//! let message = Message::decode(winmail, &Limits::default())?;
//! assert_eq!(message.subject().as_deref(), Some("Hi"));
//! assert_eq!(message.properties.text(property_id::BODY), None);
//! assert!(message.attachments.is_empty() && message.tolerated.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! What is odd about a stream is a finding beside the data ([`Message::tolerated`]) and never hides data: senders that write
//! wrong checksums, or something after the end, are common. Errors are two: it is no TNEF, or it has more of something than the
//! [`Limits`] allow. Nothing here panics, does I/O or waits.
//!
//! Below that, [`Stream`] gives the attributes as they are. Invariant: header, attributes and what [`Ending`] names account for
//! every octet of the input, once. Held by `fuzz_targets/tnef_stream.rs`.
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
pub mod named_id;
pub mod properties;
pub mod property;
pub mod property_id;
pub mod recipient;
pub mod rtf;
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
