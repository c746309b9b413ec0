//! The certificates of the matrix, and who signed them.

use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use testbed::certificates::{Authority, Certificate, Key, Leaf, Purpose, Validity};

use super::{Direction, Flaw, NAME, PURPOSES};

/// Another tenant's host at the same provider.
const OTHER_TENANTS_HOST: &str = "fabrikam-com.mail.protection.outlook.com";

/// An authority, and its leaves for servers, clients, both and with no usage stated; their signatures are of SHA-1.
/// `sha1.sh` made it.
const SHA1: &str = include_str!("sha1.pem");

const END: &str = "-----END CERTIFICATE-----\n";

/// Authorities that we are told to trust, one that we are not, and everything they issued.
pub(crate) struct Issuers {
    root: Authority,
    /// Below the root; it issues what is not wrong in that.
    pub(crate) branch: Authority,
    withdrawn: Authority,
    elsewhere: Authority,
    revoked: Vec<(Purpose, Certificate)>,
    sha1_root: String,
    sha1: Vec<(Purpose, Certificate)>,
}

impl Issuers {
    pub(crate) fn new() -> Self {
        let root = Authority::new("Root");
        let (branch, withdrawn) = (root.intermediate("Branch"), root.intermediate("Withdrawn"));
        let issue = |purpose| (purpose, branch.issue(&Leaf::new(NAME).purpose(purpose)));
        let (sha1_root, sha1) = SHA1.split_at(SHA1.find(END).expect("a certificate") + END.len());
        let leaves = CertificateDer::pem_slice_iter(sha1.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(sha1.as_bytes()).expect("the key of all leaves");
        let leaf = |leaf| Certificate::from_der(vec![leaf], &key);
        Self {
            revoked: PURPOSES.map(issue).into(),
            sha1: PURPOSES
                .into_iter()
                .zip(leaves.map(|one| leaf(one.expect("a leaf"))))
                .collect(),
            sha1_root: sha1_root.to_owned(),
            elsewhere: Authority::new("Elsewhere"),
            root,
            branch,
            withdrawn,
        }
    }

    /// Writes whom we trust, and the lists of what they revoked.
    pub(crate) fn write_to(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let (roots, lists) = (directory.join("roots.pem"), directory.join("lists.pem"));
        std::fs::write(&roots, self.root.pem() + &self.sha1_root).expect("the roots");
        let revoked = self.revoked.iter().map(|(_, certificate)| certificate);
        let text =
            self.branch.revoke(revoked).pem() + &self.root.revoke_authority(&self.withdrawn).pem();
        std::fs::write(&lists, text).expect("the lists");
        (roots, lists)
    }

    pub(crate) fn certificate(
        &self,
        direction: Direction,
        flaw: Flaw,
        purpose: Purpose,
    ) -> Certificate {
        let leaf = Leaf::new(NAME).purpose(purpose);
        let named = |name: &str| Leaf::new(name).purpose(purpose);
        match flaw {
            Flaw::Sound => self.branch.issue(&leaf),
            Flaw::CommonNameOnly => self
                .branch
                .issue(&Leaf::common_name_only(NAME).purpose(purpose)),
            Flaw::Wildcard => self.branch.issue(&named("*.protection.outlook.com")),
            Flaw::OtherName => self.branch.issue(&named("mail.example.net")),
            Flaw::OtherTenant => self.branch.issue(&match direction {
                Direction::Inbound => leaf,
                Direction::Outbound => named(OTHER_TENANTS_HOST),
            }),
            Flaw::Expired => self.branch.issue(&leaf.valid(Validity::Past)),
            Flaw::NotYetValid => self.branch.issue(&leaf.valid(Validity::Future)),
            Flaw::WithoutChain => self.branch.issue(&leaf).without_chain(),
            Flaw::SelfSigned => Certificate::self_signed(&leaf),
            Flaw::UnknownAuthority => self.elsewhere.issue(&leaf),
            Flaw::Revoked => of(&self.revoked, purpose),
            Flaw::RevokedIntermediate => self.withdrawn.issue(&leaf),
            Flaw::Sha1 => of(&self.sha1, purpose),
            Flaw::Rsa1024 => self.branch.issue(&leaf.key(Key::Rsa1024)),
        }
    }
}

fn of(all: &[(Purpose, Certificate)], purpose: Purpose) -> Certificate {
    let found = all.iter().find(|(one, _)| *one == purpose);
    found.expect("there is one of each").1.clone()
}
