//! A certificate with its chain and its private key.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, Issuer, KeyPair, SerialNumber};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::{Authority, pem};
use super::{Leaf, Names};

/// A certificate with its private key, ready to be shown or to be written to files.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub(super) params: CertificateParams,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: Arc<KeyPair>,
}

impl Certificate {
    /// A leaf that vouches for itself.
    pub fn self_signed(leaf: &Leaf) -> Self {
        let (params, key) = (leaf.params(), leaf.generate_key());
        let certificate = params
            .signed_by(&leaf.public_key(&key), &Issuer::from_params(&params, &key))
            .expect("parameters made here can be signed");
        Self {
            chain: vec![certificate.der().clone()],
            params,
            key: Arc::new(key),
        }
    }

    /// One that was made elsewhere, for what cannot be made here any more. Panics if the leaf is no certificate,
    /// or the key of a kind that is not made here.
    pub fn from_der(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Self {
        let mut params = CertificateParams::default();
        let (_, leaf) = X509Certificate::from_der(&chain[0]).expect("a certificate");
        params.serial_number = Some(SerialNumber::from_slice(leaf.raw_serial()));
        let key = KeyPair::try_from(key).expect("a key of a known kind");
        Self {
            params,
            chain,
            key: Arc::new(key),
        }
    }

    /// The leaf and what follows it, the root not included.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The leaf alone.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.chain[0]
    }

    /// The private key in PKCS #8.
    pub fn key_der(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }

    /// The chain as PEM, leaf first.
    pub fn chain_pem(&self) -> String {
        self.chain
            .iter()
            .map(|der| pem("CERTIFICATE", der))
            .collect()
    }

    /// The private key as PEM.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// The names in the leaf.
    pub fn names(&self) -> Names {
        Names::of(self.der())
    }

    /// The same leaf with nothing behind it: what a server shows whose administrator forgot the intermediate.
    #[must_use]
    pub fn without_chain(mut self) -> Self {
        self.chain.truncate(1);
        self
    }

    /// The same chain with another's key: a stolen certificate, whose owner cannot sign for it.
    #[must_use]
    pub fn with_key_of(mut self, other: &Self) -> Self {
        self.key = Arc::clone(&other.key);
        self
    }

    /// Lets the leaf issue others as if it were an authority, which it is not.
    pub fn misused_as_authority(&self) -> Authority {
        Authority::misusing(self)
    }

    /// Writes `STEM.pem` and `STEM.key` (mode 0600) and says where. Files that are there are replaced, each as a whole.
    pub fn write_to(&self, directory: &Path, stem: &str) -> io::Result<(PathBuf, PathBuf)> {
        let certificate = directory.join(format!("{stem}.pem"));
        let key = directory.join(format!("{stem}.key"));
        replace(&key, &self.key_pem(), 0o600)?;
        replace(&certificate, &self.chain_pem(), 0o644)?;
        Ok((certificate, key))
    }

    pub(super) fn serial(&self) -> SerialNumber {
        self.params
            .serial_number
            .clone()
            .expect("every certificate made here has a serial number")
    }
}

/// A reader sees the old file or the new one, never a part of one.
pub(super) fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&draft)?
        .write_all(text.as_bytes())?;
    fs::rename(&draft, path)
}
