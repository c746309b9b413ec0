//! A certificate with its chain, leaf first (RFC 8446 §4.4.2).

use std::sync::Arc;

use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{Error, InconsistentKeys};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::certificate::{self, Finding, Role};
use crate::code::Code;
use crate::config::fault::Fault;

/// At least one certificate, each of which can be read.
#[derive(Debug)]
pub(super) struct Chain(Vec<CertificateDer<'static>>);

pub(super) fn parse(octets: &[u8]) -> Result<Chain, Fault> {
    let none = |why: String| Fault::new(Code::NO_CERTIFICATE, why);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(octets)
        .collect::<Result<_, _>>()
        .map_err(|error| none(format!("the file is not PEM: {error}")))?;
    if chain.is_empty() {
        return Err(none("the file holds no certificate".into()));
    }
    for (index, one) in chain.iter().enumerate() {
        if X509Certificate::from_der(one).is_err() {
            return Err(none(format!(
                "certificate {} of the file is damaged",
                index + 1
            )));
        }
    }
    Ok(Chain(chain))
}

impl Chain {
    /// Whether each certificate is followed by that of its issuer.
    pub(super) fn ordered(&self) -> Result<(), Fault> {
        let parsed: Vec<X509Certificate<'_>> = self.parsed().collect();
        let wrong = parsed
            .windows(2)
            .position(|pair| pair[0].issuer().as_raw() != pair[1].subject().as_raw());
        wrong.map_or(Ok(()), |index| {
            let (this, next) = (index + 1, index + 2);
            let message = format!(
                "certificate {next} of the file is not that of the issuer of certificate {this}"
            );
            Err(Fault::new(Code::CHAIN_DISORDERED, message))
        })
    }

    /// Whether a peer that trusts some root can get from the leaf to it. `issuers` are the roots we know ourselves: a
    /// leaf that one of them signed needs nothing in between.
    pub(super) fn whole(&self, issuers: &[Vec<u8>]) -> Result<(), Fault> {
        let mut parsed = self.parsed();
        let (Some(only), None) = (parsed.next(), parsed.next()) else {
            return Ok(());
        };
        let issuer = only.issuer().as_raw();
        if issuer == only.subject().as_raw() || issuers.iter().any(|root| root == issuer) {
            return Ok(());
        }
        let message = format!(
            "the file holds one certificate, and not that of its issuer: {}",
            only.issuer()
        );
        Err(Fault::new(Code::CHAIN_INCOMPLETE, message))
    }

    /// What else a peer may not like about it.
    pub(super) fn findings(&self, roles: &[Role], issuers: &[Vec<u8>], now: i64) -> Vec<Finding> {
        certificate::findings(&self.0, roles, issuers, now)
    }

    /// Whether the key signs for the leaf.
    pub(super) fn belongs_to(&self, key: Arc<dyn SigningKey>) -> Result<(), Fault> {
        match CertifiedKey::new(self.0.clone(), key).keys_match() {
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(Fault::new(
                Code::KEY_MISMATCH,
                "this private key belongs to another certificate",
            )),
            _ => Ok(()),
        }
    }

    fn parsed(&self) -> impl Iterator<Item = X509Certificate<'_>> {
        self.0.iter().filter_map(|one| {
            X509Certificate::from_der(one)
                .ok()
                .map(|(_, parsed)| parsed)
        })
    }
}
