//! Everything read from certificate, key, root and revocation files, as one value that is replaced whole.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;

use super::judge::Wildcards;
use super::revocation::Dates;
use super::{HopClient, Judge, ServerTls, TlsError, files, identity};
use crate::certificate::{self, Finding, Role, RootTerm};
use crate::config::{
    Accept, Config, Eku, Hop, HopTls, IdentityOrigin, NamePattern, Side, TlsMode, TrustRoots,
};

/// The TLS side of one generation of the configuration.
#[derive(Debug)]
pub(crate) struct Material {
    server: Option<ServerTls>,
    accept: HashMap<String, Judge>,
    upstreams: HashMap<String, Judge>,
    hops: HashMap<(Option<String>, Hop, IdentityOrigin), Arc<HopClient>>,
    /// Toward the exchangers of foreign domains.
    strangers: HashMap<IdentityOrigin, Arc<HopClient>>,
    shown: Vec<Shown>,
    lists: Dates,
    roots: Vec<(PathBuf, RootTerm)>,
    /// Names of all authorities trusted anywhere.
    issuers: Vec<Vec<u8>>,
}

/// A certificate of ours that peers get to see.
#[derive(Debug)]
struct Shown {
    file: PathBuf,
    certificate: Arc<CertifiedKey>,
    roles: Vec<Role>,
}

impl Material {
    /// Reads every file the configuration names.
    pub(crate) fn load(config: &Config) -> Result<Self, TlsError> {
        let own = config.tls.as_ref().map(identity::load).transpose()?;
        let server = own.as_ref().map(ServerTls::new).transpose()?;
        let mut accept = HashMap::new();
        let mut upstreams = HashMap::new();
        let mut hops = HashMap::new();
        let mut strangers = HashMap::new();
        let mut shown = Vec::new();
        let mut roles = Vec::from_iter(own.iter().map(|_| Role::Server {
            hostname: config.hostname.clone(),
        }));
        for side in &config.sides {
            if let Some(one) = &side.accept
                && let Some(judge) = accept_judge(one, config)?
            {
                accept.insert(side.name.clone(), judge);
            }
            for origin in [IdentityOrigin::Sides, IdentityOrigin::Internet] {
                let chosen = side_identity(side, origin)?;
                let must_be_shown = side.tls.mode == TlsMode::Mutual && !side.next_hop.is_empty();
                match &chosen {
                    Some((file, certificate)) => shown.push(Shown {
                        file: file.clone(),
                        certificate: Arc::clone(certificate),
                        roles: Vec::from_iter(must_be_shown.then_some(Role::Client)),
                    }),
                    None if must_be_shown && !roles.contains(&Role::Client) => {
                        roles.push(Role::Client);
                    }
                    None => {}
                }
                let identity = chosen.map(|(_, key)| key).or_else(|| own.clone());
                for hop in &side.next_hop {
                    let names = server_names(&side.tls, hop);
                    let client = hop_client(&side.tls, names, config, identity.clone())?;
                    hops.insert((Some(side.name.clone()), hop.clone(), origin), client);
                }
            }
        }
        for upstream in &config.upstreams {
            if let Some(judge) = accept_judge(&upstream.accept, config)? {
                upstreams.insert(upstream.name.clone(), judge);
            }
        }
        if let Some(internet) = &config.internet {
            for origin in [IdentityOrigin::Sides, IdentityOrigin::Internet] {
                if internet.exchangers.is_some() {
                    // What DNS calls them proves nothing: only names of the configuration count.
                    let names = internet.tls.server_names.clone();
                    let client = hop_client(&internet.tls, names, config, own.clone())?;
                    strangers.insert(origin, client);
                }
                for hop in &internet.next_hop {
                    let names = server_names(&internet.tls, hop);
                    let client = hop_client(&internet.tls, names, config, own.clone())?;
                    hops.insert((None, hop.clone(), origin), client);
                }
            }
        }
        if let (Some(identity), Some(certificate)) = (&config.tls, own) {
            shown.push(Shown {
                file: identity.certificate.clone(),
                certificate,
                roles,
            });
        }
        Ok(Self {
            server,
            accept,
            upstreams,
            hops,
            strangers,
            shown,
            lists: Dates::of(files::revocation_lists(config))?,
            roots: root_terms(config)?,
            issuers: config.known_issuers(),
        })
    }

    /// What is to be said about our certificates, and the lists we go by, at `now`, in seconds since 1970.
    pub(crate) fn findings(&self, now: i64) -> impl Iterator<Item = (&Path, Finding)> {
        let shown = self.shown.iter().flat_map(move |one| {
            let found =
                certificate::findings(&one.certificate.cert, &one.roles, &self.issuers, now);
            found
                .into_iter()
                .map(|finding| (one.file.as_path(), finding))
        });
        let roots = self
            .roots
            .iter()
            .filter_map(move |(file, root)| Some((file.as_path(), root.finding(now)?)));
        shown.chain(self.lists.findings(now)).chain(roots)
    }

    /// Our TLS as a server; `None`: no identity, so STARTTLS is not offered.
    pub(crate) fn server(&self) -> Option<&ServerTls> {
        self.server.as_ref()
    }

    /// The judge of client certificates that speak for `side`.
    pub(crate) fn accept(&self, side: &str) -> Option<&Judge> {
        self.accept.get(side)
    }

    /// The judge of certificates of the mail filter `upstream`.
    pub(crate) fn upstream(&self, upstream: &str) -> Option<&Judge> {
        self.upstreams.get(upstream)
    }

    /// Our TLS as a client of `hop` of `side` (`None`: the internet), for mail of `origin`.
    pub(crate) fn hop(
        &self,
        side: Option<&str>,
        hop: &Hop,
        origin: IdentityOrigin,
    ) -> Option<Arc<HopClient>> {
        self.hops
            .get(&(side.map(str::to_owned), hop.clone(), origin))
            .cloned()
    }
}

impl Material {
    /// Our TLS as a client of the exchangers of a foreign domain, for mail of `origin`.
    pub(crate) fn stranger(&self, origin: IdentityOrigin) -> Option<Arc<HopClient>> {
        self.strangers.get(&origin).cloned()
    }
}

fn accept_judge(accept: &Accept, config: &Config) -> Result<Option<Judge>, TlsError> {
    if accept.certificate_names.is_empty() {
        return Ok(None);
    }
    let roots = accept
        .client_ca
        .clone()
        .map_or_else(|| config.trust_roots.clone(), TrustRoots::File);
    let names = accept.certificate_names.clone();
    Judge::load(
        &roots,
        accept.crl.as_deref(),
        accept.eku,
        names,
        Wildcards::DoNotCount,
    )
    .map(Some)
}

fn hop_client(
    tls: &HopTls,
    names: Vec<NamePattern>,
    config: &Config,
    identity: Option<Arc<CertifiedKey>>,
) -> Result<Arc<HopClient>, TlsError> {
    let judge = match tls.mode {
        TlsMode::Verify | TlsMode::Mutual => {
            let roots = tls.trust_roots.as_ref().unwrap_or(&config.trust_roots);
            Some(Judge::load(
                roots,
                tls.crl.as_deref(),
                Eku::Server,
                names,
                Wildcards::Count,
            )?)
        }
        TlsMode::None | TlsMode::Opportunistic | TlsMode::Encrypt => None,
    };
    HopClient::new(judge, identity).map(Arc::new)
}

/// Without names of its own a hop is known by the name that the configuration gives it, also where that is a domain whose
/// exchangers are looked up.
fn server_names(tls: &HopTls, hop: &Hop) -> Vec<NamePattern> {
    if tls.server_names.is_empty() {
        vec![NamePattern::Exact(hop.host.to_ascii_lowercase())]
    } else {
        tls.server_names.clone()
    }
}

/// Of the identities for this origin (or for any) the valid one that lasts longest: during a renewal both are there.
fn side_identity(
    side: &Side,
    origin: IdentityOrigin,
) -> Result<Option<(PathBuf, Arc<CertifiedKey>)>, TlsError> {
    let mut best: Option<(u8, i64, (PathBuf, Arc<CertifiedKey>))> = None;
    for entry in &side.identities {
        let rank = match entry.origin {
            exact if exact == origin => 1,
            IdentityOrigin::Any => 0,
            IdentityOrigin::Sides | IdentityOrigin::Internet => continue,
        };
        let key = identity::load(&entry.identity)?;
        let newest = valid_since(key.cert.first());
        if best
            .as_ref()
            .is_none_or(|(other, since, _)| (rank, newest) > (*other, *since))
        {
            let file = entry.identity.certificate.clone();
            best = Some((rank, newest, (file, key)));
        }
    }
    Ok(best.map(|(_, _, chosen)| chosen))
}

/// Start of validity, or the lowest rank of all when the certificate is not valid now.
fn valid_since(leaf: Option<&CertificateDer<'_>>) -> i64 {
    leaf.and_then(|der| x509_parser::parse_x509_certificate(der).ok())
        .filter(|(_, certificate)| certificate.validity().is_valid())
        .map_or(i64::MIN, |(_, certificate)| {
            certificate.validity().not_before.timestamp()
        })
}

/// How long the roots last that are named in files; those of the system are its own business.
fn root_terms(config: &Config) -> Result<Vec<(PathBuf, RootTerm)>, TlsError> {
    let mut files: Vec<&Path> = files::roots(config).collect();
    files.sort_unstable();
    files.dedup();
    let mut terms = Vec::new();
    for file in files {
        let roots = identity::certificates(file)?;
        let read = roots.iter().filter_map(RootTerm::read);
        terms.extend(read.map(|root| (file.to_owned(), root)));
    }
    Ok(terms)
}
