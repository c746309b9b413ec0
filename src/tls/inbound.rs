//! STARTTLS as a server.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::judge::strong;
use super::{Distrust, TlsError, provider};

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
    let identity = SingleCertAndKey::from(Arc::clone(identity));
    let mut config = builder.with_cert_resolver(Arc::new(identity));
    config.ignore_client_order = true; // ours costs both less
    resume_by_tickets(&mut config)?;
    Ok(Arc::new(config))
}

/// A session is resumed by a ticket, which holds the chain that its client showed, and by nothing that is kept here. The
/// library makes a new key every six hours and knows the one before. The keys belong to this one configuration: when
/// roots, lists or identities change there is another one, to which the tickets of this one are so many octets; and so
/// it is between a listener that asks for certificates and one that does not.
fn resume_by_tickets(config: &mut ServerConfig) -> Result<(), TlsError> {
    config.ticketer = Ticketer::new()?;
    config.send_tls13_tickets = 1; // mail servers keep one session, and each resumption brings another
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(())
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
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        strong(end_entity).map_err(Distrust::into_error)?;
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use testbed::certificates::{Authority, Leaf};

    use super::*;

    /// A ticket is good for as long as its key and the one before it are kept.
    const TICKET_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

    fn server() -> ServerTls {
        let certificate = Authority::new("Root").issue(&Leaf::new("mx.contoso.com"));
        let key = provider()
            .key_provider
            .load_private_key(certificate.key_der());
        let key = CertifiedKey::new(certificate.chain().to_vec(), key.expect("a key"));
        ServerTls::new(&Arc::new(key)).expect("a configuration")
    }

    #[test]
    fn a_ticket_is_worth_nothing_to_another_configuration() {
        let (before, after) = (server(), server());
        let all = [
            before.asking(),
            before.silent(),
            after.asking(),
            after.silent(),
        ];
        for (index, one) in all.iter().enumerate() {
            let ticket = one.ticketer.encrypt(b"a session").expect("a ticket");
            for (other, reader) in all.iter().enumerate() {
                let read = reader.ticketer.decrypt(&ticket);
                let expected = (index == other).then(|| b"a session".to_vec());
                assert_eq!(read, expected, "{index} and {other}");
            }
            let life = Duration::from_secs(one.ticketer.lifetime().into());
            assert!(life <= TICKET_LIFE, "{life:?}");
            assert!(!one.session_storage.can_cache(), "nothing else is kept");
            assert_eq!(
                one.max_early_data_size, 0,
                "what can be replayed is not heard"
            );
        }
    }
}
