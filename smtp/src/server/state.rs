//! Where a session stands. Each state owns what exists then and nothing else.

use super::Event;
use super::message::{Discard, Message};
use crate::chunk::ChunkDecoder;
use crate::data::DataDecoder;
use crate::envelope::{Envelope, MailFrom, RcptTo};

#[derive(Debug)]
pub(super) enum State {
    /// The next line is a command.
    Command(Phase),
    /// A MAIL waits for its answer.
    AskMail(MailFrom),
    /// A RCPT waits for its answer.
    AskRcpt(Draft, RcptTo),
    /// After 354.
    Data(Message<DataDecoder>),
    /// Within a chunk.
    Chunk(Message<ChunkDecoder>),
    /// Within a chunk that belongs to no message.
    Discard(Discard),
    /// The message is complete and waits for its answer.
    Ended,
    /// After 220 to STARTTLS.
    AwaitTls,
    /// After QUIT, or a last reply.
    Over(Event),
}

/// What a command comes into.
#[derive(Debug)]
pub(super) enum Phase {
    /// No transaction.
    Idle,
    /// A transaction is open.
    Collect(Draft),
    /// A message is open: its last chunk was not the last of all.
    BetweenChunks(Message<ChunkDecoder>),
}

impl Default for State {
    fn default() -> Self {
        Self::Command(Phase::Idle)
    }
}

/// An envelope in the making.
#[derive(Debug)]
pub(super) struct Draft(Envelope);

impl State {
    pub(super) fn collect(mail: MailFrom) -> Self {
        let recipients = Vec::new();
        Self::Command(Phase::Collect(Draft(Envelope { mail, recipients })))
    }
}

impl Draft {
    pub(super) fn with(mut self, rcpt: RcptTo) -> Self {
        self.0.recipients.push(rcpt);
        self
    }

    pub(super) fn mail(&self) -> &MailFrom {
        &self.0.mail
    }

    pub(super) fn recipients(&self) -> usize {
        self.0.recipients.len()
    }

    /// The envelope, if it has a recipient.
    pub(super) fn seal(self) -> Result<Envelope, Self> {
        match self.0.recipients.is_empty() {
            true => Err(self),
            false => Ok(self.0),
        }
    }
}
