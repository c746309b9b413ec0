//! Our ARC set (RFC 8617): what we found out when the message came, signed with the message as it leaves.
//!
//! Sealing is the last thing that is done to a message. Whether the chain before us held (`cv=`) was seen when the message
//! came: what we changed since then is what the seal is for.

use std::fmt::Write as _;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::body_hash::{BodyHash, Form};
use crate::field::{Field, fields};
use crate::limits;
use crate::results;
use crate::verdict::{Outcome, Verdict};

/// Seals in the name of one domain.
pub struct Sealer {
    domain: String,
    selector: String,
    key: RsaKeyPair,
}

/// Its key is nobody's business.
impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({}._domainkey.{})", self.selector, self.domain)
    }
}

/// Why a key is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no PEM section with a private key.
    #[error("no private key in PEM")]
    Pem,
    /// ARC knows RSA only in practice, and it must be whole.
    #[error("not an RSA key")]
    NotRsa,
    /// It could be guessed.
    #[error("fewer than {} bits", limits::SEAL_KEY_BITS_MIN)]
    Short,
}

/// Why a message is not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSealed {
    /// There may be no more sets (RFC 8617 §4.2.1).
    #[error("its chain has as many sets as there may be")]
    TooLong,
    /// Somebody before us has said that the chain is broken: it stays so (RFC 8617 §5.1).
    #[error("its chain was marked as broken before it came here")]
    Failed,
    /// DNS did not say whether the chain holds.
    #[error("it is not known whether its chain holds")]
    Unknown,
    /// Nothing would be covered.
    #[error("it has no From field")]
    NoFrom,
    /// The key did not sign.
    #[error("the key did not sign")]
    Key,
}

/// The body of a message as it leaves, for its seal.
#[derive(Debug)]
pub struct BodySeal(BodyHash);

impl BodySeal {
    /// Nothing of it yet.
    #[expect(
        clippy::new_without_default,
        reason = "it is the beginning of one body"
    )]
    pub fn new() -> Self {
        Self(BodyHash::new(Form::Relaxed))
    }

    /// What comes next of it.
    pub fn take(&mut self, octets: &[u8]) {
        self.0.take(octets);
    }
}

impl Sealer {
    /// With an RSA key in PEM (PKCS #8 or PKCS #1).
    pub fn new(domain: &str, selector: &str, pem: &[u8]) -> Result<Self, KeyError> {
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::Pem)?;
        let key = match &der {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(KeyError::NotRsa),
        };
        let key = key.map_err(|_| KeyError::NotRsa)?;
        if key.public_modulus_len() * 8 < limits::SEAL_KEY_BITS_MIN {
            return Err(KeyError::Short);
        }
        Ok(Self {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key,
        })
    }

    /// What DNS must have under `SELECTOR._domainkey.DOMAIN`.
    pub fn record(&self) -> String {
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(self.key.public_key());
        let spki = spki
            .map(|der| BASE64.encode(der.as_ref()))
            .unwrap_or_default();
        format!("v=DKIM1; k=rsa; p={spki}")
    }

    /// The three fields that go above `header`, the uppermost first, with their line ends. `header` is the header block
    /// as it leaves, `now` is in seconds since 1970.
    pub fn seal(
        &self,
        header: &[u8],
        body: BodySeal,
        hostname: &str,
        verdict: &Verdict,
        now: i64,
    ) -> Result<String, NotSealed> {
        let chain = Chain::of(header);
        let instance = chain.next()?;
        let cv = chain.validation(verdict)?;
        let results = format!(" i={instance}; {}", results::value(hostname, verdict));
        let signature = self.message_signature(header, body, instance, now)?;
        let mut covered = Vec::new();
        // RFC 8617 §5.1.2: of a broken chain only our own set is covered.
        if cv == "pass" {
            chain.canonical(instance, &mut covered);
        }
        let ours = [
            ("ARC-Authentication-Results", &results),
            ("ARC-Message-Signature", &signature),
        ];
        for (name, value) in ours {
            field(name, value).relaxed(&mut covered);
            covered.extend_from_slice(b"\r\n");
        }
        let (domain, selector) = (&self.domain, &self.selector);
        let mut seal = format!(
            " i={instance}; a=rsa-sha256; cv={cv}; d={domain}; s={selector};\r\n\tt={now};\r\n\tb="
        );
        field("ARC-Seal", &seal).relaxed(&mut covered);
        seal.push_str(&self.sign(&covered)?);
        Ok(format!(
            "ARC-Seal:{seal}\r\nARC-Message-Signature:{signature}\r\nARC-Authentication-Results:{results}\r\n"
        ))
    }

    fn message_signature(
        &self,
        header: &[u8],
        body: BodySeal,
        instance: u32,
        now: i64,
    ) -> Result<String, NotSealed> {
        let mut signed = Vec::new();
        let mut names = String::new();
        for name in SEALED {
            // From the lowest up (RFC 6376 §5.4.2).
            let mut found: Vec<Field<'_>> = fields(header).filter(|one| one.is(name)).collect();
            found.reverse();
            for one in found.iter().take(limits::SEALED_FIELDS_MAX) {
                one.relaxed(&mut signed);
                signed.extend_from_slice(b"\r\n");
                separate(&mut names, name);
            }
            if *name == "From" {
                if found.is_empty() {
                    return Err(NotSealed::NoFrom);
                }
                separate(&mut names, name); // one more that is not there: nobody can add one
            }
        }
        let (domain, selector) = (&self.domain, &self.selector);
        let hash = BASE64.encode(body.0.finish());
        let mut value = format!(
            " i={instance}; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};\r\n\tt={now};\r\n\t\
             h={names};\r\n\tbh={hash};\r\n\tb="
        );
        field("ARC-Message-Signature", &value).relaxed(&mut signed);
        value.push_str(&self.sign(&signed)?);
        Ok(value)
    }

    /// In Base64, folded.
    fn sign(&self, octets: &[u8]) -> Result<String, NotSealed> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, octets, &mut signature)
            .map_err(|_| NotSealed::Key)?;
        let text = BASE64.encode(signature);
        let mut folded = String::with_capacity(text.len() + 20);
        for (at, c) in text.char_indices() {
            if at > 0 && at % 72 == 0 {
                folded.push_str("\r\n\t ");
            }
            folded.push(c);
        }
        Ok(folded)
    }
}

fn field<'a>(name: &'a str, value: &'a str) -> Field<'a> {
    Field {
        name: name.as_bytes(),
        value: value.as_bytes(),
    }
}

/// Names stand on lines of bounded length.
fn separate(names: &mut String, name: &str) {
    if !names.is_empty() {
        let line = names.rsplit('\n').next().map_or(0, str::len);
        names.push_str(if line > 60 { ":\r\n\t " } else { ":" });
    }
    let _ = write!(names, "{name}");
}

/// What our seal covers of a header block, where it is there: what people see, and what says how to read it. Not what those
/// behind us add to or take away (RFC 8617 §4.1.2).
const SEALED: &[&str] = &[
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "DKIM-Signature",
];

/// The sets of those before us.
struct Chain<'a> {
    fields: Vec<(u32, Field<'a>)>,
}

impl<'a> Chain<'a> {
    fn of(header: &'a [u8]) -> Self {
        let of_chain = |one: &Field<'_>| ARC.iter().any(|name| one.is(name));
        let fields = fields(header).filter(of_chain);
        Self {
            fields: fields
                .map(|one| (one.instance().unwrap_or(0), one))
                .collect(),
        }
    }

    fn last(&self) -> u32 {
        self.fields.iter().map(|(i, _)| *i).max().unwrap_or(0)
    }

    /// Our instance.
    fn next(&self) -> Result<u32, NotSealed> {
        match self.last() {
            last if last < limits::ARC_SETS_MAX => Ok(last + 1),
            _ => Err(NotSealed::TooLong),
        }
    }

    /// `cv=` (RFC 8617 §4.4): as it was when the message came.
    fn validation(&self, verdict: &Verdict) -> Result<&'static str, NotSealed> {
        let last = self.last();
        let failed = |(i, one): &(u32, Field<'_>)| {
            *i == last && one.is("ARC-Seal") && one.tag("cv") == Some(b"fail")
        };
        if self.fields.iter().any(failed) {
            return Err(NotSealed::Failed);
        }
        match verdict.arc.outcome {
            Outcome::TempError => Err(NotSealed::Unknown),
            Outcome::None if self.fields.is_empty() => Ok("none"),
            Outcome::Pass if self.is_whole() && last == verdict.arc.sets => Ok("pass"),
            _ => Ok("fail"),
        }
    }

    /// Whether there is each field once for each instance.
    fn is_whole(&self) -> bool {
        let sets = 1..=self.last();
        sets.clone()
            .all(|i| ARC.iter().all(|name| self.find(i, name).count() == 1))
            && self.fields.len() == sets.count() * ARC.len()
    }

    fn find(&self, instance: u32, name: &str) -> impl Iterator<Item = &Field<'a>> {
        let of_it = move |(i, one): &&(u32, Field<'a>)| *i == instance && one.is(name);
        self.fields.iter().filter(of_it).map(|(_, one)| one)
    }

    /// All of it, as a seal with this instance covers it (RFC 8617 §5.1.1).
    fn canonical(&self, instance: u32, out: &mut Vec<u8>) {
        for i in 1..instance {
            for one in ARC.iter().flat_map(|name| self.find(i, name)) {
                one.relaxed(out);
                out.extend_from_slice(b"\r\n");
            }
        }
    }
}

/// In the order in which a seal covers them.
const ARC: [&str; 3] = [
    "ARC-Authentication-Results",
    "ARC-Message-Signature",
    "ARC-Seal",
];
