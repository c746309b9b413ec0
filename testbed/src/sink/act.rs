//! What a sink does when its turn has come.

use super::Gate;

/// One act: wait, say something, go on or leave.
///
/// ```
/// use testbed::sink::{Act, Gate};
///
/// let gate = Gate::new();
/// let later = Act::reply(451, "4.3.2 not now");
/// let held = Act::normal().after(&gate);
/// let dying = Act::reply(421, "4.3.2 going down").then_close();
/// let injecting = Act::normal().followed_by(b"250 not asked for\r\n");
/// ```
#[derive(Debug, Clone)]
pub struct Act {
    pub(super) gate: Option<Gate>,
    pub(super) say: Say,
    pub(super) extra: Vec<u8>,
    pub(super) delay: Delay,
    pub(super) then: Then,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Say {
    /// What a well-behaved server says.
    Normal,
    Reply {
        code: u16,
        text: String,
    },
    Raw(Vec<u8>),
    Nothing,
    /// Nothing, though the message was taken.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delay {
    None,
    UntilNextReply,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Continue,
    Close,
    Reset,
    Hang,
    Stall,
}

impl Act {
    /// What a well-behaved server does.
    pub fn normal() -> Self {
        Self::saying(Say::Normal)
    }

    /// This reply; each line of the text becomes one of the reply. At the end of data only a 2xx takes the message.
    pub fn reply(code: u16, text: &str) -> Self {
        Self::saying(Say::Reply {
            code,
            text: text.to_owned(),
        })
    }

    /// These octets, whatever they are. Nothing changes by them: no transaction begins, no message is taken.
    pub fn raw(octets: impl Into<Vec<u8>>) -> Self {
        Self::saying(Say::Raw(octets.into()))
    }

    /// Nothing; the connection is closed.
    pub fn close() -> Self {
        Self::saying(Say::Nothing).then_close()
    }

    /// Nothing; the connection is reset.
    pub fn reset() -> Self {
        Self::saying(Say::Nothing).then_reset()
    }

    /// Nothing; what comes is read and forgotten until the peer goes.
    pub fn hang() -> Self {
        Self::saying(Say::Nothing).then_hang()
    }

    /// Nothing; nothing more is read either, so that the peer's writes back up.
    pub fn stall() -> Self {
        Self {
            then: Then::Stall,
            ..Self::saying(Say::Nothing)
        }
    }

    /// At the end of data: the message is taken, the connection closed, the reply lost.
    pub fn lost() -> Self {
        Self::saying(Say::Lost).then_close()
    }

    /// Waits at the gate first. Within data nothing is read meanwhile; elsewhere the peer's departure is noticed.
    #[must_use]
    pub fn after(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Adds octets to the same write.
    #[must_use]
    pub fn followed_by(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.extra = octets.into();
        self
    }

    /// Keeps the reply back until the next one is said, and says both in one write.
    #[must_use]
    pub fn one_reply_late(mut self) -> Self {
        self.delay = Delay::UntilNextReply;
        self
    }

    /// Closes the connection afterwards.
    #[must_use]
    pub fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Resets the connection afterwards.
    #[must_use]
    pub fn then_reset(mut self) -> Self {
        self.then = Then::Reset;
        self
    }

    /// Says nothing more afterwards, and reads on until the peer goes.
    #[must_use]
    pub fn then_hang(mut self) -> Self {
        self.then = Then::Hang;
        self
    }

    /// Whether a message is taken by this act at its end.
    pub(super) fn takes_message(&self) -> bool {
        match &self.say {
            Say::Normal | Say::Lost => true,
            Say::Reply { code, .. } => code / 100 == 2,
            Say::Raw(_) | Say::Nothing => false,
        }
    }

    fn saying(say: Say) -> Self {
        Self {
            gate: None,
            say,
            extra: Vec::new(),
            delay: Delay::None,
            then: Then::Continue,
        }
    }
}
