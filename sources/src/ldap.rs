//! LDAP (RFC 4511) as every source that speaks it needs it.
//!
//! A [`Connection`] is made to the first of several servers that takes it, and knows how to search, page by page and
//! with lists that come in ranges. What carries its octets is ours, so that TLS, every wait and every length are under
//! one roof; ldap3 makes and reads the messages. Nothing runs beside it: a connection moves only while somebody waits
//! for an answer, so that a server never fills our memory faster than the mirror takes what it sends.

mod ber;
mod connection;
mod link;
mod message;
mod object;
mod outcome;
mod page;
mod range;
mod root_dse;
mod search;
mod server;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use ber::{boolean, element, encoded, integer, octets, parts, text};
pub use connection::Connection;
pub use ldap3::controls::RawControl;
pub use object::Object;
pub use outcome::Refusal;
pub use page::{PAGED_RESULTS, Pages};
pub use root_dse::RootDse;
use rustls::ClientConfig;
pub use search::{Answer, Answers, Info, Search};
pub use server::{Server, ServerError};

use crate::Secret;
use crate::limits::{ANSWER_WAIT, CONNECT_WAIT, ROUND_WAIT};

/// How the servers of a directory are reached.
#[derive(Clone)]
pub struct Access {
    /// Tried in this order.
    pub servers: Vec<Server>,
    /// Whether a connection without TLS becomes one with it before anything else is said (RFC 4511 §4.14).
    pub start_tls: bool,
    /// The name that the certificate must have, where it is not the server's own.
    pub server_name: Option<String>,
    /// What decides on certificates. Without it there is no TLS.
    pub tls: Option<Arc<ClientConfig>>,
    /// As whom; `None`: anonymous.
    pub login: Option<Login>,
    /// How long anything may take.
    pub patience: Patience,
}

/// Who reads the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Login {
    /// Its distinguished name, or for Active Directory its user principal name.
    pub dn: String,
    /// Its password.
    pub password: Secret,
}

/// How long anything may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// A connection with its TLS handshake.
    pub connect: Duration,
    /// Each answer.
    pub answer: Duration,
    /// A whole round.
    pub round: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: CONNECT_WAIT,
            answer: ANSWER_WAIT,
            round: ROUND_WAIT,
        }
    }
}

impl Access {
    /// Whether a password goes over the network for everybody to read.
    pub fn shows_password(&self) -> bool {
        let clear = |server: &Server| !server.is_tls() && !self.start_tls;
        self.login.is_some() && self.servers.iter().any(clear)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("servers", &self.servers)
            .field("start_tls", &self.start_tls)
            .field("server_name", &self.server_name)
            .field("login", &self.login.as_ref().map(|login| &login.dn))
            .finish_non_exhaustive()
    }
}
