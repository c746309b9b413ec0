//! The people of a company half way through its migration, as many as one likes.

use std::fmt::Write;
use std::ops::Range;

use super::PEOPLE;

/// People by number; who has which number is always the same.
///
/// Of ten, four have a mailbox in Exchange, three one in Exchange Online, one is a mail user whose target address is in
/// the shared domain, one a contact of another company, and one has an account without an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    numbers: Range<usize>,
}

impl Company {
    /// The first so many.
    pub fn of(count: usize) -> Self {
        Self { numbers: 0..count }
    }

    /// The shared domain.
    pub const DOMAIN: &str = "contoso.com";
    /// The domain by which Exchange Online knows its own.
    pub const ROUTING_DOMAIN: &str = "contoso.mail.onmicrosoft.com";
    /// Where everybody's mailbox in Exchange is.
    pub const STORE: &str = "CN=Store 1,DC=contoso,DC=test";

    /// How many of them have an address.
    pub fn with_address(&self) -> usize {
        self.numbers
            .clone()
            .filter(|number| number % 10 != 9)
            .count()
    }

    /// What ldbadd takes, for a domain without them.
    pub fn ldif(&self) -> String {
        let mut text = String::new();
        if self.numbers.start == 0 {
            _ = writeln!(text, "dn: {}\nobjectClass: container\n", Self::STORE);
        }
        for number in self.numbers.clone() {
            person(&mut text, number);
        }
        text
    }

    /// The name in LDAP of the person with this number.
    pub fn dn(number: usize) -> String {
        format!("CN=Person {number},{PEOPLE}")
    }

    /// The primary address of the person with this number.
    pub fn address(number: usize) -> String {
        match number % 10 {
            8 => format!("person{number}@fabrikam.com"),
            _ => format!("person{number}@{}", Self::DOMAIN),
        }
    }
}

fn person(text: &mut String, number: usize) {
    let (dn, address) = (Company::dn(number), Company::address(number));
    let class = match number % 10 {
        8 => "contact",
        _ => "user",
    };
    _ = writeln!(
        text,
        "dn: {dn}\nobjectClass: {class}\ndisplayName: Person {number}"
    );
    if class == "user" {
        _ = writeln!(
            text,
            "sAMAccountName: person{number}\nuserPrincipalName: person{number}@contoso.test\nuserAccountControl: 544"
        );
    }
    if number % 10 != 9 {
        _ = writeln!(
            text,
            "mail: {address}\nmailNickname: person{number}\nproxyAddresses: SMTP:{address}\n\
             proxyAddresses: smtp:p{number}@{}\nproxyAddresses: x500:/o=Old/cn=person{number}\n\
             legacyExchangeDN: /o=Contoso/ou=Exchange/cn=Recipients/cn=person{number}",
            Company::DOMAIN
        );
    }
    text.push_str(&of_exchange(number));
    text.push('\n');
}

fn of_exchange(number: usize) -> String {
    match number % 10 {
        0..=3 => format!(
            "msExchRecipientTypeDetails: 1\nmsExchRecipientDisplayType: 1073741824\nhomeMDB: {}\n\
             msExchHomeServerName: /o=Contoso/ou=Exchange/cn=Servers/cn=EX1\n",
            Company::STORE
        ),
        4..=6 => format!(
            "msExchRecipientTypeDetails: 2147483648\nmsExchRecipientDisplayType: -2147483642\n\
             msExchRemoteRecipientType: 4\ntargetAddress: SMTP:person{number}@{}\n",
            Company::ROUTING_DOMAIN
        ),
        7 => format!(
            "msExchRecipientTypeDetails: 128\nmsExchRecipientDisplayType: 6\ntargetAddress: SMTP:{}\n",
            Company::address(number)
        ),
        8 => format!(
            "msExchRecipientTypeDetails: 64\nmsExchRecipientDisplayType: 6\ntargetAddress: SMTP:{}\n",
            Company::address(number)
        ),
        _ => String::new(),
    }
}
