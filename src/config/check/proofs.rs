//! Proofs: each can be given, and speaks for one side only.

use std::fmt;

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::preset::CLOUD_NAME;
use crate::config::reading::Reading;
use crate::config::{Accept, Config, NamePattern, Require, Upstream};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    let sides = config.sides.iter().filter_map(|side| {
        let path = KeyPath::of("side").key(&side.name).key("accept");
        Some((Speaker::Side(&side.name), side.accept.as_ref()?, path))
    });
    let upstreams = config.upstreams.iter().map(|upstream| {
        let path = KeyPath::of("upstream").key(&upstream.name);
        (Speaker::Upstream(&upstream.name), &upstream.accept, path)
    });
    let proofs: Vec<Proof<'_>> = sides
        .chain(upstreams)
        .filter(|(_, _, path)| reading.sound(path))
        .collect();
    for (speaker, accept, path) in &proofs {
        can_be_given(*speaker, accept, path, reading);
        unseen(config, accept, path, reading);
        tenant(*speaker, accept, path, reading);
        without_effect(*speaker, accept, path, reading);
    }
    for (index, first) in proofs.iter().enumerate() {
        for second in &proofs[index + 1..] {
            if !apart(first.1, second.1) {
                networks(first, second, reading);
                certificates(first, second, reading);
            }
        }
    }
    for upstream in &config.upstreams {
        results(config, upstream, reading);
    }
}

/// Whom a proof speaks for.
#[derive(Debug, Clone, Copy)]
enum Speaker<'c> {
    Side(&'c str),
    Upstream(&'c str),
}

impl fmt::Display for Speaker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Side(name) => write!(f, "side `{name}`"),
            Self::Upstream(name) => write!(f, "upstream `{name}`"),
        }
    }
}

type Proof<'c> = (Speaker<'c>, &'c Accept, KeyPath);

fn can_be_given(speaker: Speaker<'_>, accept: &Accept, path: &KeyPath, reading: &mut Reading) {
    let (names, networks) = (
        !accept.certificate_names.is_empty(),
        !accept.networks.is_empty(),
    );
    let fault = match (accept.require, names, networks) {
        (Require::Any, false, false) | (Require::All, false, false) => {
            "neither certificate names nor networks"
        }
        (Require::All, true, false) => "\"all\" demands a network too, and none is listed",
        (Require::All, false, true) => "\"all\" demands a certificate too, and no name is listed",
        _ => return,
    };
    let at = if accept.require == Require::All {
        path.key("require")
    } else {
        path.clone()
    };
    reading.refuse(
        &at,
        Fault::new(
            Code::PROVES_NOTHING,
            format!("nobody can speak for {speaker}"),
        )
        .label(fault),
    );
}

/// Results are believed under a name, which is not ours.
fn results(config: &Config, upstream: &Upstream, reading: &mut Reading) {
    let path = KeyPath::of("upstream").key(&upstream.name);
    let at = path.key("authserv_id");
    match &upstream.authserv_id {
        None if upstream.trust_results && reading.sound(&at) => {
            let fault = Fault::new(
                Code::RESULTS_OF_NOBODY,
                format!(
                    "under which name does upstream `{}` write its results?",
                    upstream.name
                ),
            );
            let missing = fault.label(format!("`{at}` is missing"));
            reading.refuse(&path.key("trust_results"), missing);
        }
        Some(name) if *name == config.hostname => {
            let fault = Fault::new(
                Code::RESULTS_IN_OUR_NAME,
                format!("`{name}` is the name of this gateway"),
            );
            reading.refuse(&at, fault);
        }
        Some(_) | None => {}
    }
}

/// Without STARTTLS no client ever shows a certificate.
fn unseen(config: &Config, accept: &Accept, path: &KeyPath, reading: &mut Reading) {
    if config.tls.is_none()
        && !accept.certificate_names.is_empty()
        && reading.sound(&KeyPath::of("tls"))
    {
        let fault = Fault::new(
            Code::CERTIFICATE_UNSEEN,
            "[tls] has no certificate, so no client can show its own",
        );
        reading.refuse(&path.key("certificate_names"), fault);
    }
}

fn tenant(speaker: Speaker<'_>, accept: &Accept, path: &KeyPath, reading: &mut Reading) {
    let shared = [
        NamePattern::Exact(CLOUD_NAME.into()),
        NamePattern::OneLabelUnder(CLOUD_NAME.into()),
    ];
    let is_shared = |name: &NamePattern| shared.iter().any(|one| one.overlaps(name));
    let Some(index) = accept.certificate_names.iter().position(is_shared) else {
        return;
    };
    if accept.tenant_id.is_none() {
        let message =
            format!("every tenant of Exchange Online shows this certificate: whose is {speaker}?");
        let label = match speaker {
            Speaker::Side(_) => format!("`{}` is missing", path.key("tenant_id")),
            Speaker::Upstream(_) => "it cannot be anybody's filter alone".to_owned(),
        };
        let at = path.key("certificate_names").index(index);
        reading.refuse(&at, Fault::new(Code::TENANT_MISSING, message).label(label));
    }
}

fn without_effect(speaker: Speaker<'_>, accept: &Accept, path: &KeyPath, reading: &mut Reading) {
    if !accept.certificate_names.is_empty() {
        return;
    }
    let idle = [
        ("tenant_id", accept.tenant_id.is_some()),
        ("client_ca", accept.client_ca.is_some()),
        ("crl", accept.crl.is_some()),
    ];
    for (key, _) in idle.into_iter().filter(|(_, given)| *given) {
        let at = path.key(key);
        let fault = Fault::new(
            Code::WITHOUT_EFFECT,
            match speaker {
                Speaker::Side(_) => {
                    format!("`{at}` is never looked at: no certificate counts for this side")
                }
                Speaker::Upstream(_) => {
                    format!("`{at}` is never looked at: no certificate counts for this filter")
                }
            },
        );
        reading.warn(&at, fault.note("add certificate_names, or remove it"));
    }
}

/// Two proofs that never count on the same listener cannot be confused.
fn apart(a: &Accept, b: &Accept) -> bool {
    let limited = !a.listeners.is_empty() && !b.listeners.is_empty();
    limited && !a.listeners.iter().any(|name| b.listeners.contains(name))
}

fn networks(
    (first, a, first_path): &Proof<'_>,
    (second, b, second_path): &Proof<'_>,
    reading: &mut Reading,
) {
    for (i, one) in a.networks.iter().enumerate() {
        for (j, other) in b.networks.iter().enumerate() {
            if one.contains(other) || other.contains(one) {
                let message = format!("{other} speaks for {second} and for {first}");
                let at = second_path.key("networks").index(j);
                let before = first_path.key("networks").index(i);
                reading.refuse_pair(
                    &at,
                    &before,
                    &first.to_string(),
                    Fault::new(Code::OVERLAPPING_NETWORKS, message),
                );
            }
        }
    }
}

fn certificates(
    (first, a, first_path): &Proof<'_>,
    (second, b, second_path): &Proof<'_>,
    reading: &mut Reading,
) {
    if a.tenant_id.is_some() && b.tenant_id.is_some() && a.tenant_id != b.tenant_id {
        return;
    }
    for (i, one) in a.certificate_names.iter().enumerate() {
        for (j, other) in b.certificate_names.iter().enumerate() {
            if one.overlaps(other) {
                let message =
                    format!("a certificate for {other} speaks for {second} and for {first}");
                let at = second_path.key("certificate_names").index(j);
                let before = first_path.key("certificate_names").index(i);
                reading.refuse_pair(
                    &at,
                    &before,
                    &first.to_string(),
                    Fault::new(Code::SHARED_CERTIFICATE_NAME, message),
                );
            }
        }
    }
}
