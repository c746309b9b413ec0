//! What the configuration says that a reading depends on.

use std::fmt;

use routing::Domain;

use crate::System;

/// The shared domains, and the domains by which only one system is reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Setting {
    /// The domains whose people live in several systems.
    pub shared: Vec<Domain>,
    /// Domains that lead to one system, such as the tenant's `contoso.mail.onmicrosoft.com` to the cloud or
    /// `domino.contoso.com` to Domino.
    pub routing: Vec<(Domain, System)>,
}

impl Setting {
    /// Whether this domain is a shared one.
    pub fn is_shared(&self, domain: &str) -> bool {
        self.shared.iter().any(|shared| shared.as_str() == domain)
    }

    /// The system that this domain leads to.
    pub fn system_of(&self, domain: &str) -> Option<&System> {
        let mut known = self.routing.iter();
        known
            .find(|(routing, _)| routing.as_str() == domain)
            .map(|(_, system)| system)
    }

    /// Whether mail to this domain is ours to place.
    pub fn is_ours(&self, domain: &str) -> bool {
        self.is_shared(domain) || self.system_of(domain).is_some()
    }

    /// Whether one of the cloud's own routing domains is known.
    pub(crate) fn names_cloud_domain(&self) -> bool {
        self.routing
            .iter()
            .any(|(_, system)| *system == System::Cloud)
    }
}

/// A domain, or with `*.` before it all domains under it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DomainPattern {
    suffix: Box<str>,
    under: bool,
}

impl DomainPattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Option<Self> {
        let (under, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let suffix = Domain::parse(name).ok()?.as_str().into();
        Some(Self { suffix, under })
    }

    /// Whether a domain in canonical form is meant.
    pub fn matches(&self, domain: &str) -> bool {
        if !self.under {
            return domain == &*self.suffix;
        }
        let label = domain.strip_suffix(&*self.suffix);
        label
            .and_then(|label| label.strip_suffix('.'))
            .is_some_and(|label| !label.is_empty())
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.under { "*." } else { "" };
        write!(f, "{star}{}", self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_a_domain_or_all_under_it() {
        let check = |pattern: &str, domain: &str, expected: bool| {
            let pattern = DomainPattern::parse(pattern).unwrap();
            assert_eq!(pattern.matches(domain), expected, "{pattern} {domain}");
        };
        check(
            "*.mail.onmicrosoft.com",
            "contoso.mail.onmicrosoft.com",
            true,
        );
        check("*.mail.onmicrosoft.com", "mail.onmicrosoft.com", false);
        check("*.mail.onmicrosoft.com", "evilmail.onmicrosoft.com", false);
        check(
            "*.mail.onmicrosoft.com",
            "contoso.mail.onmicrosoft.com.example.net",
            false,
        );
        check("Contoso.com", "contoso.com", true);
        check("contoso.com", "a.contoso.com", false);
        assert_eq!(DomainPattern::parse("*."), None);
        assert_eq!(DomainPattern::parse("*.*.com"), None);
    }
}
