//! A certificate chain and its key, from PEM files.

use std::path::Path;
use std::sync::Arc;

use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::{TlsError, provider};
use crate::config;

/// Reads chain and key and makes sure that they belong together.
pub(super) fn load(identity: &config::Identity) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = certificates(&identity.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&identity.private_key).map_err(|error| {
        broken(
            &identity.private_key,
            format!("no private key could be read: {error}"),
        )
    })?;
    let key = provider()
        .key_provider
        .load_private_key(key)
        .map_err(|error| {
            broken(
                &identity.private_key,
                format!("unusable private key: {error}"),
            )
        })?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        // `Unknown`: the provider cannot tell, so it cannot be held against the pair.
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Ok(Arc::new(certified))
        }
        Err(_) => Err(broken(
            &identity.private_key,
            format!(
                "this key does not belong to the certificate in {}",
                identity.certificate.display()
            ),
        )),
    }
}

/// All certificates of a PEM file; at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match found {
        Ok(list) if list.is_empty() => Err(broken(path, "holds no certificate".to_owned())),
        Ok(list) => Ok(list),
        Err(error) => Err(broken(
            path,
            format!("no certificate could be read: {error}"),
        )),
    }
}

pub(super) fn broken(path: &Path, why: String) -> TlsError {
    TlsError::File {
        path: path.to_owned(),
        why,
    }
}
