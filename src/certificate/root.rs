//! A trust root's own time. No verifier looks at it (RFC 5280 §6.1.1: an anchor is believed as it is given), so an operator
//! should.

use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::Finding;

/// Whose root it is, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RootTerm {
    name: String,
    until: i64,
}

impl RootTerm {
    /// `None`: it is no certificate.
    pub(crate) fn read(root: &CertificateDer<'_>) -> Option<Self> {
        let (_, root) = X509Certificate::from_der(root).ok()?;
        Some(Self {
            name: root.subject().to_string(),
            until: root.validity().not_after.timestamp(),
        })
    }

    /// Whether its time is over.
    pub(crate) fn finding(&self, now: i64) -> Option<Finding> {
        (now > self.until).then(|| Finding::RootEnded {
            name: self.name.clone(),
            since: self.until,
        })
    }
}
