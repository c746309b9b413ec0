//! Trust anchors.

use rustls_pki_types::{CertificateDer, TrustAnchor};

use super::TlsError;
use super::identity::{broken, certificates};
use crate::config::TrustRoots;

/// The anchors that `roots` names.
pub(super) fn anchors(roots: &TrustRoots) -> Result<Vec<TrustAnchor<'static>>, TlsError> {
    match roots {
        TrustRoots::System => system(),
        TrustRoots::File(path) => certificates(path)?
            .iter()
            .map(|certificate| {
                anchor(certificate)
                    .map_err(|error| broken(path, format!("unusable as a trust root: {error}")))
            })
            .collect(),
    }
}

/// The operating system's roots; single unusable ones are passed over, as every TLS library does.
fn system() -> Result<Vec<TrustAnchor<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let anchors: Vec<_> = found
        .certs
        .iter()
        .filter_map(|certificate| anchor(certificate).ok())
        .collect();
    if anchors.is_empty() {
        let why = found
            .errors
            .first()
            .map_or_else(|| "none found".to_owned(), ToString::to_string);
        return Err(TlsError::SystemRoots(why));
    }
    Ok(anchors)
}

fn anchor(certificate: &CertificateDer<'_>) -> Result<TrustAnchor<'static>, webpki::Error> {
    Ok(webpki::anchor_from_trusted_cert(certificate)?.to_owned())
}
