//! TLS towards directory servers: chain and name are verified in the handshake, always.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::{TlsError, provider, roots};
use crate::config::TrustRoots;

/// A configuration that trusts these roots alone, and shows no certificate of ours.
pub(crate) fn directory_client(trusted: &TrustRoots) -> Result<Arc<ClientConfig>, TlsError> {
    let mut store = RootCertStore::empty();
    store.extend(roots::anchors(trusted)?);
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
