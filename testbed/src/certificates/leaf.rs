//! What a certificate shall say.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm,
};

/// The wishes for one leaf certificate.
///
/// ```
/// use testbed::certificates::{Authority, Leaf, Purpose, Validity};
///
/// let authority = Authority::new("Test root");
/// let good = authority.issue(&Leaf::new("mx.contoso.com"));
/// let old = authority.issue(&Leaf::new("mx.contoso.com").valid(Validity::Past));
/// let cloud = authority.issue(&Leaf::new("mail.protection.outlook.com").purpose(Purpose::Server));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    common_name: Option<String>,
    dns_names: Vec<String>,
    purpose: Purpose,
    validity: Validity,
    key: Key,
}

/// The extended key usage (RFC 5280 §4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// serverAuth and clientAuth.
    Both,
    /// serverAuth only.
    Server,
    /// clientAuth only.
    Client,
    /// The extension is absent.
    Unstated,
}

/// When the certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// From yesterday for three months.
    Current,
    /// It ended yesterday.
    Past,
    /// It begins tomorrow.
    Future,
    /// From here to there.
    Between(SystemTime, SystemTime),
}

/// The kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// ECDSA on P-256.
    P256,
    /// RSA with 2048 bits, as old hops have it.
    Rsa2048,
    /// RSA with 1024 bits, which can be broken. The certificate says so; nobody here signs with such a key, and the private
    /// key beside it is another.
    Rsa1024,
}

impl Leaf {
    /// A certificate good for server and client, with this name as common name and as its only DNS name.
    pub fn new(name: &str) -> Self {
        Self {
            dns_names: vec![name.to_owned()],
            ..Self::common_name_only(name)
        }
    }

    /// The name stands in the subject alone, as verifiers stopped to accept it (RFC 9525 §2).
    pub fn common_name_only(name: &str) -> Self {
        Self {
            common_name: Some(name.to_owned()),
            dns_names: Vec::new(),
            purpose: Purpose::Both,
            validity: Validity::Current,
            key: Key::P256,
        }
    }

    /// An empty subject; the names stand in the extension alone.
    pub fn dns_only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self {
            common_name: None,
            ..Self::common_name_only("")
        }
        .dns(names)
    }

    /// Replaces the DNS names.
    pub fn dns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.dns_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Replaces the extended key usage.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Replaces the time of validity.
    pub fn valid(mut self, validity: Validity) -> Self {
        self.validity = validity;
        self
    }

    /// Replaces the kind of key.
    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    pub(super) fn generate_key(&self) -> KeyPair {
        match self.key {
            Key::P256 | Key::Rsa1024 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            Key::Rsa2048 => KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256),
        }
        .expect("the provider can make keys of both kinds")
    }

    /// The public key that the certificate is about.
    pub(super) fn public_key<'a>(&self, key: &'a KeyPair) -> PublicKey<'a> {
        match self.key {
            Key::P256 | Key::Rsa2048 => PublicKey::Of(key),
            Key::Rsa1024 => PublicKey::Weak(weak_public_key()),
        }
    }

    pub(super) fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = subject(self.common_name.as_deref());
        params.subject_alt_names = self
            .dns_names
            .iter()
            .map(|n| SanType::DnsName(n.as_str().try_into().expect("an ASCII DNS name")))
            .collect();
        params.extended_key_usages = self.purpose.usages();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(next_serial());
        self.validity.apply(&mut params);
        params
    }
}

impl Purpose {
    fn usages(self) -> Vec<ExtendedKeyUsagePurpose> {
        use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
        match self {
            Self::Both => vec![ServerAuth, ClientAuth],
            Self::Server => vec![ServerAuth],
            Self::Client => vec![ClientAuth],
            Self::Unstated => Vec::new(),
        }
    }
}

impl Validity {
    pub(super) fn apply(self, params: &mut CertificateParams) {
        let now = SystemTime::now();
        let (from, until) = match self {
            Self::Current => (now - DAY, now + 90 * DAY),
            Self::Past => (now - 30 * DAY, now - DAY),
            Self::Future => (now + DAY, now + 30 * DAY),
            Self::Between(from, until) => (from, until),
        };
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        let since_epoch = |time: SystemTime| {
            time.duration_since(UNIX_EPOCH)
                .expect("no certificate here is from before 1970")
        };
        params.not_before = epoch + since_epoch(from);
        params.not_after = epoch + since_epoch(until);
    }
}

pub(super) fn subject(common_name: Option<&str>) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    if let Some(name) = common_name {
        subject.push(DnType::CommonName, name);
    }
    subject
}

/// What a certificate is about.
pub(super) enum PublicKey<'a> {
    Of(&'a KeyPair),
    /// As an RSAPublicKey of PKCS #1.
    Weak(Vec<u8>),
}

impl PublicKeyData for PublicKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Of(key) => key.der_bytes(),
            Self::Weak(der) => der,
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self {
            Self::Of(key) => PublicKeyData::algorithm(*key),
            Self::Weak(_) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

/// A modulus of 1024 bits whose factors nobody needs, and the exponent 65537.
fn weak_public_key() -> Vec<u8> {
    let modulus = [0xc5; 128];
    let begin = [0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00];
    let exponent = [0x02, 0x03, 0x01, 0x00, 0x01];
    [&begin[..], &modulus, &exponent].concat()
}

/// Serial numbers are unique in the process, so that a revocation list names exactly one certificate.
pub(super) fn next_serial() -> SerialNumber {
    // Not from 1: a first octet with its high bit set would be spelled with another one before it.
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    // DER has no leading zeros (X.690 §8.3.2): so it compares equal to what is read back.
    let zeros = number.iter().take_while(|&&octet| octet == 0).count();
    SerialNumber::from_slice(&number[zeros..])
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
