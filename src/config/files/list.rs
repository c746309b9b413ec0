//! Files of authorities, and of what they revoked.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::read;
use crate::certificate::ListHeader;
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::{Config, TrustRoots};
use crate::limits::PEM_FILE_MAX;

/// The authorities in a file.
pub(super) fn roots(octets: &[u8]) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let none = |why: &str| Fault::new(Code::NO_ROOTS, why);
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(octets)
        .collect::<Result<_, _>>()
        .map_err(|error| none(&format!("the file is not PEM: {error}")))?;
    match certificates.as_slice() {
        [] => Err(none("the file holds no certificate to trust")),
        all if all.iter().any(|one| subject(one).is_none()) => {
            Err(none("a certificate of the file is damaged"))
        }
        _ => Ok(certificates),
    }
}

/// The names of all authorities that are trusted for anything.
pub(super) fn issuers(config: &Config) -> Vec<Vec<u8>> {
    let sides = config
        .sides
        .iter()
        .filter_map(|side| side.tls.trust_roots.as_ref());
    let clients = config
        .sides
        .iter()
        .filter_map(|side| side.accept.as_ref())
        .chain(config.upstreams.iter().map(|one| &one.accept))
        .filter_map(|accept| accept.client_ca.clone())
        .map(TrustRoots::File);
    let mut names = Vec::new();
    for one in std::iter::once(&config.trust_roots)
        .chain(sides)
        .cloned()
        .chain(clients)
    {
        match one {
            TrustRoots::System => {
                names.extend(
                    rustls_native_certs::load_native_certs()
                        .certs
                        .iter()
                        .filter_map(subject),
                );
            }
            TrustRoots::File(file) => {
                let roots = read(&file, PEM_FILE_MAX).and_then(|octets| roots(&octets));
                names.extend(roots.unwrap_or_default().iter().filter_map(subject));
            }
        }
    }
    names
}

/// Revocation lists (RFC 5280 §5), PEM or DER; of each authority the newest.
pub(super) fn revocations(octets: &[u8]) -> Result<Vec<ListHeader>, Fault> {
    let none = |why: &str| Fault::new(Code::NO_REVOCATION_LIST, why);
    let lists: Vec<CertificateRevocationListDer<'static>> = if octets.first() == Some(&0x30) {
        vec![octets.to_vec().into()]
    } else {
        CertificateRevocationListDer::pem_slice_iter(octets)
            .collect::<Result<_, _>>()
            .map_err(|error| none(&format!("the file is neither PEM nor DER: {error}")))?
    };
    if lists.is_empty() {
        return Err(none("the file holds no revocation list"));
    }
    let readable = lists
        .iter()
        .all(|list| CertificateRevocationList::from_der(list).is_ok());
    if readable {
        let headers = lists.iter().filter_map(|list| ListHeader::read(list));
        Ok(ListHeader::newest(headers.collect()))
    } else {
        Err(none("the revocation list is damaged"))
    }
}

fn subject(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    X509Certificate::from_der(certificate)
        .ok()
        .map(|(_, parsed)| parsed.subject().as_raw().to_vec())
}
