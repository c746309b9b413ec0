//! What is to be said about a certificate of our own, or a revocation list that we go by, before a peer says it.
//!
//! Pure: certificates and the time in, findings out. `twinmx check` shows them as warnings, the running gateway as events.

mod finding;
mod list;
mod root;
mod told;

use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

pub(crate) use finding::Finding;
pub(crate) use list::ListHeader;
pub(crate) use root::RootTerm;
pub(crate) use told::Told;

/// What one of our certificates is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// We show it to clients, under this name.
    Server { hostname: String },
    /// We show it to hops.
    Client,
}

/// An operator hears of the end of a certificate so many days before it.
pub(crate) const DAYS: [i64; 4] = [1, 7, 14, 30];
const DAY: i64 = 24 * 60 * 60;

/// Everything about the chain that a peer may not like. `issuers` are the names of the roots known here; `now` counts seconds
/// since 1970.
pub(crate) fn findings(
    chain: &[CertificateDer<'_>],
    roles: &[Role],
    issuers: &[Vec<u8>],
    now: i64,
) -> Vec<Finding> {
    let chain: Vec<X509Certificate<'_>> = chain
        .iter()
        .filter_map(|one| X509Certificate::from_der(one).ok())
        .map(|(_, parsed)| parsed)
        .collect();
    let Some(leaf) = chain.first() else {
        return Vec::new(); // which the chain's own check has told
    };
    let mut found: Vec<Finding> = time(&chain, now).into_iter().collect();
    found.extend(unrooted(&chain, issuers));
    found.extend(roles.iter().filter_map(|role| usage(leaf, role)));
    found.extend(roles.iter().filter_map(|role| name(leaf, role)));
    found
}

/// The one certificate that is out of its time, or the one whose time ends first.
fn time(chain: &[X509Certificate<'_>], now: i64) -> Option<Finding> {
    let times = chain.iter().enumerate().map(|(index, one)| {
        let validity = one.validity();
        let (first, last) = (
            validity.not_before.timestamp(),
            validity.not_after.timestamp(),
        );
        (index + 1, first, last)
    });
    let outside = times.clone().find_map(|(number, first, last)| {
        if now > last {
            Some(Finding::Ended { number, at: last })
        } else {
            (now < first).then_some(Finding::NotYet { number, at: first })
        }
    });
    outside.or_else(|| {
        let (number, _, at) = times.min_by_key(|(_, _, last)| *last)?;
        let days = DAYS.into_iter().find(|days| at - now <= days * DAY)?;
        Some(Finding::Ends { number, days, at })
    })
}

/// A peer gets from the last certificate to its root only if it knows that root.
fn unrooted(chain: &[X509Certificate<'_>], issuers: &[Vec<u8>]) -> Option<Finding> {
    let last = chain.last()?;
    let issuer = last.issuer();
    let known = issuer == last.subject() || issuers.iter().any(|name| name == issuer.as_raw());
    (!known).then(|| Finding::Unrooted {
        issuer: issuer.to_string(),
    })
}

/// RFC 5280 §4.2.1.12: without the extension any use is meant.
fn usage(leaf: &X509Certificate<'_>, role: &Role) -> Option<Finding> {
    let usage = leaf.extended_key_usage().ok().flatten()?.value;
    match role {
        _ if usage.any => None,
        Role::Server { .. } => (!usage.server_auth).then_some(Finding::NotForServers),
        Role::Client => (!usage.client_auth).then_some(Finding::NotForClients),
    }
}

/// A name is a SAN dNSName, and a wildcard stands for exactly one label (RFC 9525 §6.3).
fn name(leaf: &X509Certificate<'_>, role: &Role) -> Option<Finding> {
    let Role::Server { hostname } = role else {
        return None;
    };
    let alternatives = leaf.subject_alternative_name().ok().flatten();
    let names: Vec<String> = alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    let hostname = hostname.to_ascii_lowercase();
    let parent = hostname.split_once('.').map(|(_, parent)| parent);
    let fits = |name: &String| {
        *name == hostname || (parent.is_some() && name.strip_prefix("*.") == parent)
    };
    (!names.iter().any(fits)).then_some(Finding::OtherName { hostname, names })
}

#[cfg(test)]
mod tests;
