//! Who issues certificates, and takes them back.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, GeneralSubtree, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData,
    RevocationReason, RevokedCertParams, SerialNumber,
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use super::certificate::replace;
use super::leaf::{next_serial, subject};
use super::{Certificate, Leaf, Validity};

/// A certificate authority: a root, or an intermediate below one.
#[derive(Debug, Clone)]
pub struct Authority {
    params: CertificateParams,
    key: Arc<KeyPair>,
    der: CertificateDer<'static>,
    /// What a leaf of this authority shows behind itself: this authority and those above it, the root left out.
    chain: Vec<CertificateDer<'static>>,
}

/// A list of revoked certificates (RFC 5280 §5).
#[derive(Debug, Clone)]
pub struct RevocationList {
    der: CertificateRevocationListDer<'static>,
}

impl Authority {
    /// A self-signed root with this common name.
    pub fn new(name: &str) -> Self {
        let (params, key) = (authority_params(name), p256());
        let der = params
            .self_signed(&key)
            .expect("parameters made here can be signed")
            .der()
            .clone();
        Self {
            params,
            key: Arc::new(key),
            der,
            chain: Vec::new(),
        }
    }

    /// An authority below this one. Its leaves carry it in their chain ([`Certificate::without_chain`] takes it away).
    #[must_use]
    pub fn intermediate(&self, name: &str) -> Self {
        self.below(authority_params(name))
    }

    fn below(&self, params: CertificateParams) -> Self {
        let key = p256();
        let der = self.sign(&params, &key);
        let chain = std::iter::once(der.clone())
            .chain(self.chain.iter().cloned())
            .collect();
        Self {
            params,
            key: Arc::new(key),
            der,
            chain,
        }
    }

    /// An authority below this one that may vouch for names below `domain` only (RFC 5280 §4.2.1.10).
    #[must_use]
    pub fn constrained(&self, name: &str, domain: &str) -> Self {
        let mut params = authority_params(name);
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName(domain.to_owned())],
            excluded_subtrees: Vec::new(),
        });
        self.below(params)
    }

    /// Issues a leaf.
    pub fn issue(&self, leaf: &Leaf) -> Certificate {
        let (params, key) = (leaf.params(), leaf.generate_key());
        let chain = std::iter::once(self.sign(&params, &leaf.public_key(&key)))
            .chain(self.chain.iter().cloned())
            .collect();
        Certificate {
            params,
            chain,
            key: Arc::new(key),
        }
    }

    /// A list, good for three months, on which exactly these stand.
    pub fn revoke<'a>(
        &self,
        certificates: impl IntoIterator<Item = &'a Certificate>,
    ) -> RevocationList {
        self.revoke_in(Validity::Current, certificates)
    }

    /// A list, good in the given time, on which exactly these stand.
    pub fn revoke_in<'a>(
        &self,
        validity: Validity,
        certificates: impl IntoIterator<Item = &'a Certificate>,
    ) -> RevocationList {
        self.list(validity, certificates.into_iter().map(Certificate::serial))
    }

    /// A list, good for three months, on which an authority below this one stands.
    pub fn revoke_authority(&self, below: &Self) -> RevocationList {
        self.list(Validity::Current, below.params.serial_number.clone())
    }

    fn list(
        &self,
        validity: Validity,
        serials: impl IntoIterator<Item = SerialNumber>,
    ) -> RevocationList {
        let mut dates = CertificateParams::default();
        validity.apply(&mut dates);
        let revoked = |serial_number: SerialNumber| RevokedCertParams {
            serial_number,
            revocation_time: dates.not_before,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: dates.not_before,
            next_update: dates.not_after,
            crl_number: next_serial(),
            issuing_distribution_point: None,
            revoked_certs: serials.into_iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params
            .signed_by(&self.issuer())
            .expect("an authority made here may sign lists");
        RevocationList {
            der: list.der().clone(),
        }
    }

    /// The authority's own certificate.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// The authority's own certificate as PEM: what `trust_roots` wants.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }

    /// The authority's private key as PEM, for programs that issue certificates by themselves.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Writes `STEM.pem` and says where.
    pub fn write_to(&self, directory: &Path, stem: &str) -> io::Result<PathBuf> {
        let path = directory.join(format!("{stem}.pem"));
        replace(&path, &self.pem(), 0o644)?;
        Ok(path)
    }

    pub(super) fn misusing(certificate: &Certificate) -> Self {
        let mut params = certificate.params.clone();
        // Or the signing library would refuse, as an authority of this kind should.
        params.key_usages = Vec::new();
        Self {
            params,
            key: Arc::clone(&certificate.key),
            der: certificate.der().clone(),
            chain: certificate.chain.clone(),
        }
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &*self.key)
    }

    fn sign(
        &self,
        params: &CertificateParams,
        key: &impl PublicKeyData,
    ) -> CertificateDer<'static> {
        params
            .signed_by(key, &self.issuer())
            .expect("parameters made here can be signed")
            .der()
            .clone()
    }
}

impl RevocationList {
    /// The list as it is signed.
    pub fn der(&self) -> &CertificateRevocationListDer<'static> {
        &self.der
    }

    /// The list as PEM.
    pub fn pem(&self) -> String {
        pem("X509 CRL", &self.der)
    }

    /// Writes `STEM.crl` and says where.
    pub fn write_to(&self, directory: &Path, stem: &str) -> io::Result<PathBuf> {
        let path = directory.join(format!("{stem}.crl"));
        replace(&path, &self.pem(), 0o644)?;
        Ok(path)
    }
}

/// Textual encoding (RFC 7468).
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = crate::base64::encode(der);
    format!("-----BEGIN {label}-----\r\n{base64}-----END {label}-----\r\n")
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(Some(name));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(next_serial());
    Validity::Between(SystemTime::now() - DECADE, SystemTime::now() + DECADE).apply(&mut params);
    params
}

fn p256() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("the provider knows P-256")
}

/// Authorities outlive every leaf made here, those of the past included.
const DECADE: std::time::Duration = std::time::Duration::from_secs(10 * 365 * 24 * 60 * 60);
