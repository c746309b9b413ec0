//! Why a client could not go on.

use std::{fmt, io};

use crate::limits;
use crate::reply::Reply;

/// What failed, while the client waited for what, after it had said what.
#[derive(Debug, thiserror::Error)]
#[error("waiting for {task} after {last}: {fault}")]
pub struct ClientError {
    /// What was waited for.
    pub task: Task,
    /// What the client had said or done before.
    pub last: String,
    /// What came instead.
    #[source]
    pub fault: Fault,
}

/// What a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Handshake,
    /// A reply.
    Reply,
    /// The octets to be taken.
    Write,
    /// The end of the connection.
    End,
}

/// What came instead.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nothing, for [`limits::WAIT`].
    #[error("nothing happened for {} s", limits::WAIT.as_secs())]
    Silence,
    /// The end of the connection.
    #[error("the server closed the connection")]
    Closed,
    /// An error of the socket or of TLS.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Another reply.
    #[error("wanted {wanted}, got {got}")]
    Unexpected {
        /// The code that was wanted.
        wanted: u16,
        /// The reply that came.
        got: Reply,
    },
    /// A line that is no reply, or belongs to another one.
    #[error("no reply line: {0:?}")]
    NotAReply(String),
    /// A line or a reply beyond [`limits`].
    #[error("the reply is too long")]
    TooLong,
    /// Octets in clear where the TLS handshake was due.
    #[error("{octets} octets came in clear after the 220")]
    ClearText {
        /// How many.
        octets: usize,
    },
}

impl ClientError {
    /// The reply that was not the wanted one.
    pub fn reply(&self) -> Option<&Reply> {
        match &self.fault {
            Fault::Unexpected { got, .. } => Some(got),
            Fault::Silence
            | Fault::Closed
            | Fault::Io(_)
            | Fault::NotAReply(_)
            | Fault::TooLong
            | Fault::ClearText { .. } => None,
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection",
            Self::Handshake => "the TLS handshake",
            Self::Reply => "a reply",
            Self::Write => "the server to read",
            Self::End => "the end of the connection",
        })
    }
}
