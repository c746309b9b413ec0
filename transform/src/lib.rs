//! A message that a third-party mail system cannot read becomes one that it can: TNEF to plain MIME, 8-bit to 7-bit.
//!
//! Octets in, octets out: no socket, file or clock. [`convert()`] takes a whole message; [`Watch`] says, while a message is
//! still coming, whether it has to be whole first; [`Passage`] is for the one that need not be, and converts in their place
//! the parts that show late; [`SevenBit`] rewrites for a hop without 8BITMIME (RFC 6152 §3).
//!
//! [`Report`] says of each TNEF part of a mail what became of it; with those that were converted it has [`Losses`], which say
//! what became of what was in them.
//!
//! Invariant: what is not TNEF leaves as it came, octet for octet, and what cannot be converted stays as it was.

pub mod check;
pub mod compose;
pub mod conversion;
pub mod convert;
mod encoded_word;
pub mod entity;
mod field;
pub mod limits;
mod media_type;
pub mod options;
pub mod outer;
pub mod passage;
mod percent;
pub mod report;
pub mod segment;
pub mod seven_bit;
mod structure;
mod suspicion;
mod tape;
mod transfer_encoding;
pub mod watch;

pub use compose::{Composed, Unconvertible, compose, header_of};
pub use conversion::{Conversion, Report};
pub use convert::{Converted, convert, has_tnef};
pub use entity::Entity;
pub use options::Options;
pub use outer::Outer;
pub use passage::Passage;
pub use report::Report as Losses;
pub use segment::{Chunks, Segment, Segments};
pub use seven_bit::{Impossible, Rewritten, SevenBit};
pub use watch::{Possibility, Watch};
