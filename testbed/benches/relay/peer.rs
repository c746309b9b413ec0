//! What stands between source and counter.

use std::fmt;
use std::str::FromStr;

use super::daemon::Daemon;
use super::stage::Stage;
use super::stop::Stop;
use super::{nginx, postfix, twinmx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// Nothing.
    Direct,
    /// nginx as a TCP proxy.
    Nginx,
    /// Postfix that takes mail into its queue.
    PostfixQueue,
    /// Postfix as a proxy before the queue: the answer is the next hop's.
    PostfixProxy,
    /// Postfix that holds all mail back in its queue, and tries nothing.
    PostfixHold,
    /// Postfix that finds its next hop closed, and keeps the mail for later.
    PostfixDefer,
    /// The gateway with less to do: mail for one of its sides, and nothing that waits for the other.
    TwinmxAlone,
    /// The gateway.
    Twinmx,
}

impl Peer {
    pub(super) const ALL: [Self; 8] = [
        Self::Direct,
        Self::Nginx,
        Self::PostfixQueue,
        Self::PostfixProxy,
        Self::PostfixHold,
        Self::PostfixDefer,
        Self::TwinmxAlone,
        Self::Twinmx,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Nginx => "nginx",
            Self::PostfixQueue => "postfix-queue",
            Self::PostfixProxy => "postfix-proxy",
            Self::PostfixHold => "postfix-hold",
            Self::PostfixDefer => "postfix-defer",
            Self::TwinmxAlone => "twinmx-alone",
            Self::Twinmx => "twinmx",
        }
    }

    /// For people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Direct => "DIRECT",
            Self::Nginx => "nginx (TCP proxy)",
            Self::PostfixQueue => "Postfix (queue)",
            Self::PostfixProxy => "Postfix (proxy)",
            Self::PostfixHold => "Postfix (hold queue)",
            Self::PostfixDefer => "Postfix (deferring)",
            Self::TwinmxAlone => "twinmx (one side alone)",
            Self::Twinmx => "twinmx",
        }
    }

    /// The same at the head of a column.
    pub(super) fn brief(self) -> &'static str {
        match self {
            Self::Direct => "DIRECT",
            Self::Nginx => "nginx",
            Self::PostfixQueue => "Postfix queue",
            Self::PostfixProxy => "Postfix proxy",
            Self::PostfixHold => "Postfix hold",
            Self::PostfixDefer => "Postfix deferring",
            Self::TwinmxAlone => "one side",
            Self::Twinmx => "twinmx",
        }
    }

    /// Starts it; `None`: there is nothing to start.
    pub(super) fn start(self, stage: &Stage, stop: &Stop) -> Result<Option<Daemon>, String> {
        match self {
            Self::Direct => Ok(None),
            Self::Nginx => nginx::start(stage, stop).map(Some),
            Self::PostfixQueue => postfix::start(postfix::Mode::Queue, stage, stop).map(Some),
            Self::PostfixProxy => postfix::start(postfix::Mode::Proxy, stage, stop).map(Some),
            Self::PostfixHold => postfix::start(postfix::Mode::Hold, stage, stop).map(Some),
            Self::PostfixDefer => postfix::start(postfix::Mode::Defer, stage, stop).map(Some),
            Self::Twinmx | Self::TwinmxAlone => twinmx::start(stage, stop).map(Some),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|peer| peer.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("no peer {name:?}: there are {names}")
        })
    }
}
