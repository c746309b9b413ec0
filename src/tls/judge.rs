//! The judgement on a peer's certificate chain: chain, validity, revocation, key usage, names.
//!
//! The same for both directions; only usage and names differ. A name is a SAN dNSName, never the CN (RFC 9525 §2).

mod distrust;
mod name;
mod strength;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::{TlsError, provider, revocation, roots};
use crate::config::{Eku, NamePattern, TrustRoots};

pub(crate) use distrust::Distrust;
pub(crate) use name::Wildcards;
pub(super) use strength::strong;

/// What one side (or one hop) demands of the certificate that speaks for it.
#[derive(Debug)]
pub(crate) struct Judge {
    anchors: Vec<TrustAnchor<'static>>,
    revoked: Vec<CertRevocationList<'static>>,
    usage: Eku,
    names: Vec<NamePattern>,
    wildcards: Wildcards,
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
            revoked: revocation_list.map_or_else(|| Ok(Vec::new()), revocation::lists)?,
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

    /// Whether the leaf passes itself off under a name that this judge asks for, trusted or not, be it by the CN or by a
    /// wildcard, which do not count.
    pub(crate) fn is_claimed_by(&self, chain: &[CertificateDer<'_>]) -> bool {
        chain
            .first()
            .is_some_and(|leaf| name::claims(leaf, &self.names))
    }

    fn asks_for(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|pattern| name::covers(pattern, name, self.wildcards))
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
        .map_err(|error| Distrust::from_path(&error, self.usage))
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

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(verdict, Err(Distrust::WeakSignature));
        }
    }
}
