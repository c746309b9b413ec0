//! What a sender is told of the fate of a message: delivery status notifications (RFC 3464, in the multipart of RFC
//! 6522, asked for as RFC 3461 says, with the forms of RFC 6533 for addresses that are not ASCII).
//!
//! Pure: no socket, no clock, no file, no randomness. [`Notice::compose`] makes a message of what it is given, and
//! [`due`] says whether there is to be one at all. A report about a message with a null reverse path cannot be
//! written: [`Notice::to`] is a mailbox.
//!
//! ```
//! use notice::{Author, Fate, Failure, Notice, Original, Recipient, Way, due};
//! use smtp::{Enhanced, Mailbox, ReversePath};
//!
//! # fn main() -> Result<(), smtp::PathError> {
//! let postmaster = Mailbox::parse("postmaster@contoso.com")?;
//! let ReversePath::Mailbox(to) = ReversePath::parse("anna@contoso.com")? else {
//!     return Ok(()); // nobody is to be told
//! };
//! let fate = Fate::Failed(Failure::Full);
//! assert!(due::is_due(None, fate.action()));
//! let report = Notice {
//!     reporting_mta: "mx.contoso.com",
//!     author: Author { name: "Mail Delivery System", address: &postmaster },
//!     to: &to,
//!     message_id: "42.report@mx.contoso.com",
//!     date: "Sat, 21 Nov 2026 10:00:06 +0100",
//!     boundary_seed: 42,
//!     envelope_id: None,
//!     arrival: "Sat, 21 Nov 2026 10:00:00 +0100",
//!     original: Original { header: b"Subject: Hello\r\n\r\n", content: None, octets: 1_234 },
//!     ret: None,
//!     return_octets_max: 64 << 10,
//!     way: Way::Ascii,
//!     recipients: &[Recipient {
//!         original: None,
//!         address: "bert@fabrikam.com",
//!         fate,
//!         status: Enhanced { class: 5, subject: 2, detail: 2 },
//!         remote_mta: Some("mail.fabrikam.com"),
//!         diagnostic: None,
//!         last_attempt: None,
//!     }],
//! };
//! let composed = report.compose();
//! assert!(!composed.eight_bit && !composed.smtp_utf8);
//! # Ok(())
//! # }
//! ```
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
