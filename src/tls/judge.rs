//! The judgement on a peer's certificate chain: chain, validity, revocation, key usage, names.
//!
//! The same for both directions; only usage and names differ. A name is a SAN dNSName, never the CN (RFC 9525 §2).

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::{TlsError, provider, roots};
use crate::config::{Eku, NamePattern, TrustRoots};

/// What one side (or one hop) demands of the certificate that speaks for it.
#[derive(Debug)]
pub(crate) struct Judge {
    anchors: Vec<TrustAnchor<'static>>,
    revoked: Vec<CertRevocationList<'static>>,
    usage: Eku,
    names: Vec<NamePattern>,
    wildcards: Wildcards,
}

/// Whether a wildcard in the certificate stands for the one name that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// As usual for servers (RFC 9525 §6.3).
    Count,
    /// A client that speaks for a side is one certain system; whoever may hold a wildcard is many.
    DoNotCount,
}

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

impl Judge {
    /// Reads roots and lists.
    pub(crate) fn load(
        roots: &TrustRoots,
        revocation_list: Option<&std::path::Path>,
        usage: Eku,
        names: Vec<NamePattern>,
        wildcards: Wildcards,
    ) -> Result<Self, TlsError> {
        Ok(Self {
            anchors: roots::anchors(roots)?,
            revoked: revocation_list.map_or_else(|| Ok(Vec::new()), roots::revocation_lists)?,
            usage,
            names,
            wildcards,
        })
    }

    /// The name that convinced, or why none did.
    pub(crate) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<String, Distrust> {
        let (leaf, intermediates) = chain.split_first().ok_or(Distrust::NoCertificate)?;
        let leaf = EndEntityCert::try_from(leaf)
            .map_err(|error| Distrust::Unreadable(error.to_string()))?;
        self.verify_chain(&leaf, intermediates, now)?;
        let presented: Vec<String> = leaf
            .valid_dns_names()
            .map(str::to_ascii_lowercase)
            .collect();
        presented
            .iter()
            .find(|name| self.asks_for(name))
            .cloned()
            .ok_or_else(|| Distrust::OtherName {
                wanted: self.names.iter().map(ToString::to_string).collect(),
                presented,
            })
    }

    /// Whether the leaf carries a name that this judge asks for, trusted or not.
    pub(crate) fn names_of(&self, chain: &[CertificateDer<'_>]) -> bool {
        let leaf = chain
            .first()
            .and_then(|leaf| EndEntityCert::try_from(leaf).ok());
        leaf.is_some_and(|leaf| {
            leaf.valid_dns_names()
                .any(|name| self.asks_for(&name.to_ascii_lowercase()))
        })
    }

    fn asks_for(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|pattern| covers(pattern, name, self.wildcards))
    }

    fn verify_chain(
        &self,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Distrust> {
        let mut verdict = Err(Distrust::Usage(self.usage));
        for usage in usages(self.usage) {
            verdict = self.verify_for(leaf, intermediates, now, usage);
            if !matches!(verdict, Err(Distrust::Usage(_))) {
                break;
            }
        }
        verdict
    }

    fn verify_for(
        &self,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        usage: KeyUsage,
    ) -> Result<(), Distrust> {
        let lists: Vec<&CertRevocationList<'_>> = self.revoked.iter().collect();
        // An expired list is still better than none: what it revoked stays revoked.
        let revocation = (!lists.is_empty()).then(|| {
            RevocationOptionsBuilder::new(&lists)
                .expect("at least one list, checked above")
                .with_depth(RevocationCheckDepth::Chain)
                .with_status_policy(UnknownStatusPolicy::Allow)
                .with_expiration_policy(ExpirationPolicy::Ignore)
                .build()
        });
        leaf.verify_for_usage(
            provider().signature_verification_algorithms.all,
            &self.anchors,
            intermediates,
            now,
            usage,
            revocation,
            None,
        )
        .map(|_| ())
        .map_err(|error| distrust(&error, self.usage))
    }
}

/// The usages one of which is enough. Public authorities no longer issue clientAuth, so a client's certificate may
/// have to be judged by the server's rule; nothing else is weakened by that.
fn usages(usage: Eku) -> impl Iterator<Item = KeyUsage> {
    let (client, server) = match usage {
        Eku::Either => (true, true),
        Eku::Client => (true, false),
        Eku::Server => (false, true),
    };
    [
        client.then(KeyUsage::client_auth),
        server.then(KeyUsage::server_auth),
    ]
    .into_iter()
    .flatten()
}

fn distrust(error: &webpki::Error, usage: Eku) -> Distrust {
    match error {
        webpki::Error::CertExpired { .. } => Distrust::Expired,
        webpki::Error::CertNotValidYet { .. } => Distrust::NotYetValid,
        webpki::Error::UnknownIssuer => Distrust::UnknownIssuer,
        webpki::Error::CertRevoked => Distrust::Revoked,
        webpki::Error::RequiredEkuNotFoundContext(_) => Distrust::Usage(usage),
        other => Distrust::Chain(other.to_string()),
    }
}

/// Whether a presented name (which may itself be a wildcard) satisfies what was asked for.
fn covers(pattern: &NamePattern, presented: &str, wildcards: Wildcards) -> bool {
    match (pattern, presented.strip_prefix("*.")) {
        (NamePattern::Exact(wanted), None) => presented == wanted,
        (NamePattern::Exact(wanted), Some(parent)) => {
            wildcards == Wildcards::Count && parent_of(wanted) == Some(parent)
        }
        (NamePattern::OneLabelUnder(wanted), None) => parent_of(presented) == Some(wanted),
        (NamePattern::OneLabelUnder(wanted), Some(parent)) => parent == wanted,
    }
}

/// `b.c` of `a.b.c`; a wildcard stands for exactly one label (RFC 9525 §6.3).
fn parent_of(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, parent)| parent)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_exactly_one_label() {
        let exact = |name: &str| NamePattern::Exact(name.to_owned());
        let under = |name: &str| NamePattern::OneLabelUnder(name.to_owned());
        for (pattern, presented, expected) in [
            (exact("mx.contoso.com"), "mx.contoso.com", true),
            (exact("mx.contoso.com"), "*.contoso.com", true),
            (exact("a.mx.contoso.com"), "*.contoso.com", false),
            (exact("contoso.com"), "*.contoso.com", false),
            (exact("mx.contoso.com"), "mx.contoso.com.evil.test", false),
            (under("contoso.com"), "mx.contoso.com", true),
            (under("contoso.com"), "*.contoso.com", true),
            (under("contoso.com"), "contoso.com", false),
            (under("contoso.com"), "a.b.contoso.com", false),
            (under("contoso.com"), "evilcontoso.com", false),
            (under("contoso.com"), "*.mx.contoso.com", false),
        ] {
            assert_eq!(
                covers(&pattern, presented, Wildcards::Count),
                expected,
                "{pattern} and {presented}"
            );
            let same = expected
                && !(presented.starts_with('*') && matches!(pattern, NamePattern::Exact(_)));
            assert_eq!(
                covers(&pattern, presented, Wildcards::DoNotCount),
                same,
                "{pattern} and {presented}"
            );
        }
    }

    /// A root of RSA with SHA-256, and leaves below it, good from 2026 to 2125, that it signed with SHA-256, SHA-1 and MD5.
    const WEAK: &[u8] = include_bytes!("judge/weak.pem");

    #[test]
    fn a_signature_that_can_be_forged_proves_nothing() {
        use rustls_pki_types::pem::PemObject;

        let name = "mail.protection.outlook.com";
        let all: Vec<_> = CertificateDer::pem_slice_iter(WEAK)
            .collect::<Result<_, _>>()
            .expect("four certificates");
        let [root, sound, sha1, md5] = all.as_slice() else {
            panic!("four certificates")
        };
        let judge = Judge {
            anchors: vec![
                webpki::anchor_from_trusted_cert(root)
                    .expect("a root")
                    .to_owned(),
            ],
            revoked: Vec::new(),
            usage: Eku::Either,
            names: vec![NamePattern::Exact(name.to_owned())],
            wildcards: Wildcards::DoNotCount,
        };
        let then = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_900_000_000));
        assert_eq!(
            judge.judge(std::slice::from_ref(sound), then),
            Ok(name.to_owned())
        );
        for weak in [sha1, md5] {
            let verdict = judge.judge(std::slice::from_ref(weak), then);
            assert!(matches!(verdict, Err(Distrust::Chain(_))), "{verdict:?}");
        }
    }
}
