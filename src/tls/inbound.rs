//! STARTTLS as a server.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::{TlsError, provider};

/// The configurations of all listeners: with and without a request for the client's certificate.
#[derive(Debug, Clone)]
pub(crate) struct ServerTls {
    asking: Arc<ServerConfig>,
    silent: Arc<ServerConfig>,
}

impl ServerTls {
    pub(super) fn new(identity: &Arc<CertifiedKey>) -> Result<Self, TlsError> {
        Ok(Self {
            asking: config(identity, true)?,
            silent: config(identity, false)?,
        })
    }

    /// For a listener where some side's certificate counts.
    pub(crate) fn asking(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.asking)
    }

    /// For a listener where none does.
    pub(crate) fn silent(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.silent)
    }
}

fn config(identity: &Arc<CertifiedKey>, ask: bool) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if ask {
        builder.with_client_cert_verifier(Arc::new(Possession { algorithms }))
    } else {
        builder.with_no_client_auth()
    };
    Ok(Arc::new(builder.with_cert_resolver(Arc::new(
        SingleCertAndKey::from(Arc::clone(identity)),
    ))))
}

/// Accepts every certificate whose key the client holds. Whose it is and whether that proves a side is judged
/// afterwards, so that a stranger with a useless certificate stays what he was without it.
#[derive(Debug)]
struct Possession {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Possession {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[] // no hints: some clients send nothing when their issuer is not among them
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
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
