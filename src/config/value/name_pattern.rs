//! Certificate names: `"mail.example.com"`, `"*.example.com"` (RFC 6125 §6.4.3, whole left-most label only).

use std::fmt;

use toml::de::DeValue;

use super::domain_name::DomainName;
use super::{Value, text};
use crate::config::NamePattern;
use crate::config::fault::Fault;

const NOTE: &str = "write a host name, or *.example.com for exactly one label under example.com";

impl NamePattern {
    fn parse(written: &str) -> Option<Self> {
        match written.strip_prefix("*.") {
            Some(parent) => DomainName::parse(parent).map(|name| Self::OneLabelUnder(name.0)),
            None => DomainName::parse(written).map(|name| Self::Exact(name.0)),
        }
    }

    /// Whether a DNS name from a certificate is one of those meant. The certificate's may be a wildcard itself; it then
    /// stands for every single label (RFC 6125 §6.4.3).
    pub fn matches(&self, presented: &str) -> bool {
        match self {
            Self::Exact(name) => {
                name.eq_ignore_ascii_case(presented)
                    || presented
                        .strip_prefix("*.")
                        .is_some_and(|parent| is_one_label_under(name, parent))
            }
            Self::OneLabelUnder(parent) => is_one_label_under(presented, parent),
        }
    }

    /// Whether some name is meant by both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) | (Self::OneLabelUnder(a), Self::OneLabelUnder(b)) => {
                a == b
            }
            (Self::Exact(name), pattern) | (pattern, Self::Exact(name)) => pattern.matches(name),
        }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::OneLabelUnder(parent) => write!(f, "*.{parent}"),
        }
    }
}

impl Value for NamePattern {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        Self::parse(written)
            .ok_or_else(|| Fault::bad(format!("`{written}` is not a certificate name"), NOTE))
    }
}

fn is_one_label_under(name: &str, parent: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_and_written_alike() {
        for (written, expected) in [
            ("Mail.Example.com", Some("mail.example.com")),
            ("*.Example.com", Some("*.example.com")),
            ("*", None),
            ("*.", None),
            ("*.*.example.com", None),
            ("m*.example.com", None),
            ("a.*.example.com", None),
            ("10.0.0.5", None),
            ("", None),
        ] {
            assert_eq!(
                NamePattern::parse(written)
                    .map(|name| name.to_string())
                    .as_deref(),
                expected,
                "{written}"
            );
        }
    }

    #[test]
    fn a_star_is_exactly_one_label() {
        let star = NamePattern::OneLabelUnder("example.com".into());
        for (presented, expected) in [
            ("a.example.com", true),
            ("A.EXAMPLE.com", true),
            ("*.example.com", true),
            ("a.b.example.com", false),
            ("example.com", false),
            (".example.com", false),
            ("aexample.com", false),
        ] {
            assert_eq!(star.matches(presented), expected, "{presented}");
        }
        let exact = NamePattern::Exact("a.example.com".into());
        for (presented, expected) in [
            ("A.example.com", true),
            ("*.example.com", true),
            ("*.a.example.com", false),
            ("*.com", false),
            ("b.example.com", false),
        ] {
            assert_eq!(exact.matches(presented), expected, "{presented}");
        }
    }
}
