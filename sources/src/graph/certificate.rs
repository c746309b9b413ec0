//! The application's certificate and key, looked at before anybody is asked to believe them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::KeyPair;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::GraphError;
use crate::{Revealed, Secret};

/// A certificate with its key.
pub(super) struct Identity {
    certificate: CertificateDer<'static>,
    key: Revealed,
}

/// What is wrong with the application's certificate or key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file.
    #[error("the certificate in {} cannot be read: {error}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Its content.
    #[error("{} has no certificate in PEM form", .0.display())]
    NoCertificate(PathBuf),
    /// The key's file.
    #[error(
        "private_key is no RSA key in PEM form without a passphrase; Entra takes RSA keys of 2048 bits or more"
    )]
    Key,
    /// They do not belong together.
    #[error("private_key is not the key of certificate; name the two that were made together")]
    OtherKey,
    /// Too late.
    #[error(
        "the application's certificate expired {days} days ago; make a new one and upload it to the app registration"
    )]
    Expired {
        /// How long ago.
        days: u64,
    },
    /// Too early.
    #[error("the application's certificate is not valid yet; compare this machine's clock")]
    NotValidYet,
    /// The key cannot sign.
    #[error("the application's key cannot sign; is it an RSA key of 2048 bits or more?")]
    Signature,
}

impl Identity {
    pub(super) fn read(
        file: &Path,
        private_key: &Secret,
        now: Duration,
        octets_max: u64,
    ) -> Result<Self, GraphError> {
        let pem = read(file, octets_max)?;
        let certificate = CertificateDer::from_pem_slice(&pem)
            .map_err(|_| IdentityError::NoCertificate(file.to_owned()))?;
        let key = private_key.reveal()?;
        check(&certificate, file, key.as_str(), now)?;
        Ok(Self { certificate, key })
    }

    /// What Entra shows as the certificate's thumbprint, in another alphabet (RFC 7515 §4.1.8).
    pub(super) fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.certificate))
    }

    pub(super) fn key_pem(&self) -> &str {
        self.key.as_str()
    }
}

fn read(file: &Path, octets_max: u64) -> Result<Vec<u8>, IdentityError> {
    let io = |error| IdentityError::Io {
        file: file.to_owned(),
        error,
    };
    let mut octets = Vec::new();
    let opened = File::open(file).map_err(io)?;
    opened
        .take(octets_max)
        .read_to_end(&mut octets)
        .map_err(io)?;
    Ok(octets)
}

/// Said here in plain words; Entra would say it in its own.
fn check(
    certificate: &CertificateDer<'_>,
    file: &Path,
    key: &str,
    now: Duration,
) -> Result<(), IdentityError> {
    let (_, parsed) = X509Certificate::from_der(certificate)
        .map_err(|_| IdentityError::NoCertificate(file.to_owned()))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| IdentityError::Key)?;
    let pair = match &key {
        PrivateKeyDer::Pkcs8(key) => rsa::KeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => rsa::KeyPair::from_der(key.secret_pkcs1_der()),
        _ => return Err(IdentityError::Key),
    };
    let pair = pair.map_err(|_| IdentityError::Key)?;
    if parsed.public_key().subject_public_key.data.as_ref() != pair.public_key().as_ref() {
        return Err(IdentityError::OtherKey);
    }
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = parsed.validity();
    if now < validity.not_before.timestamp() {
        return Err(IdentityError::NotValidYet);
    }
    let late = now.saturating_sub(validity.not_after.timestamp());
    match u64::try_from(late) {
        Ok(late) if late > 0 => Err(IdentityError::Expired { days: late / DAY }),
        _ => Ok(()),
    }
}

const DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests;
