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
    manner: Manner,
    config: Arc<ClientConfig>,
    show: Arc<Show>,
}

/// What it is built from.
#[derive(Debug, Clone)]
struct Manner {
    trust: Trust,
    identity: Option<Arc<CertifiedKey>>,
    only: Option<Version>,
    exchange: KeyExchange,
    resumption: Resumes,
    server_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resumes {
    Sessions,
    Never,
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
        let roots = authorities.into_iter().cloned().collect();
        Self::of(Manner::new(Trust::Roots(roots), server_name))
    }

    /// Trusts any server that owns the key of what it shows; asks for this name.
    pub fn unverified(server_name: &str) -> Self {
        Self::of(Manner::new(Trust::Anybody, server_name))
    }

    /// Shows this certificate to a server that asks for one.
    #[must_use]
    pub fn showing(self, certificate: &Certificate) -> Self {
        Self::of(Manner {
            identity: Some(certified_key(certificate)),
            ..self.manner
        })
    }

    /// Speaks this version only.
    #[must_use]
    pub fn only(self, version: Version) -> Self {
        Self::of(Manner {
            only: Some(version),
            ..self.manner
        })
    }

    /// Knows no key exchange that withstands a quantum computer.
    #[must_use]
    pub fn classical(self) -> Self {
        Self::of(Manner {
            exchange: KeyExchange::Classical,
            ..self.manner
        })
    }

    /// Begins every connection with a full handshake, as one who was never here.
    #[must_use]
    pub fn a_stranger_each_time(self) -> Self {
        Self::of(Manner {
            resumption: Resumes::Never,
            ..self.manner
        })
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
        ServerName::try_from(self.manner.server_name.clone())
            .expect("a test asks for a DNS name or an address")
    }

    fn of(manner: Manner) -> Self {
        let show = Arc::new(Show {
            identity: manner.identity.clone(),
            requests: AtomicU64::new(0),
            hints: Mutex::new(Vec::new()),
        });
        let builder = ClientConfig::builder_with_provider(manner.exchange.provider())
            .with_protocol_versions(versions(manner.only))
            .expect("the provider speaks both versions");
        let builder = match &manner.trust {
            Trust::Roots(authorities) => builder.with_root_certificates(roots(authorities)),
            Trust::Anybody => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AcceptAny {
                    provider: provider(),
                    mandatory: Mandatory::No,
                })),
        };
        let mut config = builder.with_client_cert_resolver(Arc::<Show>::clone(&show));
        config.resumption = match manner.resumption {
            Resumes::Sessions => Resumption::in_memory_sessions(32),
            Resumes::Never => Resumption::disabled(),
        };
        Self {
            manner,
            config: Arc::new(config),
            show,
        }
    }
}

impl Manner {
    fn new(trust: Trust, server_name: &str) -> Self {
        Self {
            trust,
            identity: None,
            only: None,
            exchange: KeyExchange::Any,
            resumption: Resumes::Sessions,
            server_name: server_name.to_owned(),
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

#[cfg(test)]
mod tests {
    use rustls::{ClientConnection, HandshakeKind, ServerConnection};

    use super::*;
    use crate::certificates::Leaf;
    use crate::tls::ServerTls;

    /// The handshakes of two connections, one after the other.
    fn handshakes(client: &ClientTls, server: &ServerTls) -> [Option<HandshakeKind>; 2] {
        [(); 2].map(|()| {
            let ours = ClientConnection::new(client.config(), client.server_name());
            let mut ours = ours.expect("a client");
            let mut theirs = ServerConnection::new(server.config()).expect("a server");
            let mut wire = Vec::new();
            while ours.wants_write() || theirs.wants_write() {
                ours.write_tls(&mut wire).expect("memory");
                theirs
                    .read_tls(&mut &*std::mem::take(&mut wire))
                    .expect("memory");
                theirs.process_new_packets().expect("what a client says");
                while theirs.wants_write() {
                    theirs.write_tls(&mut wire).expect("memory");
                }
                ours.read_tls(&mut &*std::mem::take(&mut wire))
                    .expect("memory");
                ours.process_new_packets().expect("what a server says");
            }
            ours.handshake_kind()
        })
    }

    #[test]
    fn a_stranger_resumes_nothing() {
        let certificate = Authority::new("Root").issue(&Leaf::new("mx.contoso.com"));
        let server = ServerTls::showing(&certificate);
        let client = ClientTls::unverified("mx.contoso.com");
        let resumed = [Some(HandshakeKind::Full), Some(HandshakeKind::Resumed)];
        assert_eq!(handshakes(&client, &server), resumed);
        let stranger = client.a_stranger_each_time();
        assert_eq!(
            handshakes(&stranger, &server),
            [Some(HandshakeKind::Full); 2]
        );
    }
}
