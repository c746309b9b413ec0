//! Domain and host names, as lower-case A-labels (RFC 5890).

use std::net::IpAddr;

use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;

/// A name of letters, digits and hyphens, at most 253 octets; never an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DomainName(pub(crate) String);

const NOTE: &str = "write a domain name like contoso.com, without a dot at the end";

impl DomainName {
    /// `None`: not a domain name.
    pub(crate) fn parse(written: &str) -> Option<Self> {
        let name = idna::domain_to_ascii_strict(written).ok()?;
        let labels_fit = name.split('.').all(|label| (1..=63).contains(&label.len()));
        let number_last = name
            .rsplit('.')
            .next()
            .is_some_and(|label| label.bytes().all(|c| c.is_ascii_digit()));
        let is_name = !name.is_empty() && name.len() <= 253 && labels_fit && !number_last;
        (is_name && name.parse::<IpAddr>().is_err()).then_some(Self(name))
    }
}

impl Value for DomainName {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        Self::parse(written)
            .ok_or_else(|| Fault::bad(format!("`{written}` is not a domain name"), NOTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_lower_case_a_labels() {
        let label_63 = "a".repeat(63);
        let label_64 = "a".repeat(64);
        // 3 * 64 + 61 = 253
        let name_253 = format!("{0}.{0}.{0}.{1}", label_63, "b".repeat(61));
        let name_254 = format!("{0}.{0}.{0}.{1}", label_63, "b".repeat(62));
        for (written, expected) in [
            ("Contoso.COM", Some("contoso.com")),
            ("Bücher.example", Some("xn--bcher-kva.example")),
            ("localhost", Some("localhost")),
            (&label_63, Some(label_63.as_str())),
            (&name_253, Some(name_253.as_str())),
            (&name_254, None),
            (&label_64, None),
            ("contoso.com.", None),
            ("", None),
            ("a..b", None),
            ("-a.example", None),
            ("a_b.example", None),
            ("a b.example", None),
            ("10.0.0.5", None),
            ("2001:db8::1", None),
            ("xn--a", None),
        ] {
            assert_eq!(
                DomainName::parse(written)
                    .as_ref()
                    .map(|name| name.0.as_str()),
                expected,
                "{written}"
            );
        }
    }
}
