//! Why a certificate proves nothing.

use std::fmt;
use std::sync::Arc;

use rustls::{CertificateError, OtherError};

use super::strength::RSA_BITS_MIN;
use crate::config::Eku;

/// Why a certificate proves nothing. `Display` is the operator's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// The peer showed none.
    NoCertificate,
    /// It cannot even be parsed.
    Unreadable(String),
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// No chain to a root we were told to trust.
    UnknownIssuer,
    /// On a revocation list.
    Revoked,
    /// Its key is too short: whoever has a few machines signs with it.
    WeakKey {
        /// Of an RSA modulus.
        bits: usize,
    },
    /// Signed in a way that can be forged, or that nobody here knows.
    WeakSignature,
    /// The extended key usage does not allow this.
    Usage(Eku),
    /// Anything else that path building objects to.
    Chain(String),
    /// The chain is good, the name is not.
    OtherName {
        /// What the configuration asks for.
        wanted: Vec<String>,
        /// What the certificate carries.
        presented: Vec<String>,
    },
}

impl Distrust {
    /// What path building objected to.
    pub(super) fn from_path(error: &webpki::Error, usage: Eku) -> Self {
        match error {
            webpki::Error::CertExpired { .. } => Self::Expired,
            webpki::Error::CertNotValidYet { .. } => Self::NotYetValid,
            webpki::Error::UnknownIssuer => Self::UnknownIssuer,
            webpki::Error::CertRevoked => Self::Revoked,
            webpki::Error::RequiredEkuNotFoundContext(_) => Self::Usage(usage),
            webpki::Error::UnsupportedSignatureAlgorithmContext(_)
            | webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                Self::WeakSignature
            }
            other => Self::Chain(other.to_string()),
        }
    }

    /// The judgement inside a failed handshake, if that is why it failed.
    pub(crate) fn of(error: &std::io::Error) -> Option<Self> {
        match error.get_ref()?.downcast_ref::<rustls::Error>()? {
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
                inner.downcast_ref::<Self>().cloned()
            }
            _ => None,
        }
    }

    /// As rustls wants to hear it.
    pub(in crate::tls) fn into_error(self) -> rustls::Error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(self))))
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("the peer showed no certificate; is its connector set to present one?"),
            Self::Unreadable(why) => write!(f, "the peer's certificate cannot be read: {why}"),
            Self::Expired => f.write_str("the peer's certificate has expired; it must be renewed on the peer's side"),
            Self::NotYetValid => f.write_str("the peer's certificate is not valid yet; are both clocks right?"),
            Self::UnknownIssuer => f.write_str(
                "no chain from the peer's certificate to a trusted root; does the peer send its intermediates, and is the root in trust_roots?",
            ),
            Self::Revoked => f.write_str("the peer's certificate has been revoked by its issuer"),
            Self::WeakKey { bits } => write!(
                f,
                "the peer's certificate is for an RSA key of {bits} bits, and {RSA_BITS_MIN} are the least; it must be renewed on the peer's side with a longer one"
            ),
            Self::WeakSignature => f.write_str(
                "the peer's certificate, or one in its chain, is signed with an algorithm that can be forged (SHA-1, MD5) or is not known; it must be renewed on the peer's side",
            ),
            Self::Usage(Eku::Client) => f.write_str("the peer's certificate is not for client authentication; see the key `eku`"),
            Self::Usage(Eku::Server) => f.write_str("the peer's certificate is not for server authentication"),
            Self::Usage(Eku::Either) => f.write_str("the peer's certificate is neither for client nor for server authentication"),
            Self::Chain(why) => write!(f, "the peer's certificate chain is not acceptable: {why}"),
            Self::OtherName { wanted, presented } => {
                write!(f, "the configuration asks for {}, the peer presented {}", wanted.join(" or "), names(presented))
            }
        }
    }
}

fn names(presented: &[String]) -> String {
    if presented.is_empty() {
        "no DNS name at all (a CN alone does not count)".to_owned()
    } else {
        presented.join(", ")
    }
}

impl std::error::Error for Distrust {}
