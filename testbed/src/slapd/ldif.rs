//! People as LDIF (RFC 2849), made up by number.

use std::fmt::Write;

use super::setup::{READER, READER_PASSWORD, SUFFIX};

/// The content of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ldif(String);

impl Ldif {
    /// The top of the tree, its `ou=people` and `ou=groups`, and the reader.
    pub fn base() -> Self {
        let mut text = String::new();
        let reader = format!(
            "dn: {READER}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: twinmx\nuserPassword: {READER_PASSWORD}\n\n"
        );
        _ = write!(
            text,
            "dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: contoso\no: Contoso\n\n{reader}"
        );
        for unit in ["people", "groups"] {
            _ = write!(
                text,
                "dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}\n\n"
            );
        }
        Self(text)
    }

    /// With these people of inetOrgPerson and inetLocalMailRecipient. Every fifth lives in the cloud, every third has
    /// a second address.
    #[must_use]
    pub fn people(mut self, numbers: std::ops::Range<u32>) -> Self {
        for number in numbers {
            self = self.entry(&person(number));
        }
        self
    }

    /// With one more entry, without an empty line behind it.
    #[must_use]
    pub fn entry(mut self, entry: &str) -> Self {
        self.0.push_str(entry.trim_end());
        self.0.push_str("\n\n");
        self
    }

    /// As if everything in it had been changed last in this year.
    #[must_use]
    pub fn changed_in(self, year: u32) -> Self {
        let changed =
            format!("\nentryCSN: {year}0101000000.000000Z#000000#000#000000\nobjectClass: ");
        let entries = self.0.split("\n\n");
        let entries = entries.map(|entry| entry.replacen("\nobjectClass: ", &changed, 1));
        Self(entries.collect::<Vec<_>>().join("\n\n"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The lines of one person.
fn person(number: u32) -> String {
    let uuid = person_uuid(number);
    let mut text = format!(
        "dn: uid=p{number},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nobjectClass: inetLocalMailRecipient\n\
         entryUUID: {uuid}\nuid: p{number}\ncn: Person {number}\nsn: {number}\nmail: p{number}@contoso.com\n"
    );
    if number.is_multiple_of(3) {
        _ = writeln!(text, "mailLocalAddress: person.{number}@contoso.com");
    }
    match number.is_multiple_of(5) {
        true => {
            _ = writeln!(
                text,
                "mailRoutingAddress: p{number}@contoso.mail.onmicrosoft.com"
            )
        }
        false => text.push_str("mailHost: domino.contoso.com\n"),
    }
    text
}

/// The entryUUID of a person.
pub fn person_uuid(number: u32) -> String {
    format!("7a3bd6e0-0000-4000-8000-0000{number:08x}")
}
