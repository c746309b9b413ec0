//! Which domains belong together (RFC 9989 §4.10).

/// Whether `domain` is `parent` or stands below it. Both in lower case, without a final dot.
pub fn is_within(domain: &str, parent: &str) -> bool {
    match domain.strip_suffix(parent) {
        Some(rest) => !parent.is_empty() && (rest.is_empty() || rest.ends_with('.')),
        None => false,
    }
}

/// A name as it is compared.
pub(crate) fn canonical(domain: &str) -> String {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    match domain.is_ascii() {
        true => domain.to_ascii_lowercase(),
        // RFC 8616 §3: compared as A-labels. What has none is like nothing else.
        false => idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase()),
    }
}

/// The domains whose records are asked for, the longest first: the domain itself, then those above it.
pub(crate) fn tree(domain: &str, labels_max: usize) -> Vec<&str> {
    let above = |domain: &str| domain.find('.').map(|dot| dot + 1);
    let mut all = vec![domain];
    let mut rest = domain;
    while let Some(at) = above(rest) {
        rest = &rest[at..];
        if rest.split('.').count() < labels_max {
            all.push(rest);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::TREE_LABELS_MAX;

    #[test]
    fn below() {
        for (domain, parent, expected) in [
            ("example.org", "example.org", true),
            ("a.example.org", "example.org", true),
            ("badexample.org", "example.org", false),
            ("example.org", "a.example.org", false),
            ("example.org", "", false),
        ] {
            assert_eq!(is_within(domain, parent), expected, "{domain} {parent}");
        }
    }

    #[test]
    fn trees_at_the_limit_and_one_past() {
        let tree = |domain| super::tree(domain, TREE_LABELS_MAX);
        assert_eq!(tree("org"), ["org"]);
        assert_eq!(tree("a.org"), ["a.org", "org"]);
        let eight = tree("1.2.3.4.5.6.7.8");
        assert_eq!(eight.len(), 8);
        // RFC 9989 §4.10: of a longer one its last seven labels come next.
        let ten = tree("1.2.3.4.5.6.7.8.9.10");
        assert_eq!(ten[..2], ["1.2.3.4.5.6.7.8.9.10", "4.5.6.7.8.9.10"]);
        assert_eq!(ten.len(), 8);
    }
}
