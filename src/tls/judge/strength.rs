//! Whether a key is long enough that its signatures say anything.

use rustls_pki_types::CertificateDer;
use x509_parser::public_key::PublicKey;

use super::Distrust;

/// The least that our cryptographic library checks a signature with; every current recommendation asks for it.
pub(super) const RSA_BITS_MIN: usize = 2048;

/// Refuses a certificate for a short RSA key, whose possession proves nothing.
///
/// The library would refuse its signature, too, and call it a bad one.
pub(crate) fn strong(leaf: &CertificateDer<'_>) -> Result<(), Distrust> {
    match rsa_bits(leaf) {
        Some(bits) if bits < RSA_BITS_MIN => Err(Distrust::WeakKey { bits }),
        Some(_) | None => Ok(()),
    }
}

/// `None`: it is of another kind, or cannot be read.
fn rsa_bits(leaf: &CertificateDer<'_>) -> Option<usize> {
    let (_, certificate) = x509_parser::parse_x509_certificate(leaf).ok()?;
    let PublicKey::RSA(key) = certificate.public_key().parsed().ok()? else {
        return None;
    };
    let zeros = key.modulus.iter().take_while(|&&octet| octet == 0).count();
    let modulus = &key.modulus[zeros..];
    let first = modulus.first()?;
    Some(8 * modulus.len() - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use testbed::certificates::{Authority, Key, Leaf};

    use super::*;

    #[test]
    fn a_short_key_is_no_key() {
        let root = Authority::new("Root");
        for (key, expected) in [
            (Key::Rsa1024, Err(Distrust::WeakKey { bits: 1024 })),
            (Key::Rsa2048, Ok(())),
            (Key::P256, Ok(())),
        ] {
            let certificate = root.issue(&Leaf::new("mx.contoso.com").key(key));
            assert_eq!(strong(certificate.der()), expected, "{key:?}");
        }
        assert_eq!(
            rsa_bits(root.issue(&Leaf::new("x").key(Key::Rsa2048)).der()),
            Some(2048)
        );
    }
}
