//! The clouds that Microsoft keeps apart, each with a login host and a Graph host of its own.

use reqwest::Url;

use super::GraphError;
use super::link::Origin;

/// A cloud. A tenant is in exactly one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Cloud {
    /// The world's, with GCC.
    #[default]
    Global,
    /// GCC High (L4).
    UsGovernment,
    /// The Department of Defense's (L5).
    UsGovernmentDod,
    /// The one in China, operated by 21Vianet.
    China,
}

/// Where tokens and data come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    /// `https://` and a host.
    pub login: String,
    /// `https://` and a host.
    pub graph: String,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Global,
        Self::UsGovernment,
        Self::UsGovernmentDod,
        Self::China,
    ];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
    }

    /// Its hosts.
    pub fn endpoints(self) -> Endpoints {
        let (_, login, graph) = self.row();
        Endpoints {
            login: format!("https://{login}"),
            graph: format!("https://{graph}"),
        }
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Global => ("global", "login.microsoftonline.com", "graph.microsoft.com"),
            Self::UsGovernment => (
                "us-government",
                "login.microsoftonline.us",
                "graph.microsoft.us",
            ),
            Self::UsGovernmentDod => (
                "us-government-dod",
                "login.microsoftonline.us",
                "dod-graph.microsoft.us",
            ),
            Self::China => (
                "china",
                "login.chinacloudapi.cn",
                "microsoftgraph.chinacloudapi.cn",
            ),
        }
    }
}

impl Endpoints {
    /// Where a tenant's tokens come from, which is also whom an assertion is for.
    pub(super) fn token_url(&self, tenant_id: &str) -> String {
        format!("{}/{tenant_id}/oauth2/v2.0/token", self.login)
    }

    /// What a token is asked for: all that the application was granted.
    pub(super) fn scope(&self) -> String {
        format!("{}/.default", self.graph)
    }

    pub(super) fn graph_origin(&self) -> Result<Origin, GraphError> {
        origin(&self.graph)
    }

    pub(super) fn login_origin(&self) -> Result<Origin, GraphError> {
        origin(&self.login)
    }
}

fn origin(text: &str) -> Result<Origin, GraphError> {
    let origin = Url::parse(text).ok().and_then(|url| Origin::of(&url));
    origin.ok_or_else(|| GraphError::Setting(format!("{text:?} is no https:// and a host")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_hosts_of_its_own() {
        for cloud in Cloud::ALL {
            assert_eq!(Cloud::parse(cloud.name()), Some(cloud));
            let endpoints = cloud.endpoints();
            assert!(endpoints.graph_origin().is_ok() && endpoints.login_origin().is_ok());
            let others = Cloud::ALL.into_iter().filter(|other| *other != cloud);
            for other in others {
                assert_ne!(other.endpoints().graph, endpoints.graph);
            }
        }
        assert_eq!(Cloud::parse("moon"), None);
        let dod = Cloud::UsGovernmentDod.endpoints();
        assert_eq!(dod.scope(), "https://dod-graph.microsoft.us/.default");
        assert_eq!(
            dod.token_url("t"),
            "https://login.microsoftonline.us/t/oauth2/v2.0/token"
        );
    }

    #[test]
    fn an_endpoint_is_https_and_a_host() {
        for wrong in [
            "http://graph.microsoft.com",
            "graph.microsoft.com",
            "https://a@graph.microsoft.com",
        ] {
            assert!(
                matches!(origin(wrong), Err(GraphError::Setting(_))),
                "{wrong}"
            );
        }
    }
}
