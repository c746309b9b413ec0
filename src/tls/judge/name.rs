//! Whose name a certificate carries. A name is a SAN dNSName, never the CN (RFC 9525 §2).

use rustls_pki_types::CertificateDer;
use webpki::EndEntityCert;

use crate::config::NamePattern;

/// Whether a wildcard in the certificate stands for the one name that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// As usual for servers (RFC 9525 §6.3).
    Count,
    /// A client that speaks for a side is one certain system; whoever may hold a wildcard is many.
    DoNotCount,
}

/// Whether somebody could take the leaf for one of `wanted`: by a DNS name, a wildcard that covers one, or the CN.
pub(super) fn claims(leaf: &CertificateDer<'_>, wanted: &[NamePattern]) -> bool {
    let is_wanted = |name: &str| {
        let name = name.to_ascii_lowercase();
        wanted
            .iter()
            .any(|pattern| covers(pattern, &name, Wildcards::Count))
    };
    let by_dns_name =
        EndEntityCert::try_from(leaf).is_ok_and(|leaf| leaf.valid_dns_names().any(is_wanted));
    by_dns_name || common_names(leaf).iter().any(|name| is_wanted(name))
}

fn common_names(leaf: &CertificateDer<'_>) -> Vec<String> {
    x509_parser::parse_x509_certificate(leaf)
        .map(|(_, certificate)| {
            let names = certificate.subject().iter_common_name();
            names
                .filter_map(|name| name.as_str().ok().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default()
}

/// Whether a presented name (which may itself be a wildcard) satisfies what was asked for.
pub(super) fn covers(pattern: &NamePattern, presented: &str, wildcards: Wildcards) -> bool {
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
}
