//! Which files of certificates, keys, roots and lists the configuration names, and what they looked like.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::config::{Accept, Config, HopTls, TrustRoots};

/// What the files behind a [`super::Material`] looked like when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp(Vec<(PathBuf, Option<(SystemTime, u64)>)>);

impl Stamp {
    /// Looks at every file that `config` names.
    pub(crate) fn of(config: &Config) -> Self {
        let files = identities(config)
            .chain(roots(config))
            .chain(revocation_lists(config));
        Self(files.map(|path| (path.to_owned(), look(path))).collect())
    }
}

fn look(path: &Path) -> Option<(SystemTime, u64)> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// Certificates of ours, and private keys.
fn identities(config: &Config) -> impl Iterator<Item = &Path> {
    let sides = config.sides.iter().flat_map(|side| &side.identities);
    let all = config.tls.iter().chain(sides.map(|entry| &entry.identity));
    all.flat_map(|identity| {
        [
            identity.certificate.as_path(),
            identity.private_key.as_path(),
        ]
    })
    .chain(config.arc.as_ref().map(|arc| arc.private_key.as_path()))
}

/// Those of roots; the system's are none of ours.
pub(super) fn roots(config: &Config) -> impl Iterator<Item = &Path> {
    hops(config)
        .filter_map(|tls| tls.trust_roots.as_ref())
        .chain([&config.trust_roots])
        .filter_map(named)
        .chain(accepts(config).filter_map(|accept| accept.client_ca.as_deref()))
}

fn named(roots: &TrustRoots) -> Option<&Path> {
    match roots {
        TrustRoots::System => None,
        TrustRoots::File(path) => Some(path),
    }
}

/// Those of revocation lists.
pub(super) fn revocation_lists(config: &Config) -> impl Iterator<Item = &Path> {
    hops(config)
        .filter_map(|tls| tls.crl.as_deref())
        .chain(accepts(config).filter_map(|accept| accept.crl.as_deref()))
}

/// Whom we call.
fn hops(config: &Config) -> impl Iterator<Item = &HopTls> {
    let internet = config.internet.iter();
    let sides = config.sides.iter().map(|side| &side.tls);
    sides.chain(internet.map(|internet| &internet.tls))
}

/// Whoever calls us and is somebody by his certificate.
fn accepts(config: &Config) -> impl Iterator<Item = &Accept> {
    let sides = config.sides.iter().filter_map(|side| side.accept.as_ref());
    sides.chain(config.upstreams.iter().map(|upstream| &upstream.accept))
}
