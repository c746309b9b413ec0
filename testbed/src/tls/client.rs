//! The client's end of TLS.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};

use super::accept_any::{AcceptAny, Mandatory};
use super::{KeyExchange, Version, certified_key, provider, roots, versions};
use crate::certificates::{Authority, Certificate};

/// How a client speaks TLS. Connections that use clones of one value may resume each other's sessions.
///
/// ```
/// use testbed::certificates::{Authority, Leaf};
/// use testbed::tls::{ClientTls, Version};
///
/// let authority = Authority::new("Test root");
/// let cloud = authority.issue(&Leaf::new("mail.protection.outlook.com"));
/// let tls = ClientTls::trusting([&authority], "mx.contoso.com").showing(&cloud).only(Version::V12);
/// ```
#[derive(Debug, Clone)]
pub struct ClientTls {
    trust: Trust,
    identity: Option<Arc<CertifiedKey>>,
    only: Option<Version>,
    exchange: KeyExchange,
    server_name: String,
    config: Arc<ClientConfig>,
    show: Arc<Show>,
}

#[derive(Debug, Clone)]
enum Trust {
    Roots(Vec<Authority>),
    Anybody,
}

impl ClientTls {
    /// Trusts servers of these authorities that have this name.
    pub fn trusting<'a>(
        authorities: impl IntoIterator<Item = &'a Authority>,
        server_name: &str,
    ) -> Self {
        Self::build(
            Trust::Roots(authorities.into_iter().cloned().collect()),
            None,
            None,
            KeyExchange::Any,
            server_name,
        )
    }

    /// Trusts any server that owns the key of what it shows; asks for this name.
    pub fn unverified(server_name: &str) -> Self {
        Self::build(Trust::Anybody, None, None, KeyExchange::Any, server_name)
    }

    /// Shows this certificate to a server that asks for one.
    #[must_use]
    pub fn showing(self, certificate: &Certificate) -> Self {
        Self::build(
            self.trust,
            Some(certified_key(certificate)),
            self.only,
            self.exchange,
            &self.server_name,
        )
    }

    /// Speaks this version only.
    #[must_use]
    pub fn only(self, version: Version) -> Self {
        Self::build(
            self.trust,
            self.identity,
            Some(version),
            self.exchange,
            &self.server_name,
        )
    }

    /// Knows no key exchange that withstands a quantum computer.
    #[must_use]
    pub fn classical(self) -> Self {
        Self::build(
            self.trust,
            self.identity,
            self.only,
            KeyExchange::Classical,
            &self.server_name,
        )
    }

    /// How often a server asked for our certificate.
    pub fn certificate_requests(&self) -> u64 {
        self.show.requests.load(Ordering::Relaxed)
    }

    /// The names of authorities (DER) in the last such request; empty: any will do (RFC 8446 §4.2.4).
    pub fn certificate_hints(&self) -> Vec<Vec<u8>> {
        self.show
            .hints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The same for programs that speak TLS by themselves.
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    pub(crate) fn server_name(&self) -> ServerName<'static> {
        ServerName::try_from(self.server_name.clone())
            .expect("a test asks for a DNS name or an address")
    }

    fn build(
        trust: Trust,
        identity: Option<Arc<CertifiedKey>>,
        only: Option<Version>,
        exchange: KeyExchange,
        server_name: &str,
    ) -> Self {
        let show = Arc::new(Show {
            identity: identity.clone(),
            requests: AtomicU64::new(0),
            hints: Mutex::new(Vec::new()),
        });
        let builder = ClientConfig::builder_with_provider(exchange.provider())
            .with_protocol_versions(versions(only))
            .expect("the provider speaks both versions");
        let builder = match &trust {
            Trust::Roots(authorities) => builder.with_root_certificates(roots(authorities)),
            Trust::Anybody => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AcceptAny {
                    provider: provider(),
                    mandatory: Mandatory::No,
                })),
        };
        let mut config = builder.with_client_cert_resolver(Arc::<Show>::clone(&show));
        config.resumption = Resumption::in_memory_sessions(32);
        Self {
            trust,
            identity,
            only,
            exchange,
            server_name: server_name.to_owned(),
            config: Arc::new(config),
            show,
        }
    }
}

/// Shows the certificate and notes that it was asked for.
#[derive(Debug)]
struct Show {
    identity: Option<Arc<CertifiedKey>>,
    requests: AtomicU64,
    // rustls calls `resolve` on a shared reference; held for one assignment, never across an await.
    hints: Mutex<Vec<Vec<u8>>>,
}

impl ResolvesClientCert for Show {
    fn resolve(&self, hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        *self.hints.lock().unwrap_or_else(PoisonError::into_inner) =
            hints.iter().map(|h| h.to_vec()).collect();
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        // Also without one: only so are we asked, and can say that the server wanted it.
        true
    }
}
