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
    /// The gateway.
    Twinmx,
}

impl Peer {
    pub(super) const ALL: [Self; 5] = [
        Self::Direct,
        Self::Nginx,
        Self::PostfixQueue,
        Self::PostfixProxy,
        Self::Twinmx,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Nginx => "nginx",
            Self::PostfixQueue => "postfix-queue",
            Self::PostfixProxy => "postfix-proxy",
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
            Self::Twinmx => twinmx::start(stage, stop).map(Some),
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
