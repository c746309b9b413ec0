//! What a sender is told of the fate of a message: delivery status notifications (RFC 3464, in the multipart of RFC
//! 6522, asked for as RFC 3461 says, with the forms of RFC 6533 for addresses that are not ASCII).
//!
//! Pure: no socket, no clock, no file, no randomness. [`Notice::compose`] makes a message of what it is given, and
//! [`due`] says whether there is to be one at all. A report about a message with a null reverse path cannot be
//! written: [`Notice::to`] is a mailbox.
//!
//! No argument, and nothing in the original message, can add a field or a part: what becomes a field passes one place
//! (`field`), and the boundary is one that occurs in no part. Held by `tests/any_argument.rs`.

mod address;
mod boundary;
pub mod due;
mod explanation;
mod fate;
mod field;
mod header;
pub mod limits;
mod notice;
mod original;
mod printable;
mod quoted_printable;
mod returned;
mod status;
mod subject;

pub use fate::{Action, Failure, Fate};
pub use notice::{Author, Composed, Diagnostic, Notice, Original, Recipient, Way};
