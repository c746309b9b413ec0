//! STARTTLS as a client of a hop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::judge::strong;
use super::{Distrust, Judge, TlsError, provider};

/// How we speak TLS to the hops of one destination, with one identity.
#[derive(Debug)]
pub(crate) struct HopClient {
    base: ClientConfig,
    identity: Option<Arc<CertifiedKey>>,
}

impl HopClient {
    /// `judge`: `None` takes any certificate (opportunistic and encrypt).
    pub(super) fn new(
        judge: Option<Judge>,
        identity: Option<Arc<CertifiedKey>>,
    ) -> Result<Self, TlsError> {
        let provider = provider();
        let verifier = HopVerifier {
            judge,
            algorithms: provider.signature_verification_algorithms,
        };
        let mut base = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        // A resumed handshake asks for no certificate, and the pool is what saves handshakes.
        base.resumption = Resumption::disabled();
        Ok(Self { base, identity })
    }

    /// A configuration for one connection, and the witness that tells whether the hop asked for our certificate.
    pub(crate) fn connection(&self) -> (Arc<ClientConfig>, Arc<Witness>) {
        let witness = Arc::new(Witness {
            identity: self.identity.clone(),
            asked: AtomicBool::new(false),
        });
        let mut config = self.base.clone();
        config.client_auth_cert_resolver = Arc::clone(&witness) as Arc<dyn ResolvesClientCert>;
        (Arc::new(config), witness)
    }
}

/// Presents our certificate and remembers that it was asked for.
#[derive(Debug)]
pub(crate) struct Witness {
    identity: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Witness {
    /// Whether the hop asked, and so our certificate was shown.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }
}

impl ResolvesClientCert for Witness {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Release);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

#[derive(Debug)]
struct HopVerifier {
    judge: Option<Judge>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for HopVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        strong(end_entity).map_err(Distrust::into_error)?;
        let Some(judge) = &self.judge else {
            return Ok(ServerCertVerified::assertion());
        };
        let mut chain = Vec::with_capacity(1 + intermediates.len());
        chain.push(end_entity.clone());
        chain.extend(intermediates.iter().cloned());
        match judge.judge(&chain, now) {
            Ok(_) => Ok(ServerCertVerified::assertion()),
            Err(distrust) => Err(distrust.into_error()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
