//! What a certificate shall say.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, SanType, SerialNumber,
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
    /// From yesterday for a month.
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
            Key::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            Key::Rsa2048 => KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256),
        }
        .expect("the provider can make keys of both kinds")
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
            Self::Current => (now - DAY, now + 30 * DAY),
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
