//! Client assertions: JWTs (RFC 7519) that are judged by RFC 7523 §3 and by what Microsoft's page on certificate
//! credentials says of their header.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use serde_json::Value;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::certificates::Certificate;

/// Why an assertion is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Form(&'static str),
    Key,
    Signature,
    Audience,
    Issuer,
    Time,
}

/// Verifies an assertion and gives its id.
pub(super) fn verify(
    assertion: &str,
    certificates: &[Certificate],
    client_id: &str,
    audience: &str,
    now: u64,
) -> Result<String, Fault> {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(Fault::Form("it has not three parts"));
    };
    let signed = &assertion[..header.len() + 1 + claims.len()];
    let (header, claims) = (json(header)?, json(claims)?);
    let signature = decode(signature).ok_or(Fault::Form("the signature is no base64url"))?;
    if header["typ"] != "JWT" {
        return Err(Fault::Form("it is no JWT"));
    }
    let algorithm: &RsaParameters = match header["alg"].as_str() {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Fault::Form("the algorithm is neither PS256 nor RS256")),
    };
    let print = header["x5t#S256"].as_str().and_then(decode);
    let print = print.ok_or(Fault::Form("there is no x5t#S256"))?;
    let known = certificates.iter();
    let mut known = known.filter(|own| digest(&SHA256, own.der()).as_ref() == print.as_slice());
    let certificate = known.next().ok_or(Fault::Key)?;
    check_signature(certificate, algorithm, signed, &signature, now)?;
    check_claims(&claims, client_id, audience, now)
}

fn check_signature(
    certificate: &Certificate,
    algorithm: &'static RsaParameters,
    signed: &str,
    signature: &[u8],
    now: u64,
) -> Result<(), Fault> {
    let (_, parsed) = X509Certificate::from_der(certificate.der()).map_err(|_| Fault::Key)?;
    let end = u64::try_from(parsed.validity().not_after.timestamp()).unwrap_or(0);
    if end < now {
        return Err(Fault::Key);
    }
    let key = parsed.public_key().subject_public_key.data.to_vec();
    let key = UnparsedPublicKey::new(algorithm, key);
    key.verify(signed.as_bytes(), signature)
        .map_err(|_| Fault::Signature)
}

fn check_claims(
    claims: &Value,
    client_id: &str,
    audience: &str,
    now: u64,
) -> Result<String, Fault> {
    if claims["aud"] != audience {
        return Err(Fault::Audience);
    }
    if claims["iss"] != client_id || claims["sub"] != client_id {
        return Err(Fault::Issuer);
    }
    let time = |name: &str| {
        claims[name]
            .as_u64()
            .ok_or(Fault::Form("a time is missing"))
    };
    let (begin, end) = (time("nbf")?, time("exp")?);
    if begin > now || end <= now || end.saturating_sub(begin) > LIFE_SECONDS_MAX {
        return Err(Fault::Time);
    }
    let id = claims["jti"].as_str().filter(|id| id.len() >= 16);
    id.map(str::to_owned)
        .ok_or(Fault::Form("its id is missing or easily guessed"))
}

fn json(part: &str) -> Result<Value, Fault> {
    let octets = decode(part).ok_or(Fault::Form("a part is no base64url"))?;
    serde_json::from_slice(&octets).map_err(|_| Fault::Form("a part is no JSON"))
}

/// Base 64 for URLs (RFC 4648 §5) without padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(octets)
}

/// Microsoft advises five to ten minutes; more than an hour is a mistake.
const LIFE_SECONDS_MAX: u64 = 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_read() {
        let check = |text: &str, expected: Option<&[u8]>| {
            assert_eq!(decode(text).as_deref(), expected, "{text}");
        };
        check("", Some(b""));
        check("Zg", Some(b"f"));
        check("Zm8", Some(b"fo"));
        check("Zm9vYmFy", Some(b"foobar"));
        check("-_8", Some(b"\xfb\xff"));
        check("Zg==", None);
    }

    #[test]
    fn claims_are_judged_one_by_one() {
        let claims = serde_json::json!({
            "aud": "https://login/t", "iss": "app", "sub": "app", "nbf": 100, "exp": 700, "jti": "0123456789abcdef",
        });
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let check = |claims: Value, expected: Result<&str, Fault>| {
            let found = check_claims(&claims, "app", "https://login/t", 400);
            assert_eq!(
                found.as_deref().map_err(|fault| *fault),
                expected,
                "{claims}"
            );
        };
        check(claims.clone(), Ok("0123456789abcdef"));
        check(with("aud", "https://login/u".into()), Err(Fault::Audience));
        check(with("iss", "other".into()), Err(Fault::Issuer));
        check(with("sub", "other".into()), Err(Fault::Issuer));
        check(with("nbf", 401.into()), Err(Fault::Time));
        check(with("exp", 400.into()), Err(Fault::Time));
        check(with("exp", 100_000.into()), Err(Fault::Time));
        check(
            with("jti", Value::Null),
            Err(Fault::Form("its id is missing or easily guessed")),
        );
    }
}
