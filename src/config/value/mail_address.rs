//! Mail addresses in the file: `"admin@contoso.com"`.

use toml::de::DeValue;

use super::domain_name::DomainName;
use super::{Value, text};
use crate::config::fault::Fault;

/// An address with its domain as A-labels. The local part is only looked at so far that a slip shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailAddress {
    pub(crate) local: String,
    pub(crate) domain: DomainName,
}

const LOCAL_PART_MAX: usize = 64; // RFC 5321 §4.5.3.1.1

impl MailAddress {
    fn parse(written: &str) -> Option<Self> {
        let (local, domain) = written.rsplit_once('@')?;
        let plain = !local
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || "@<>,;\"()[]\\".contains(c));
        let fits = (1..=LOCAL_PART_MAX).contains(&local.len());
        (plain && fits).then_some(())?;
        Some(Self {
            local: local.to_owned(),
            domain: DomainName::parse(domain)?,
        })
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.local, self.domain.0)
    }
}

impl Value for MailAddress {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        Self::parse(written).ok_or_else(|| {
            Fault::bad(
                format!("`{written}` is not a mail address"),
                "write one address like admin@contoso.com, without brackets",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_mailbox_each() {
        let local_64 = format!("{}@contoso.com", "a".repeat(64));
        let local_65 = format!("{}@contoso.com", "a".repeat(65));
        for (written, expected) in [
            ("Admin@Contoso.com", Some("Admin@contoso.com")),
            ("jörg@bücher.example", Some("jörg@xn--bcher-kva.example")),
            (local_64.as_str(), Some(local_64.as_str())),
            (local_65.as_str(), None),
            ("<admin@contoso.com>", None),
            ("admin", None),
            ("@contoso.com", None),
            ("a@b@contoso.com", None),
            ("a b@contoso.com", None),
            ("admin@", None),
        ] {
            assert_eq!(
                MailAddress::parse(written)
                    .map(|address| address.to_string())
                    .as_deref(),
                expected,
                "{written}"
            );
        }
    }
}
