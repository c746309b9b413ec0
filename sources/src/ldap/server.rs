//! One LDAP server, by its URL (RFC 4516, without anything behind the host).

use std::fmt;

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    tls: bool,
    host: Box<str>,
    port: u16,
}

/// Why a text is no server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServerError {
    /// Another scheme, or none.
    #[error(
        "a server is written ldaps://HOST or ldap://HOST, with :PORT where it is not 636 or 389"
    )]
    Scheme,
    /// No host.
    #[error("there is no host behind //")]
    Host,
    /// No port.
    #[error("behind the host stands no port from 1 to 65535")]
    Port,
    /// More than a host and a port.
    #[error(
        "nothing may stand behind host and port; base, filter and scope have keys of their own"
    )]
    More,
}

impl Server {
    /// Reads `ldaps://host:port`.
    pub fn parse(text: &str) -> Result<Self, ServerError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(ServerError::Scheme)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "ldaps" => true,
            "ldap" => false,
            _ => return Err(ServerError::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '@', ' ']) {
            return Err(ServerError::More);
        }
        let (host, port) = split(rest)?;
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0),
            None => Some(if tls { 636 } else { 389 }),
        };
        let host = match host {
            "" => return Err(ServerError::Host),
            host => host.to_ascii_lowercase().into(),
        };
        let port = port.ok_or(ServerError::Port)?;
        Ok(Self { tls, host, port })
    }

    /// Whether it speaks TLS from the first octet on.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Its name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Host and port; an IPv6 address stands in brackets (RFC 3986 §3.2.2).
fn split(text: &str) -> Result<(&str, Option<&str>), ServerError> {
    match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(ServerError::Host)?;
            match (rest, rest.strip_prefix(':')) {
                ("", _) => Ok((host, None)),
                (_, Some(port)) => Ok((host, Some(port))),
                (_, None) => Err(ServerError::Port),
            }
        }
        None => match text.split_once(':') {
            Some((_, port)) if port.contains(':') => Err(ServerError::Host),
            Some((host, port)) => Ok((host, Some(port))),
            None => Ok((text, None)),
        },
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "ldaps" } else { "ldap" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_from_its_url() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Server::parse(text).unwrap().to_string(), expected, "{text}");
        };
        check("ldaps://LDAP1.contoso.com", "ldaps://ldap1.contoso.com:636");
        check("ldap://ldap1.contoso.com/", "ldap://ldap1.contoso.com:389");
        check("LDAPS://127.0.0.1:3636", "ldaps://127.0.0.1:3636");
        check("ldaps://[2001:db8::1]", "ldaps://[2001:db8::1]:636");
        check("ldap://[::1]:1389", "ldap://[::1]:1389");
    }

    #[test]
    fn what_is_no_server_is_told() {
        let check = |text: &str, expected| assert_eq!(Server::parse(text), Err(expected), "{text}");
        check("ldap1.contoso.com", ServerError::Scheme);
        check("https://contoso.com", ServerError::Scheme);
        check("ldaps://", ServerError::Host);
        check("ldaps://:636", ServerError::Host);
        check("ldaps://::1", ServerError::Host);
        check("ldaps://[::1", ServerError::Host);
        check("ldaps://[::1]636", ServerError::Port);
        check("ldaps://a:0", ServerError::Port);
        check("ldaps://a:65536", ServerError::Port);
        check("ldaps://a/dc=contoso", ServerError::More);
        check("ldaps://cn@a", ServerError::More);
    }
}
