//! The only home of TLS: every rustls configuration of the gateway is built here.
//!
//! Towards a client we check possession of its key only and judge its chain afterwards, per side ([`judge`]): a
//! stranger with a self-signed certificate is still the internet and may send. Towards a hop the judgement is part of
//! the handshake. TLS 1.2 and 1.3, one provider (aws-lc-rs) for everything.

mod directory;
mod files;
mod identity;
mod inbound;
mod judge;
mod material;
mod outbound;
mod revocation;
mod roots;
mod underlay;

pub(crate) use directory::directory_client;
pub(crate) use files::Stamp;
pub(crate) use inbound::ServerTls;
pub(crate) use judge::{Distrust, Judge};
pub(crate) use material::Material;
pub(crate) use outbound::HopClient;
pub(crate) use underlay::Underlay;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::CipherSuite;
use rustls::crypto::CryptoProvider;

/// Why certificates, keys, roots or lists could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file that cannot be read or holds something else.
    #[error("{}: {why}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The operating system offers no roots.
    #[error("the system's trust roots cannot be read ({0}); name a PEM file in trust_roots")]
    SystemRoots(String),
    /// rustls refused the configuration.
    #[error("TLS configuration: {0}")]
    Config(#[from] rustls::Error),
}

/// The provider of all cryptography. AES-128-GCM comes first: it is as strong as the P-256 of the certificates, and its
/// key schedule is SHA-256, for which processors have instructions, where that of AES-256-GCM is SHA-384.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .cipher_suites
        .sort_by_key(|suite| !is_aes_128(suite.suite())); // stable
    Arc::new(provider)
}

fn is_aes_128(suite: CipherSuite) -> bool {
    matches!(
        suite,
        CipherSuite::TLS13_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    )
}

/// What was negotiated, for the Received field and the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// `TLSv1.3`
    pub version: &'static str,
    /// `TLS_AES_128_GCM_SHA256`
    pub cipher: String,
}

impl Negotiated {
    /// As it was written down.
    pub(crate) fn named(version: &str, cipher: String) -> Self {
        let version = ["TLSv1.2", "TLSv1.3"]
            .into_iter()
            .find(|known| *known == version);
        Self {
            version: version.unwrap_or("TLS"),
            cipher,
        }
    }

    /// Read off a finished handshake.
    pub(crate) fn of(connection: &rustls::CommonState) -> Self {
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
            Some(_) | None => "TLS",
        };
        let cipher = connection
            .negotiated_cipher_suite()
            .map_or_else(|| "unknown".to_owned(), |suite| cipher_name(suite.suite()));
        Self { version, cipher }
    }
}

/// The IANA name; rustls says `TLS13_` where the registry says `TLS_`.
fn cipher_name(suite: CipherSuite) -> String {
    suite.as_str().map_or_else(
        || "unknown".to_owned(),
        |name| name.replacen("TLS13_", "TLS_", 1),
    )
}
