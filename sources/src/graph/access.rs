//! How a tenant is reached.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::{Credential, Endpoints, GraphError};
use crate::Secret;
use crate::limits::{
    ANSWER_WAIT, ATTEMPTS_MAX, CONNECT_WAIT, RETRY_WAIT_MAX, RETRY_WAIT_MIN, ROUND_WAIT,
};

/// How a tenant is reached.
#[derive(Clone)]
pub struct Access {
    /// The tenant, by its id or one of its domains.
    pub tenant_id: String,
    /// The application that was registered there.
    pub client_id: String,
    /// How it proves to be that application.
    pub credential: Credential,
    /// Where tokens and data come from.
    pub endpoints: Endpoints,
    /// What decides on the servers' certificates.
    pub tls: Arc<ClientConfig>,
    /// Through whom.
    pub proxy: Option<Proxy>,
    /// Whether those whose place is open are asked for their mailbox.
    pub mailbox_purpose: bool,
    /// How often one looks for something new.
    pub poll: Duration,
    /// How often everything is read, though the changes would do.
    pub full_every: Option<Duration>,
    /// How long anything may take.
    pub patience: Patience,
}

/// An HTTP proxy that lets TLS through (CONNECT, RFC 9110 §9.3.6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proxy {
    /// `http://` or `https://`, a host and a port.
    pub url: String,
    /// Name and password, where it wants them.
    pub login: Option<(String, Secret)>,
}

/// How long anything may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// A connection.
    pub connect: Duration,
    /// Each answer, to its last octet.
    pub answer: Duration,
    /// A whole round.
    pub round: Duration,
    /// Before the second attempt, where a busy server names no time; each further one waits twice as long.
    pub retry_min: Duration,
    /// Before any further attempt of a round. Who is asked to wait longer ends the round.
    pub retry_max: Duration,
    /// Attempts at one question.
    pub attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: CONNECT_WAIT,
            answer: ANSWER_WAIT,
            round: ROUND_WAIT,
            retry_min: RETRY_WAIT_MIN,
            retry_max: RETRY_WAIT_MAX,
            attempts: ATTEMPTS_MAX,
        }
    }
}

impl Access {
    /// Whether everything in it can be asked for.
    pub(super) fn check(&self) -> Result<(), GraphError> {
        self.endpoints.graph_origin()?;
        self.endpoints.login_origin()?;
        for (key, name) in [
            ("tenant_id", &self.tenant_id),
            ("client_id", &self.client_id),
        ] {
            let plain = |octet: u8| octet.is_ascii_alphanumeric() || b".-".contains(&octet);
            // It becomes part of a path, where `..` would lead elsewhere.
            let is_name = !name.is_empty() && name.bytes().all(plain) && !name.contains("..");
            if !is_name || name.len() > 253 || name == "." {
                let wanted =
                    "the id that Entra shows, such as 00000000-0000-0000-0000-000000000000";
                return Err(GraphError::Setting(format!("{key} is not {wanted}")));
            }
        }
        match &self.proxy {
            Some(proxy) => proxy.check(),
            None => Ok(()),
        }
    }
}

impl Proxy {
    fn check(&self) -> Result<(), GraphError> {
        let url = reqwest::Url::parse(&self.url).ok();
        let fits = url.filter(|url| {
            let plain = url.username().is_empty() && url.password().is_none();
            ["http", "https"].contains(&url.scheme()) && url.has_host() && plain
        });
        let wanted = "http:// with a host and a port; name and password have keys of their own";
        match fits {
            Some(_) => Ok(()),
            None => Err(GraphError::Setting(format!("proxy is not {wanted}"))),
        }
    }

    /// Ready for use, with the password that the file has now.
    pub(super) fn reveal(&self) -> Result<reqwest::Proxy, GraphError> {
        let broken = |_| GraphError::Setting("proxy is not http:// with a host and a port".into());
        let proxy = reqwest::Proxy::all(&self.url).map_err(broken)?;
        Ok(match &self.login {
            Some((name, password)) => proxy.basic_auth(name, password.reveal()?.as_str()),
            None => proxy,
        })
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("credential", &self.credential)
            .field("endpoints", &self.endpoints)
            .field("proxy", &self.proxy)
            .field("mailbox_purpose", &self.mailbox_purpose)
            .finish_non_exhaustive()
    }
}
