//! SMTP (RFC 5321) without a socket and without a clock.
//!
//! [`Server`] and [`Client`] are state machines: octets in, octets and typed events out. They keep the rules of the
//! protocol and nothing else; who may send what, and to whom, is asked of the caller through events.
//!
//! Line endings are judged in one place, [`line`]: what it lets through is [`Content`], and only `Content` can be
//! written to a next hop. What was rewritten on its way passes there a second time ([`line_check`]). Every bound is in [`limits`].

pub mod chunk;
pub mod client;
pub mod command;
pub mod content;
pub mod data;
pub mod envelope;
pub mod extension;
pub mod header_scan;
pub mod hop_reply;
pub mod limits;
mod line;
pub mod line_check;
pub mod outgoing;
pub mod path;
pub mod reply;
pub mod server;
mod stuffing;
pub mod trace_field;
pub mod xtext;

pub use client::{
    Client, ClientError, ClientEvent, EnvelopeReplies, HelloPolicy, HopEnvelope, Transfer,
};
pub use content::{BareNewline, BodyFault, Content};
pub use envelope::{BodyKind, Envelope, MailFrom, Notify, OriginalRecipient, RcptTo, Ret};
pub use extension::{Capabilities, Offer, SizeLimit};
pub use header_scan::{Field, HeaderBlock, HeaderFault, HeaderScan, Progress, Strictness};
pub use hop_reply::{HopReply, ReplyError, ReplyReader};
pub use line_check::LineCheck;
pub use outgoing::{Outgoing, Pieces};
pub use path::{ForwardPath, Mailbox, PathError, ReversePath};
pub use reply::{Answer, Class, Code, Detail, Enhanced, Insert, Reply};
pub use server::{Event, Hello, Server, Settings};
pub use trace_field::{TraceField, TraceFieldError};
pub use xtext::Xtext;
