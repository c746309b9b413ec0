//! The files that the configuration names: present, readable, and what they should be.

mod chain;
mod list;
mod private_key;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use authentication::Sealer;
use jiff::Timestamp;

use super::fault::Fault;
use super::key_path::KeyPath;
use super::reading::Reading;
use super::{
    Accept, Config, Directory, GraphCredential, HopTls, Identity, Place, SecretPlace, Side,
    TlsMode, TrustRoots,
};
use crate::certificate::{Finding, Role, RootTerm};
use crate::code::Code;
use crate::limits::{CRL_FILE_MAX, LOOP_KEY_MIN, PEM_FILE_MAX};

/// Looks into every file. `now` judges validity.
pub(super) fn check(config: &Config, reading: &mut Reading, now: SystemTime) {
    let now = Timestamp::try_from(now).map_or(0, Timestamp::as_second);
    let files = Files {
        issuers: list::issuers(config),
        now,
    };
    let tls = KeyPath::of("tls");
    if let Some(identity) = &config.tls {
        files.identity(identity, &own_roles(config), &tls, reading);
    }
    roots(&config.trust_roots, &tls.key("trust_roots"), now, reading);
    loop_key(config, reading);
    seal_key(config, reading);
    for side in &config.sides {
        let path = KeyPath::of("side").key(&side.name);
        // An identity that was refused is not in the list, and the others have moved up.
        if reading.sound(&path.key("identity")) {
            for (index, one) in side.identities.iter().enumerate() {
                let roles = Vec::from_iter(must_be_shown(side).then_some(Role::Client));
                let path = path.key("identity").index(index);
                files.identity(&one.identity, &roles, &path, reading);
            }
        }
        hop_tls(&side.tls, &path.key("tls"), now, reading);
        if let Some(one) = &side.accept {
            proof(one, &path.key("accept"), now, reading);
        }
    }
    for upstream in &config.upstreams {
        let path = KeyPath::of("upstream").key(&upstream.name);
        proof(&upstream.accept, &path, now, reading);
    }
    if let Some(internet) = &config.internet {
        hop_tls(&internet.tls, &KeyPath::of("internet.tls"), now, reading);
    }
    sources(config, reading);
}

/// What every certificate is judged by.
struct Files {
    /// Names of all authorities trusted anywhere.
    issuers: Vec<Vec<u8>>,
    /// Seconds since 1970.
    now: i64,
}

impl Config {
    /// The names of all authorities that are trusted for anything.
    pub(crate) fn known_issuers(&self) -> Vec<Vec<u8>> {
        list::issuers(self)
    }
}

/// What the certificate of `[tls]` is for: clients see it, and hops that have no identity of their own.
fn own_roles(config: &Config) -> Vec<Role> {
    let hostname = config.hostname.clone();
    let is_shown = |side: &Side| side.identities.is_empty() && must_be_shown(side);
    let client = config.sides.iter().any(is_shown).then_some(Role::Client);
    std::iter::once(Role::Server { hostname })
        .chain(client)
        .collect()
}

fn must_be_shown(side: &Side) -> bool {
    side.tls.mode == TlsMode::Mutual && !side.next_hop.is_empty()
}

impl Files {
    fn identity(
        &self,
        identity: &Identity,
        roles: &[Role],
        section: &KeyPath,
        reading: &mut Reading,
    ) {
        let (certificate, private_key) = (section.key("certificate"), section.key("private_key"));
        let key = accept(
            read(&identity.private_key, PEM_FILE_MAX)
                .and_then(|octets| private_key::parse(&octets)),
            &private_key,
            reading,
        );
        let chain = accept(
            read(&identity.certificate, PEM_FILE_MAX).and_then(|octets| chain::parse(&octets)),
            &certificate,
            reading,
        );
        let Some(chain) = chain else { return };
        if let Err(fault) = chain.ordered() {
            // Which of them is ours is then anybody's guess.
            return reading.refuse(&certificate, fault);
        }
        let whole = chain.whole(&self.issuers);
        let mut findings = chain.findings(roles, &self.issuers, self.now);
        findings.retain(|one| whole.is_ok() || !matches!(one, Finding::Unrooted { .. }));
        warn(findings.into_iter(), &certificate, reading);
        if let Err(fault) = whole {
            reading.refuse(&certificate, fault);
        }
        if let Some(Err(fault)) = key.map(|key| chain.belongs_to(key)) {
            reading.refuse(&private_key, fault);
        }
    }
}

fn proof(accept: &Accept, path: &KeyPath, now: i64, reading: &mut Reading) {
    let authority = accept.client_ca.clone().map(TrustRoots::File);
    authority
        .iter()
        .for_each(|file| roots(file, &path.key("client_ca"), now, reading));
    revocation_list(accept.crl.as_deref(), &path.key("crl"), now, reading);
}

fn hop_tls(tls: &HopTls, path: &KeyPath, now: i64, reading: &mut Reading) {
    if let Some(file) = &tls.trust_roots {
        roots(file, &path.key("trust_roots"), now, reading);
    }
    revocation_list(tls.crl.as_deref(), &path.key("crl"), now, reading);
}

fn roots(roots: &TrustRoots, path: &KeyPath, now: i64, reading: &mut Reading) {
    let TrustRoots::File(file) = roots else {
        return;
    };
    let found = read(file, PEM_FILE_MAX).and_then(|octets| list::roots(&octets));
    let found = accept(found, path, reading).unwrap_or_default();
    let terms = found.iter().filter_map(RootTerm::read);
    warn(terms.filter_map(|root| root.finding(now)), path, reading);
}

fn warn(findings: impl Iterator<Item = Finding>, path: &KeyPath, reading: &mut Reading) {
    for finding in findings {
        let fault = Fault::new(finding.warning(), finding.to_string());
        reading.warn(
            path,
            match finding.advice() {
                Some(advice) => fault.note(advice),
                None => fault,
            },
        );
    }
}

fn revocation_list(file: Option<&Path>, path: &KeyPath, now: i64, reading: &mut Reading) {
    let Some(file) = file else { return };
    let found = read(file, CRL_FILE_MAX).and_then(|octets| list::revocations(&octets));
    let lists = accept(found, path, reading).unwrap_or_default();
    let findings = lists.iter().filter_map(|list| list.finding(now));
    warn(findings, path, reading);
}

fn seal_key(config: &Config, reading: &mut Reading) {
    if let Some(arc) = &config.arc {
        let usable = |pem: Vec<u8>| {
            let sealer = Sealer::new(&arc.domain, &arc.selector, &pem);
            sealer.map_err(|error| Fault::new(Code::SEAL_KEY_UNUSABLE, error.to_string()))
        };
        let found = read(&arc.private_key, PEM_FILE_MAX).and_then(usable);
        accept(found, &KeyPath::of("arc").key("private_key"), reading);
    }
}

fn loop_key(config: &Config, reading: &mut Reading) {
    let path = KeyPath::of("loop.key");
    let Some(file) = &config.loop_key else { return };
    let Some(octets) = accept(read(file, PEM_FILE_MAX), &path, reading) else {
        return;
    };
    let length = octets.trim_ascii().len();
    if (length as u64) < LOOP_KEY_MIN {
        reading.refuse(
            &path,
            Fault::new(
                Code::LOOP_KEY_SHORT,
                format!("the loop key has {length} octets; {LOOP_KEY_MIN} is the least"),
            ),
        );
    }
}

/// A source may come back while we run from the last snapshot: its absence stops nothing.
fn sources(config: &Config, reading: &mut Reading) {
    for (index, directory) in config.directories.iter().enumerate() {
        let section = KeyPath::of("directory").index(index);
        for (key, file) in named(directory) {
            let path = section.key(key);
            if let Err(error) = File::open(&file)
                && reading.sound(&path)
            {
                reading.warn(&path, unreadable(&file, &error.to_string()));
            }
        }
    }
}

/// The files a source cannot be read without.
fn named(directory: &Directory) -> Vec<(&'static str, PathBuf)> {
    let roots = |roots: &Option<TrustRoots>| match roots {
        Some(TrustRoots::File(file)) => Some(("trust_roots", file.clone())),
        Some(TrustRoots::System) | None => None,
    };
    // A credential is only there while the service runs.
    let secret = |key, place: &SecretPlace| match place {
        SecretPlace::File(path) => Some((key, path.clone())),
        SecretPlace::Credential(_) => None,
    };
    match &directory.place {
        Place::File(path) => vec![("path", path.clone())],
        Place::Ldap(ldap) => {
            let bind = ldap.bind.as_ref();
            let password = bind.and_then(|bind| secret("password_file", &bind.password));
            roots(&ldap.trust_roots)
                .into_iter()
                .chain(password)
                .collect()
        }
        Place::Graph(graph) => {
            let proof = match &graph.credential {
                GraphCredential::Certificate(identity) => vec![
                    ("certificate", identity.certificate.clone()),
                    ("private_key", identity.private_key.clone()),
                ],
                GraphCredential::Secret(place) => {
                    secret("client_secret_file", place).into_iter().collect()
                }
            };
            let login = graph.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
            let password = login.and_then(|(_, place)| secret("proxy_password_file", place));
            roots(&graph.trust_roots)
                .into_iter()
                .chain(proof)
                .chain(password)
                .collect()
        }
    }
}

fn accept<T>(found: Result<T, Fault>, path: &KeyPath, reading: &mut Reading) -> Option<T> {
    found.map_err(|fault| reading.refuse(path, fault)).ok()
}

fn read(path: &Path, max: u64) -> Result<Vec<u8>, Fault> {
    let mut octets = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(path, &error.to_string()))?;
    file.take(max + 1)
        .read_to_end(&mut octets)
        .map_err(|error| unreadable(path, &error.to_string()))?;
    if octets.len() as u64 > max {
        return Err(unreadable(
            path,
            &format!("it is larger than {} MiB", max >> 20),
        ));
    }
    Ok(octets)
}

fn unreadable(path: &Path, why: &str) -> Fault {
    Fault::new(
        Code::FILE_UNREADABLE,
        format!("{} cannot be read: {why}", path.display()),
    )
}
