//! Links that a server gives us to follow.
//!
//! Each request carries a token that opens the whole tenant. So a link is followed only where it leads to the very host
//! that is configured, over https and on the same port.

use std::fmt;

use reqwest::Url;

use super::GraphError;
use crate::limits::LINK_OCTETS_MAX;

/// Scheme https, a host and a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Origin {
    host: String,
    port: u16,
}

/// A link to an origin's own.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Link(Url);

impl Origin {
    /// `None`: it is not https, has no host, or carries a name and password.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let plain = url.username().is_empty() && url.password().is_none();
        (url.scheme() == "https" && plain).then_some(())?;
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    /// A link of ours, from a path that begins with a slash, with its query.
    pub(super) fn link(&self, path: &str) -> Result<Link, GraphError> {
        self.accept(&format!("https://{}:{}{path}", self.host, self.port))
    }

    /// A link of the server's.
    pub(super) fn accept(&self, text: &str) -> Result<Link, GraphError> {
        if text.len() > LINK_OCTETS_MAX {
            return Err(GraphError::malformed("a link is too long"));
        }
        let url = Url::parse(text).map_err(|_| GraphError::malformed("a link is no URL"))?;
        match Self::of(&url) {
            Some(origin) if origin == *self => Ok(Link(url)),
            _ => Err(GraphError::ForeignLink {
                host: foreign_host(&url),
                configured: self.to_string(),
            }),
        }
    }
}

impl Link {
    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            443 => f.write_str(&self.host),
            port => write!(f, "{}:{port}", self.host),
        }
    }
}

/// Its tokens stand for a state of the tenant; nobody needs them in a log.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.0.path())
    }
}

fn foreign_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!(
        "{}://{}",
        url.scheme(),
        host.chars().take(100).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap()
    }

    #[test]
    fn only_links_to_the_same_origin_are_followed() {
        let check = |link: &str, expected: bool| {
            assert_eq!(origin().accept(link).is_ok(), expected, "{link}");
        };
        check(
            "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a",
            true,
        );
        check("https://GRAPH.microsoft.com:443/v1.0", true);
        check("http://graph.microsoft.com/v1.0", false);
        check("https://graph.microsoft.com:8443/v1.0", false);
        check("https://graph.microsoft.com.example.net/v1.0", false);
        check("https://example.net/graph.microsoft.com", false);
        check("https://graph.microsoft.com@example.net/", false);
        check("https://user:pass@graph.microsoft.com/", false);
        check("//graph.microsoft.com/v1.0", false);
        check("/v1.0/users/delta", false);
        check("", false);
    }

    #[test]
    fn a_link_is_bounded() {
        let link = |octets: usize| {
            let begin = "https://graph.microsoft.com/";
            origin().accept(&format!("{begin}{}", "a".repeat(octets - begin.len())))
        };
        assert!(link(LINK_OCTETS_MAX).is_ok());
        assert!(link(LINK_OCTETS_MAX + 1).is_err());
    }

    #[test]
    fn neither_errors_nor_debug_show_a_links_tokens() {
        let link = origin()
            .link("/v1.0/users/delta?$deltatoken=s3cret")
            .unwrap();
        assert!(!format!("{link:?}").contains("s3cret"));
        let error = origin().accept("https://example.net/?$deltatoken=s3cret");
        let error = format!("{:?}", error.unwrap_err());
        assert!(
            error.contains("example.net") && !error.contains("s3cret"),
            "{error}"
        );
    }
}
