//! Who internet mail is from, and how others are told.
//!
//! [`Examination`] gathers of a message, while it comes, what its signatures speak of. A [`Verifier`] asks DNS and makes a
//! [`Verdict`] of it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and ARC (RFC 8617). [`judge`] says what a
//! [`Policy`] makes of the verdict, [`results`] writes it into a message (RFC 8601), and a [`Sealer`] vouches for it.
//!
//! What DNS could not say is an outcome of its own everywhere. No value of a message gets into a field or a record of
//! ours but as one printable word of bounded length.

mod alignment;
mod body_hash;
mod dmarc;
mod dns;
mod examination;
mod field;
pub mod limits;
mod policy;
pub mod results;
mod sealer;
mod told;
mod verdict;
mod verifier;

pub use alignment::is_within;
pub use dns::Dns;
pub use examination::{Evidence, Examination};
pub use policy::{Claim, Mode, OwnSenders, Policy, Reason, Ruling, Services, judge};
pub use sealer::{BodySeal, KeyError, NotSealed, Sealer};
pub use told::Told;
pub use verdict::{Arc, Dkim, DkimFault, Dmarc, DmarcPolicy, Outcome, Spf, Through, Verdict};
pub use verifier::{Envelope, Verifier};
