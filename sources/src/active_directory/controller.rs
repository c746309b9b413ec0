//! What one domain controller says of itself.

use book::{Key, Scope};

use crate::SourceError;
use crate::ldap::{Connection, RawControl, Refusal, RootDse, Search};

/// A domain controller, as it was when it was asked.
#[derive(Clone, Debug)]
pub(super) struct Controller {
    /// Names its database. One that was restored has another.
    pub(super) invocation: Key,
    /// The last change that its database has.
    pub(super) usn: u64,
    /// The domain: the partition in which the bases are.
    pub(super) domain: String,
    /// Where the searches begin.
    pub(super) bases: Vec<String>,
    /// Whether it says when something changes.
    pub(super) notifies: bool,
}

impl Controller {
    /// Asks the controller at the other end. Without `bases` its whole domain is meant.
    pub(super) async fn ask(
        connection: &mut Connection,
        bases: &[String],
    ) -> Result<Self, SourceError> {
        let root = connection.root_dse(ROOT_DSE).await?;
        let server = connection.server().to_string();
        if root.0.text("isSynchronized") == Some("FALSE") {
            let text = "it has not caught up with the other controllers yet; this passes by itself";
            let refusal = Refusal::new(BUSY, text);
            return Err(SourceError::Busy { server, refusal });
        }
        let (Some(service), Some(usn), Some(own)) = (
            root.0.text("dsServiceName"),
            root.0.text("highestCommittedUSN"),
            root.0.text("defaultNamingContext"),
        ) else {
            return Err(SourceError::Setting(format!(
                "{server} is no domain controller of Active Directory; another `kind` may be meant"
            )));
        };
        let usn = usn.parse();
        let usn = usn.map_err(|_| SourceError::malformed("highestCommittedUSN is no number"))?;
        let bases = match bases {
            [] => vec![own.to_owned()],
            bases => bases.to_vec(),
        };
        Ok(Self {
            invocation: invocation(connection, service).await?,
            usn,
            domain: domain(&root, &bases)?,
            bases,
            notifies: root.has_control(NOTIFICATION),
        })
    }

    /// Whether the account sees what was deleted: Active Directory shows it to administrators only, unless the right
    /// was given, and says nothing where it hides it.
    pub(super) async fn shows_deleted(
        &self,
        connection: &mut Connection,
    ) -> Result<bool, SourceError> {
        let search = Search {
            base: format!("CN=Deleted Objects,{}", self.domain),
            scope: Scope::Base,
            filter: "(objectClass=*)".to_owned(),
            attributes: vec!["isDeleted".to_owned()],
            controls: vec![plain(SHOW_DELETED)],
        };
        match connection.object(&search).await {
            Ok(found) => Ok(found.is_some_and(|found| found.attributes.has("isDeleted"))),
            Err(SourceError::NoBase { .. }) => Ok(false),
            Err(SourceError::Refused { refusal, .. }) if refusal.code == INSUFFICIENT_RIGHTS => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

async fn invocation(connection: &mut Connection, service: &str) -> Result<Key, SourceError> {
    let search = Search {
        base: service.to_owned(),
        scope: Scope::Base,
        filter: "(objectClass=*)".to_owned(),
        attributes: vec!["invocationId".to_owned()],
        controls: Vec::new(),
    };
    let found = connection.object(&search).await?;
    let octets = found.and_then(|found| {
        let octets = found.attributes.octets("invocationId").next()?;
        <[u8; 16]>::try_from(octets).ok()
    });
    octets.as_ref().map(Key::from_guid).ok_or_else(|| {
        SourceError::Setting(format!(
            "the account cannot read invocationId of {service}, without which nobody knows whose numbers changes have; \
             give it the rights that all users have"
        ))
    })
}

/// The partition that all bases are in: the longest of the server's whose name they end in.
fn domain(root: &RootDse, bases: &[String]) -> Result<String, SourceError> {
    let partition = |base: &str| {
        let mut known: Vec<&str> = root.0.texts("namingContexts").collect();
        known.sort_by_key(|name| std::cmp::Reverse(name.len()));
        known.into_iter().find(|name| is_below(base, name))
    };
    let mut domains = bases.iter().map(|base| (base, partition(base)));
    let (first, domain) = match domains.next() {
        Some((base, Some(domain))) => (base, domain),
        Some((base, None)) => {
            return Err(SourceError::Setting(format!(
                "{base:?} is in no partition of this controller; `base` must end in the name of its domain"
            )));
        }
        None => return Err(SourceError::Setting("there is no base".to_owned())),
    };
    match domains.find(|(_, other)| *other != Some(domain)) {
        Some((other, _)) => Err(SourceError::Setting(format!(
            "{first:?} and {other:?} are in different domains; make a source of each"
        ))),
        None => Ok(domain.to_owned()),
    }
}

/// Case and blanks behind a comma make no difference.
fn is_below(name: &str, above: &str) -> bool {
    let plain = |name: &str| {
        let parts: Vec<&str> = name.split(',').map(str::trim).collect();
        parts.join(",").to_ascii_lowercase()
    };
    let (name, above) = (plain(name), plain(above));
    let before = name.strip_suffix(&above);
    before.is_some_and(|before| before.is_empty() || before.ends_with(','))
}

/// A control that has no value, and without which the answer would be another.
pub(super) fn plain(oid: &str) -> RawControl {
    RawControl {
        ctype: oid.to_owned(),
        crit: true,
        val: None,
    }
}

const ROOT_DSE: &[&str] = &[
    "defaultNamingContext",
    "dsServiceName",
    "highestCommittedUSN",
    "isSynchronized",
];
pub(super) const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
pub(super) const NOTIFICATION: &str = "1.2.840.113556.1.4.528";
pub(super) const INSUFFICIENT_RIGHTS: u32 = 50;
const BUSY: u32 = 51;

#[cfg(test)]
mod tests {
    use book::Attributes;

    use super::*;

    fn domain_of(bases: &[&str]) -> Option<String> {
        let mut attributes = Attributes::default();
        for context in [
            "DC=contoso,DC=com",
            "CN=Configuration,DC=contoso,DC=com",
            "DC=asia,DC=contoso,DC=com",
        ] {
            attributes
                .add("namingContexts", context.as_bytes())
                .unwrap();
        }
        let bases: Vec<String> = bases.iter().map(|base| (*base).to_owned()).collect();
        domain(&RootDse(attributes), &bases).ok()
    }

    #[test]
    fn bases_are_in_one_domain() {
        let check = |bases: &[&str], expected: Option<&str>| {
            assert_eq!(domain_of(bases).as_deref(), expected, "{bases:?}");
        };
        check(&["dc=contoso,dc=com"], Some("DC=contoso,DC=com"));
        check(
            &["OU=A,DC=contoso,DC=com", "ou=B, dc=contoso, DC=com"],
            Some("DC=contoso,DC=com"),
        );
        check(
            &["OU=A,DC=asia,DC=contoso,DC=com"],
            Some("DC=asia,DC=contoso,DC=com"),
        );
        check(
            &["OU=A,DC=asia,DC=contoso,DC=com", "DC=contoso,DC=com"],
            None,
        );
        check(&["DC=fabrikam,DC=com"], None);
        check(&["OU=A,XDC=contoso,DC=com"], None);
        check(&[], None);
    }
}
