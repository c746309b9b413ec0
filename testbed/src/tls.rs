//! TLS configurations for both ends (RFC 3207, RFC 8446), built with an explicit provider: no process default is read or
//! set, so that the program under test chooses its own.

mod accept_any;
mod client;
mod server;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, ProtocolVersion, SupportedProtocolVersion};

use crate::certificates::{Authority, Certificate, Names};

pub use client::ClientTls;
pub use server::{ClientDemand, ServerTls};

/// What became of one handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsInfo {
    /// The version agreed upon.
    pub version: Version,
    /// The names in the peer's certificate; `None`: it showed none.
    pub peer: Option<Names>,
    /// An earlier session was resumed, so that no certificate was shown anew.
    pub resumed: bool,
    /// How the key was agreed upon: `X25519MLKEM768`.
    pub key_exchange: String,
    /// What protects the octets: `TLS13_AES_128_GCM_SHA256`.
    pub cipher_suite: String,
    /// The name the client asked for (RFC 6066 §3). Known to the server only.
    pub server_name: Option<String>,
}

/// A TLS version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// RFC 5246
    V12,
    /// RFC 8446
    V13,
}

impl TlsInfo {
    /// The DNS names in the peer's certificate.
    pub fn client_certificate_names(&self) -> &[String] {
        self.peer.as_ref().map_or(&[], |names| &names.dns)
    }

    pub(crate) fn of(connection: &rustls::CommonState, server_name: Option<&str>) -> Self {
        let peer = connection.peer_certificates().and_then(<[_]>::first);
        Self {
            version: match connection.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => Version::V12,
                _ => Version::V13,
            },
            peer: peer.map(|der| Names::of(der)),
            key_exchange: connection
                .negotiated_key_exchange_group()
                .map_or_else(String::new, |group| format!("{:?}", group.name())),
            cipher_suite: connection
                .negotiated_cipher_suite()
                .map_or_else(String::new, |suite| format!("{:?}", suite.suite())),
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
            server_name: server_name.map(str::to_owned),
        }
    }
}

impl Version {
    fn only(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::V12 => ONLY_12,
            Self::V13 => ONLY_13,
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Which ways to agree upon a key an end knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyExchange {
    /// All of the library's.
    Any,
    /// What older libraries have: nothing that a quantum computer could not undo.
    Classical,
}

impl KeyExchange {
    fn provider(self) -> Arc<CryptoProvider> {
        let mut provider = aws_lc_rs::default_provider();
        if self == Self::Classical {
            provider.kx_groups = vec![
                aws_lc_rs::kx_group::X25519,
                aws_lc_rs::kx_group::SECP256R1,
                aws_lc_rs::kx_group::SECP384R1,
            ];
        }
        Arc::new(provider)
    }
}

fn versions(only: Option<Version>) -> &'static [&'static SupportedProtocolVersion] {
    only.map_or(rustls::DEFAULT_VERSIONS, Version::only)
}

fn roots(authorities: &[Authority]) -> Arc<rustls::RootCertStore> {
    let mut store = rustls::RootCertStore::empty();
    for authority in authorities {
        store
            .add(authority.der().clone())
            .expect("an authority made here is well formed");
    }
    Arc::new(store)
}

static ONLY_12: &[&SupportedProtocolVersion] = &[&TLS12];
static ONLY_13: &[&SupportedProtocolVersion] = &[&TLS13];

/// Key and chain are not compared: a certificate that belongs to another key is a test of its own.
fn certified_key(certificate: &Certificate) -> Arc<CertifiedKey> {
    let key = provider()
        .key_provider
        .load_private_key(certificate.key_der())
        .expect("a key made here can be loaded");
    Arc::new(CertifiedKey::new(certificate.chain().to_vec(), key))
}
