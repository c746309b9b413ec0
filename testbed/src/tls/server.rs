//! The server's end of TLS.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::accept_any::{AcceptAny, Mandatory};
use super::{KeyExchange, Version, certified_key, provider, roots, versions};
use crate::certificates::{Authority, Certificate};

/// How a sink speaks TLS. Sessions can be resumed as long as the value is the same, so that a test can see who does.
///
/// ```
/// use testbed::certificates::{Authority, Leaf};
/// use testbed::tls::{ClientDemand, ServerTls};
///
/// let authority = Authority::new("Test root");
/// let certificate = authority.issue(&Leaf::new("mail.protection.outlook.com"));
/// let tls = ServerTls::showing(&certificate).demanding(ClientDemand::Of(vec![authority]));
/// ```
#[derive(Debug, Clone)]
pub struct ServerTls {
    identity: Arc<CertifiedKey>,
    demand: ClientDemand,
    only: Option<Version>,
    exchange: KeyExchange,
    config: Arc<ServerConfig>,
}

/// Whether the server asks for a client certificate, and which will do.
#[derive(Debug, Clone)]
pub enum ClientDemand {
    /// It does not ask.
    Nothing,
    /// It asks; none will do, and so will any.
    Wish,
    /// It must be shown one, of whatever authority.
    Any,
    /// It must be shown one of these authorities.
    Of(Vec<Authority>),
    /// If it is shown one, then one of these authorities.
    WishOf(Vec<Authority>),
}

impl ServerTls {
    /// Shows this certificate and asks for none.
    pub fn showing(certificate: &Certificate) -> Self {
        Self::build(
            certified_key(certificate),
            ClientDemand::Nothing,
            None,
            KeyExchange::Any,
        )
    }

    /// What the client must show.
    #[must_use]
    pub fn demanding(self, demand: ClientDemand) -> Self {
        Self::build(self.identity, demand, self.only, self.exchange)
    }

    /// Speaks this version only.
    #[must_use]
    pub fn only(self, version: Version) -> Self {
        Self::build(self.identity, self.demand, Some(version), self.exchange)
    }

    /// Knows no key exchange that withstands a quantum computer.
    #[must_use]
    pub fn classical(self) -> Self {
        Self::build(
            self.identity,
            self.demand,
            self.only,
            KeyExchange::Classical,
        )
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    fn build(
        identity: Arc<CertifiedKey>,
        demand: ClientDemand,
        only: Option<Version>,
        exchange: KeyExchange,
    ) -> Self {
        let config = ServerConfig::builder_with_provider(exchange.provider())
            .with_protocol_versions(versions(only))
            .expect("the provider speaks both versions")
            .with_client_cert_verifier(demand.verifier())
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::clone(
                &identity,
            ))));
        Self {
            identity,
            demand,
            only,
            exchange,
            config: Arc::new(config),
        }
    }
}

impl ClientDemand {
    fn verifier(&self) -> Arc<dyn ClientCertVerifier> {
        let any = |mandatory| {
            Arc::new(AcceptAny {
                provider: provider(),
                mandatory,
            })
        };
        let of = |authorities| {
            WebPkiClientVerifier::builder_with_provider(roots(authorities), provider())
        };
        match self {
            Self::Nothing => Arc::new(NoClientAuth),
            Self::Wish => any(Mandatory::No),
            Self::Any => any(Mandatory::Yes),
            Self::Of(authorities) => of(authorities)
                .build()
                .expect("at least one authority is named"),
            Self::WishOf(authorities) => of(authorities)
                .allow_unauthenticated()
                .build()
                .expect("at least one authority is named"),
        }
    }
}
