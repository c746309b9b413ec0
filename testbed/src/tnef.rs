//! TNEF as Outlook and Exchange write it ([MS-OXTNEF]), and as broken senders do: an encoder for fixtures.
//!
//! It knows nothing of any decoder, so that a fault there is not mirrored here. [`samples`] is the catalogue;
//! what it does not have, [`message::Message`] builds.
//!
//! [MS-OXTNEF]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef/

pub mod attachment;
pub mod attribute;
pub mod codepage;
pub mod compound;
pub mod contact;
pub mod guid;
pub mod lzfu;
pub mod mail;
pub mod mark;
pub mod meeting;
pub mod message;
pub mod property;
pub mod recipient;
pub mod recurrence;
pub mod report;
pub mod rtf;
pub mod sample;
pub mod tag;
pub mod task;
pub mod time;
pub mod uid;
pub mod zone;

mod octets;

pub use message::Message;
pub use sample::{Sample, large, sample, samples};
