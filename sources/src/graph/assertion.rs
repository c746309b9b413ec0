//! The signed assertion (RFC 7523 §3, RFC 7519) by which an application shows that it has its key.
//!
//! Entra wants PS256 and knows the key by the SHA-256 of its certificate (`x5t#S256`, RFC 7515 §4.1.8).

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::GraphError;
use super::certificate::{Identity, IdentityError};
use crate::limits::{ASSERTION_LIFE, CLOCK_SKEW};

/// What it says (RFC 7523 §3).
#[derive(Serialize, Debug, PartialEq, Eq)]
struct Claims {
    aud: String,
    iss: String,
    sub: String,
    /// Never the same again, so that whoever reads one cannot use it.
    jti: String,
    nbf: u64,
    exp: u64,
    iat: u64,
}

/// A signed one.
pub(super) fn assertion(
    identity: &Identity,
    client_id: &str,
    audience: String,
    now: Duration,
) -> Result<String, GraphError> {
    let mut header = Header::new(Algorithm::PS256);
    header.x5t_s256 = Some(identity.thumbprint());
    let claims = Claims::new(client_id, audience, now)?;
    let key =
        EncodingKey::from_rsa_pem(identity.key_pem().as_bytes()).map_err(|_| IdentityError::Key)?;
    let signed = jsonwebtoken::encode(&header, &claims, &key);
    signed.map_err(|_| GraphError::Identity(IdentityError::Signature))
}

impl Claims {
    fn new(client_id: &str, audience: String, now: Duration) -> Result<Self, GraphError> {
        Ok(Self {
            aud: audience,
            iss: client_id.to_owned(),
            sub: client_id.to_owned(),
            jti: guid()?,
            nbf: now.saturating_sub(CLOCK_SKEW).as_secs(),
            exp: (now + ASSERTION_LIFE).as_secs(),
            iat: now.as_secs(),
        })
    }
}

/// A random UUID (RFC 9562 §5.4).
fn guid() -> Result<String, GraphError> {
    let mut octets = [0; 16];
    aws_lc_rs::rand::fill(&mut octets)
        .map_err(|_| GraphError::Inside("there are no random numbers".into()))?;
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(octets);
    let digits = format!("{number:032x}");
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    Ok(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_are_those_of_the_client() {
        let now = Duration::from_secs(1_000_000);
        let audience = "https://login.microsoftonline.com/t/oauth2/v2.0/token".to_owned();
        let claims = Claims::new("app", audience.clone(), now).unwrap();
        assert_eq!((claims.iss.as_str(), claims.sub.as_str()), ("app", "app"));
        assert_eq!(claims.aud, audience);
        assert_eq!(claims.iat, 1_000_000);
        assert!(claims.nbf <= claims.iat && claims.exp > claims.iat);
        assert!(
            claims.exp - claims.nbf <= 900,
            "Microsoft advises 5 to 10 minutes"
        );
        let other = Claims::new("app", audience, now).unwrap();
        assert_ne!(claims.jti, other.jti);
    }

    #[test]
    fn an_id_has_the_form_of_a_random_uuid() {
        let guid = guid().unwrap();
        let lengths: Vec<usize> = guid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&guid[14..15], "4");
        assert!("89ab".contains(&guid[19..20]));
    }
}
