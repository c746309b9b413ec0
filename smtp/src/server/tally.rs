//! How much nonsense a client is granted.

use crate::limits::{BAD_COMMANDS_MAX, IDLE_COMMANDS_MAX, REFUSED_RECIPIENTS_MAX};

/// Counts since the last progress or message.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bad: u32,
    idle: u32,
    refused: u32,
    sender: Sender,
}

/// Whether the rest of a pipelined group speaks of a MAIL that was refused: it is then in good faith.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Sender {
    #[default]
    Open,
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Merit {
    /// Unknown, malformed or out of sequence.
    Bad,
    /// Well, but it moves nothing.
    Idle,
    /// A recipient that is refused, or one too many.
    Refused,
}

impl Tally {
    pub(super) fn count(&mut self, merit: Merit) {
        let count = match merit {
            Merit::Bad => &mut self.bad,
            Merit::Idle => &mut self.idle,
            Merit::Refused => &mut self.refused,
        };
        *count = count.saturating_add(1);
    }

    /// What a command is that needs a transaction where there is none.
    pub(super) fn without_mail(&self) -> Merit {
        match self.sender {
            Sender::Open => Merit::Bad,
            Sender::Refused => Merit::Refused,
        }
    }

    pub(super) fn sender_refused(&mut self) {
        self.sender = Sender::Refused;
    }

    /// A new transaction is tried.
    pub(super) fn sender_open(&mut self) {
        self.sender = Sender::Open;
    }

    /// A recipient was accepted.
    pub(super) fn progress(&mut self) {
        self.bad = 0;
    }

    /// A message came to its end.
    pub(super) fn message(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.bad > BAD_COMMANDS_MAX
            || self.idle > IDLE_COMMANDS_MAX
            || self.refused > REFUSED_RECIPIENTS_MAX
    }
}
