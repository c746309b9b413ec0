//! What became of a recipient.

use std::time::Duration;

use smtp::Enhanced;

/// What became of a recipient, with what its explanation needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Fate<'a> {
    /// Not delivered, and nobody tries any more.
    Failed(Failure),
    /// Not delivered yet.
    Delayed {
        /// Until when it is tried, as a date of RFC 5322 §3.3.
        until: &'a str,
    },
    /// Handed to a system that does not confirm.
    Relayed,
    /// In its mailbox.
    Delivered,
    /// A group: its members get it in its place.
    Expanded,
}

/// The word of a report for a fate (RFC 3464 §2.3.3), the worst first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Action {
    /// `failed`
    Failed,
    /// `delayed`
    Delayed,
    /// `relayed`
    Relayed,
    /// `delivered`
    Delivered,
    /// `expanded`
    Expanded,
}

/// Why a recipient failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Failure {
    /// The other system does not know the address.
    Unknown,
    /// The mailbox is full.
    Full,
    /// The message is too large for the other system.
    TooLarge,
    /// The other system refused the message by one of its rules.
    Policy,
    /// The other system refused, and why is only in its words.
    Refused,
    /// The other system did not take the message in all this time.
    Expired {
        /// How long it was tried.
        after: Duration,
    },
    /// The other system was never reached in all this time.
    Unreachable {
        /// How long it was tried.
        after: Duration,
    },
    /// The message went in a circle.
    Loop,
    /// Each of two systems holds that the mailbox is in the other one.
    WrongSide,
    /// The message has content that the other system cannot take, and it could not be changed.
    Unconvertible,
    /// The operator took the message out of the queue.
    Removed,
}

impl Fate<'_> {
    /// The word for it.
    pub const fn action(self) -> Action {
        match self {
            Self::Failed(_) => Action::Failed,
            Self::Delayed { .. } => Action::Delayed,
            Self::Relayed => Action::Relayed,
            Self::Delivered => Action::Delivered,
            Self::Expanded => Action::Expanded,
        }
    }
}

impl Action {
    /// All of them, the worst first.
    pub(crate) const ALL: [Self; 5] = [
        Self::Failed,
        Self::Delayed,
        Self::Relayed,
        Self::Delivered,
        Self::Expanded,
    ];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Relayed => "relayed",
            Self::Delivered => "delivered",
            Self::Expanded => "expanded",
        }
    }

    /// The class that a status code has with it (RFC 3464 §2.3.4): one that failed is `5`, also if the last reply
    /// was `4`, because it is not tried again.
    pub const fn class(self) -> u8 {
        match self {
            Self::Failed => 5,
            Self::Delayed => 4,
            Self::Relayed | Self::Delivered | Self::Expanded => 2,
        }
    }
}

impl Failure {
    /// What the enhanced code of a refusal says (RFC 3463 §3). Codes that hops use for more than one thing are
    /// [`Failure::Refused`]: their words are quoted anyway.
    pub const fn of(code: Enhanced) -> Self {
        match (code.subject, code.detail) {
            // 5.1.10: Exchange Online, for an address that is not there.
            (1, 1 | 2 | 3 | 6 | 10) => Self::Unknown,
            (2, 2) => Self::Full,
            (2, 3) | (3, 4) => Self::TooLarge,
            // 5.4.14: Exchange, for too many hops.
            (4, 6 | 14) => Self::Loop,
            (6, _) => Self::Unconvertible,
            (7, _) => Self::Policy,
            _ => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_refusals() {
        let check = |subject: u16, detail: u16, expected: Failure| {
            for class in [4, 5] {
                let code = Enhanced {
                    class,
                    subject,
                    detail,
                };
                assert_eq!(Failure::of(code), expected, "{code}");
            }
        };
        check(1, 1, Failure::Unknown);
        check(1, 10, Failure::Unknown);
        check(1, 8, Failure::Refused); // the sender's address
        check(2, 1, Failure::Refused); // disabled: its words say why
        check(2, 2, Failure::Full);
        check(2, 3, Failure::TooLarge);
        check(3, 4, Failure::TooLarge);
        check(3, 2, Failure::Refused);
        check(4, 6, Failure::Loop);
        check(4, 14, Failure::Loop);
        check(4, 4, Failure::Refused);
        check(6, 1, Failure::Unconvertible);
        check(7, 1, Failure::Policy);
        check(0, 0, Failure::Refused);
    }
}
