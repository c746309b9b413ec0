//! The octets of a message, after the line rules have been applied to them.

use std::ops::Deref;

use bytes::Bytes;

use crate::reply::Reply;

/// A piece of a message. All pieces of a message together hold lines that end in CRLF, no bare CR, no bare LF and no
/// dot-stuffing; a piece may begin and end anywhere, also between CR and LF.
///
/// The line decoder and the header edits of this crate are the only makers, [`crate::LineCheck`] asks the former about
/// what others made, and nothing else can be written to a next hop: two systems that see different line ends see two
/// different messages, which is SMTP smuggling.
#[derive(Clone, Debug, Default)]
pub struct Content {
    octets: Bytes,
    dotted: Dotted,
}

/// Whether a line that begins in a piece, behind its first octet, begins with a dot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Dotted {
    /// Whoever writes it to a hop has to look.
    #[default]
    Perhaps,
    /// Seen by the line decoder, which looks at every octet anyway.
    No,
}

impl Content {
    pub(crate) fn new(octets: Bytes) -> Self {
        Self::known(octets, Dotted::Perhaps)
    }

    pub(crate) fn known(octets: Bytes, dotted: Dotted) -> Self {
        Self { octets, dotted }
    }

    pub(crate) fn dotted(&self) -> Dotted {
        self.dotted
    }

    /// The octets; sharing them copies nothing.
    pub fn as_bytes(&self) -> &Bytes {
        &self.octets
    }

    /// The octets.
    pub fn into_bytes(self) -> Bytes {
        self.octets
    }

    /// Consecutive pieces of a message as one, copied together.
    pub fn join(pieces: &[Self]) -> Self {
        let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &piece[..]).collect();
        Self::new(pieces.concat().into())
    }

    /// Cuts the piece in two: the first `at` octets (or all, if there are fewer) and the rest.
    pub fn split_at(mut self, at: usize) -> (Self, Self) {
        let rest = self.octets.split_off(at.min(self.octets.len()));
        let rest = Self::known(rest, self.dotted);
        (self, rest)
    }
}

/// What is known of the octets is no part of them.
impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Content {}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.octets
    }
}

/// What happens to a CR or LF that is no part of a CRLF (RFC 5321 §2.3.8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BareNewline {
    /// The message is refused.
    Refuse,
    /// Each becomes a CRLF. Only CRLF.CRLF on the wire ends the message all the same.
    Normalise,
}

/// Why a message is refused while it is being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BodyFault {
    /// A CR or LF that is no part of a CRLF.
    #[error("the message has a bare CR or LF")]
    BareNewline,
    /// A line of NULs and one dot: a reader that drops NULs takes it for the end of the message.
    #[error("the message has a line of NULs and one dot")]
    NulBesideDot,
    /// More octets than [`crate::Settings::message_size_max`].
    #[error("the message is larger than the limit")]
    TooLarge,
}

impl BodyFault {
    /// What the client is told.
    pub fn reply(self) -> Reply {
        match self {
            Self::BareNewline => Reply::BARE_NEWLINE,
            Self::NulBesideDot => Reply::NUL_REFUSED,
            Self::TooLarge => Reply::TOO_LARGE,
        }
    }
}
