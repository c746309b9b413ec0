//! The names that a certificate carries.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The names in a certificate, as they are spelled there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The common name of the subject.
    pub common_name: Option<String>,
    /// The DNS names of the subject alternative name extension.
    pub dns: Vec<String>,
}

impl Names {
    /// Reads them; what cannot be read carries none.
    pub fn of(der: &[u8]) -> Self {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return Self::default();
        };
        let common_name = certificate
            .subject()
            .iter_common_name()
            .next()
            .and_then(|n| n.as_str().ok());
        let alternatives = certificate.subject_alternative_name().ok().flatten();
        let dns = alternatives
            .iter()
            .flat_map(|extension| &extension.value.general_names)
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some((*name).to_owned()),
                _ => None,
            });
        Self {
            common_name: common_name.map(str::to_owned),
            dns: dns.collect(),
        }
    }
}
