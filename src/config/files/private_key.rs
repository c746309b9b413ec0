//! The private key of a certificate.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::SigningKey;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::code::Code;
use crate::config::fault::Fault;

pub(super) fn parse(octets: &[u8]) -> Result<Arc<dyn SigningKey>, Fault> {
    const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    let none = |why: &str| Fault::new(Code::NO_PRIVATE_KEY, why);
    let key = PrivateKeyDer::from_pem_slice(octets).map_err(|_| {
        let encrypted = octets
            .windows(ENCRYPTED.len())
            .any(|window| window == ENCRYPTED);
        none(if encrypted {
            "the private key is encrypted, and nobody is there to type its password"
        } else {
            "the file holds no private key"
        })
    })?;
    any_supported_type(&key).map_err(|_| none("the private key is of a kind that cannot be used"))
}
