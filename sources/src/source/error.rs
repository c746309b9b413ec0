//! Why a source could not be read, and what to do about it.

use std::fmt;
use std::io;
use std::time::Duration;

use mirror::MirrorError;

use crate::SecretError;
use crate::graph::GraphError;
use crate::ldap::Refusal;
use crate::limits::{MESSAGE_OCTETS_MAX, PASSWORD_AGAIN};

/// Why a source could not be read. No text of it has a secret in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No connection.
    #[error("{server} cannot be reached: {error}; check its name, its port and the firewall")]
    Unreachable {
        /// Which server.
        server: String,
        /// Why.
        error: io::Error,
    },
    /// No protected connection.
    #[error("{server}: {trouble}")]
    Tls {
        /// Which server.
        server: String,
        /// Why.
        trouble: TlsTrouble,
    },
    /// The connection ended before the answer did.
    #[error("{server} broke the connection off: {error}; the round begins again")]
    Lost {
        /// Which server.
        server: String,
        /// How.
        error: io::Error,
    },
    /// No answer.
    #[error("{server} did not answer within {seconds} s {wait}")]
    Silent {
        /// Which server.
        server: String,
        /// To what.
        wait: Wait,
        /// How long we waited.
        seconds: u64,
    },
    /// The round took too long.
    #[error(
        "the round was not over after {seconds} s; a narrower filter or a server with less to do would help"
    )]
    Endless {
        /// How long it may take.
        seconds: u64,
    },
    /// Name or password.
    #[error(
        "{server} does not take the name and password: {refusal}; check bind_dn and the password's file"
    )]
    Credentials {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// Something about the account itself, as Active Directory says it.
    #[error("{server} does not let the account in: {words} ({refusal})")]
    Account {
        /// Which server.
        server: String,
        /// What is wrong, and what to do.
        words: &'static str,
        /// Its own words.
        refusal: Refusal,
    },
    /// The password's file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It takes no password without TLS, or none so weakly protected.
    #[error("{server} wants a better protected connection: {refusal}; use ldaps:// or start_tls")]
    Unprotected {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// The base does not exist, or the account must not see it.
    #[error("{server} has no {base:?}; check base, and that the account may read it")]
    NoBase {
        /// Which server.
        server: String,
        /// Which base.
        base: String,
    },
    /// The server has no time.
    #[error("{server} is busy: {refusal}")]
    Busy {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// A limit of the server's cut the answer off.
    #[error(
        "{server} gave only a part of the answer: {refusal}; raise its limits for the account, or lower page_size"
    )]
    Partial {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// The base is elsewhere.
    #[error(
        "{server} refers to {to:?}, and referrals are not followed; name that server or another base"
    )]
    Referred {
        /// Which server.
        server: String,
        /// Where to.
        to: String,
    },
    /// The server can no longer say what changed since our last cookie.
    #[error("{server} asks for a refresh from the beginning")]
    RefreshRequired {
        /// Which server.
        server: String,
    },
    /// Anything else that it says no to.
    #[error("{server} refuses: {refusal}")]
    Refused {
        /// Which server.
        server: String,
        /// Its words.
        refusal: Refusal,
    },
    /// What came is not what the protocol allows.
    #[error("the answer cannot be understood: {0}")]
    Malformed(String),
    /// A message past our bound.
    #[error(
        "{server} sent a message of more than {MESSAGE_OCTETS_MAX} octets; is there a group that large?"
    )]
    MessageTooLong {
        /// Which server.
        server: String,
    },
    /// Nothing, where there were people before.
    #[error(
        "the source gave nothing, where there were people before; check base, filter and the account's rights"
    )]
    Empty,
    /// Objects without what they are told apart by.
    #[error(
        "{objects} of {of} objects have no {attribute}; the account must be allowed to read it"
    )]
    NoKeys {
        /// How many.
        objects: u64,
        /// Of how many.
        of: u64,
        /// What they lack.
        attribute: String,
    },
    /// None of several servers.
    #[error("no server can be used: {}", Each(.0))]
    Servers(Vec<SourceError>),
    /// What the configuration says cannot be done.
    #[error("{0}")]
    Setting(String),
    /// Microsoft Graph.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// The mirror.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// This machine.
    #[error("this machine: {0}")]
    Inside(String),
}

/// Why there is no TLS.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsTrouble {
    /// No roots to trust.
    #[error("TLS is asked for, and no trust_roots are set up")]
    NotSetUp,
    /// The name is none that a certificate can have.
    #[error("{0:?} is no name that a certificate can have; set server_name")]
    NoName(String),
    /// The server said no to StartTLS.
    #[error("it refuses StartTLS: {0}; give it a certificate, or use ldaps://")]
    StartRefused(Refusal),
    /// Too late.
    #[error("its certificate has expired; renew it there")]
    Expired,
    /// Too early.
    #[error("its certificate is not valid yet; compare the clocks")]
    NotValidYet,
    /// Nobody we trust.
    #[error(
        "its certificate comes from an authority that is not trusted; put that authority into trust_roots"
    )]
    UnknownIssuer,
    /// Another name.
    #[error(
        "its certificate is for another name ({0}); set server_name, or connect by the name it has"
    )]
    OtherName(String),
    /// Taken back.
    #[error("its certificate was revoked")]
    Revoked,
    /// Anything else.
    #[error("its certificate cannot be used: {0}")]
    Certificate(String),
    /// Not about the certificate.
    #[error("the TLS handshake failed: {0}")]
    Handshake(String),
}

/// What was waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// A connection with its TLS handshake.
    Connect,
    /// An answer.
    Answer,
}

impl SourceError {
    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }

    /// How long the source itself asks us to wait. A password that was refused is not tried again soon: a few attempts
    /// lock an account.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Credentials { .. } | Self::Account { .. } => Some(PASSWORD_AGAIN),
            Self::Graph(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Whether another server of the same directory may do better.
    pub(crate) fn is_of_one_server(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Tls { .. }
                | Self::Lost { .. }
                | Self::Silent { .. }
                | Self::Busy { .. }
                | Self::Malformed(_)
                | Self::MessageTooLong { .. }
        )
    }
}

impl From<GraphError> for SourceError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Mirror(error) => Self::Mirror(error),
            GraphError::Secret(error) => Self::Secret(error),
            other => Self::Graph(Box::new(other)),
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "to a connection",
            Self::Answer => "to a question",
        })
    }
}

struct Each<'e>(&'e [SourceError]);

impl fmt::Display for Each<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}{error}")?;
        }
        Ok(())
    }
}
