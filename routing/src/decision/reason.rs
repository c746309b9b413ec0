//! The operator's sentences.

use std::fmt;

use super::{Decision, Deferral, Destination, Refusal, Why};
use crate::{Found, Span};

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Side(side) => side.fmt(f),
            Self::Internet => f.write_str("internet"),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deliver { to, path, why } => write!(f, "deliver to {to} as <{path}>: {why}"),
            Self::Refuse(refusal) => write!(f, "refuse: {refusal}"),
            Self::Defer(deferral) => write!(f, "defer: {deferral}"),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Primary => "primary address",
            Self::Alias => "alias",
            Self::RoutingAddress => "routing address",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recipient { found, source } => {
                write!(f, "{found} of a recipient in source {source}")
            }
            Self::PlusTag { looked_up, source } => {
                write!(
                    f,
                    "without its tag it is {looked_up}, a recipient in source {source}"
                )
            }
            Self::RoutingDomain { looked_up, source } => {
                write!(
                    f,
                    "in this routing domain it means {looked_up}, a recipient in source {source}"
                )
            }
            Self::Foreign { source } => {
                write!(
                    f,
                    "it holds a name that a recipient in source {source} has or had in another mail system"
                )
            }
            Self::Postmaster { mailbox } => write!(f, "the domain's postmaster is {mailbox}"),
            Self::UnknownToSide => {
                f.write_str("nobody is known by it, and unknown_recipient names this side")
            }
            Self::Listed => {
                f.write_str("the domain is not ours; the directory names it as a member")
            }
            Self::WayOut => {
                f.write_str("the domain is not ours, and [internet] lets this side send out")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no directory source knows this address"),
            Self::UnknownThereToo { side } => write!(
                f,
                "no directory source knows this address; unknown_recipient names {side}, but {side} sent it here: \
                 it does not know it either"
            ),
            Self::RelayDenied => {
                f.write_str("the domain is not ours, and this origin may not send out through us")
            }
            Self::WrongSide { side, source } => write!(
                f,
                "source {source} says the recipient lives in {side}, but {side} sent it here: \
                 create the mailbox there or correct {source}"
            ),
            Self::SendOnlySide { side, source } => {
                write!(
                    f,
                    "source {source} says the recipient lives in {side}, which has no next_hop and only sends"
                )
            }
        }
    }
}

impl fmt::Display for Deferral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settling { side, previous_side, source, moved_at, until } => {
                write!(f, "source {source} says the recipient lives in {side} since {moved_at}")?;
                if let Some(previous) = previous_side {
                    write!(f, " (before that in {previous})")?;
                }
                write!(f, ", but {side} sent it here and does not know that yet; from {until} on it is refused")
            }
            Self::WrongSideStale { side, source, age } => {
                write!(f, "source {source} said the recipient lives in {side}, but {side} sent it here; ")?;
                match age {
                    Some(age) => write!(f, "the directory was last read {} ago and may be wrong", Span(*age)),
                    None => f.write_str("a source was never read, the directory may be wrong"),
                }
            }
            Self::StaleUnknown { age } => write!(
                f,
                "nobody is known by this address, but the directory was last read {} ago: it may have come since",
                Span(*age)
            ),
            Self::NoDirectory => {
                f.write_str("nobody is known by this address, but a directory source was never read: it may be there")
            }
            Self::SnapshotDamaged => {
                f.write_str("the stored snapshot is damaged where the answer should be; it is built anew from the sources")
            }
            Self::UnknownDeferred => f.write_str("no directory source knows this address; unknown_recipient is defer"),
            Self::SideMissing { side } => {
                write!(f, "it belongs to {side}, which is no side of this configuration with a next_hop")
            }
            Self::PostmasterUnknown { mailbox } => {
                write!(f, "the domain's postmaster is {mailbox}, but no directory source knows that address")
            }
            Self::Ambiguous { first, second } => write!(
                f,
                "in this routing domain it may mean {first} or {second}: give both a routing_address in the directory"
            ),
        }
    }
}
