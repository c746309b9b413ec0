//! Why a tenant could not be read, and what to do about it.

use std::time::Duration;

use mirror::MirrorError;

use super::{IdentityError, Refusal};
use crate::SecretError;

/// Why a tenant could not be read. No text of it has a secret or a token in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// No connection.
    #[error("{server} cannot be reached: {why}; check the network, the firewall and `proxy`")]
    Unreachable {
        /// Which server.
        server: String,
        /// Why.
        why: String,
    },
    /// The proxy lets nothing through.
    #[error(
        "the proxy lets nothing through to {server}: {why}; check proxy, proxy_user and its password"
    )]
    Proxy {
        /// Which server.
        server: String,
        /// Why.
        why: String,
    },
    /// No protected connection.
    #[error("{server}: {why}")]
    Tls {
        /// Which server.
        server: String,
        /// Why, and what to do.
        why: String,
    },
    /// The answer ended before it should.
    #[error("{server} broke the answer off: {why}; the round goes on from there")]
    Lost {
        /// Which server.
        server: String,
        /// How.
        why: String,
    },
    /// No answer, or not all of it.
    #[error("{server} did not answer within {seconds} s")]
    Silent {
        /// Which server.
        server: String,
        /// How long we waited.
        seconds: u64,
    },
    /// No token.
    #[error("{server} gives no token: {refusal}; {}", .refusal.advice())]
    Credentials {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// Our own certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A new token does no better.
    #[error("Graph takes no token of this application: {0}; check that `cloud` is the tenant's")]
    Unauthorised(Refusal),
    /// A permission is missing.
    #[error(
        "Graph does not let the application read {what}: {refusal}; grant it {permission} as an application permission, with an administrator's consent"
    )]
    Forbidden {
        /// What it wanted to read.
        what: &'static str,
        /// The permission to grant.
        permission: &'static str,
        /// Graph's words.
        refusal: Refusal,
    },
    /// It has no time.
    #[error("{server} is busy or throttles us: {refusal}")]
    Busy {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
        /// How long it asks us to wait.
        after: Option<Duration>,
    },
    /// Anything else that it says no to.
    #[error("{server} refuses: {refusal}")]
    Refused {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// It sends us elsewhere.
    #[error(
        "{server} redirects with status {status}, which is not followed; is something between us and it?"
    )]
    Redirected {
        /// Which server.
        server: String,
        /// The status.
        status: u16,
    },
    /// A link leads to another host.
    #[error(
        "a link leads to {host}, not to {configured}; it was not followed, and no token was sent there"
    )]
    ForeignLink {
        /// Scheme and host of the link.
        host: String,
        /// Where we read.
        configured: String,
    },
    /// What came is not what the protocol allows.
    #[error("the answer cannot be understood: {0}")]
    Malformed(String),
    /// An answer past its bound.
    #[error("{server} sent more than {octets_max} octets at once")]
    TooLong {
        /// Which server.
        server: String,
        /// The bound.
        octets_max: usize,
    },
    /// It never comes to an end.
    #[error("a round has more than {0} pages")]
    Pages(u64),
    /// It asks again and again to begin again.
    #[error("Graph asked several times to begin again; the next round tries anew")]
    Resyncs,
    /// Nothing, where there were people before.
    #[error(
        "Graph gave nobody with an address, where there were {before} before; check the application's permissions and the tenant"
    )]
    Empty {
        /// How many.
        before: u64,
    },
    /// The password's or key's file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// What the configuration says cannot be done.
    #[error("{0}")]
    Setting(String),
    /// The mirror.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// This machine.
    #[error("this machine: {0}")]
    Inside(String),
}

impl GraphError {
    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }

    /// How long the source itself asks us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { after, .. } => *after,
            _ => None,
        }
    }
}
