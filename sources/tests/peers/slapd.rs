//! A slapd with people in it, and what should be known of them.

use std::collections::BTreeMap;
use std::ops::Range;

use book::{Entry, Location, PresetKind, System};
use sources::ldap::Access;
use sources::{OpenLdap, Plan};
use tempfile::TempDir;
use testbed::slapd::{Ldif, READER, READER_PASSWORD, SUFFIX, Setup, Slapd, person_uuid};

use crate::scene::{Kept, access, login, plan};

/// A server of a test's own.
pub(super) struct Office {
    pub(super) server: Slapd,
    pub(super) home: TempDir,
}

impl Office {
    /// With so many people, or nothing where there is no slapd.
    pub(super) fn of(people: u32) -> Option<Self> {
        Self::set_up(&Setup::default(), &Ldif::base().people(0..people))
    }

    pub(super) fn set_up(setup: &Setup, content: &Ldif) -> Option<Self> {
        super::require("slapd", Slapd::is_here())?;
        let home = TempDir::new().unwrap();
        let server = Slapd::start(home.path(), setup, content.as_str()).unwrap();
        Some(Self { server, home })
    }

    pub(super) fn access(&self) -> Access {
        let login = login(self.home.path(), READER, READER_PASSWORD);
        access(self.server.plain(), Some(login))
    }

    pub(super) fn plan() -> Plan {
        plan(PresetKind::OpenLdap, SUFFIX)
    }

    /// A source that reads it, and an empty mirror.
    pub(super) fn source(&self) -> (OpenLdap, Kept) {
        let source = OpenLdap::new(self.access(), Self::plan()).unwrap();
        let kept = Kept::new(&source.fingerprint());
        (source, kept)
    }
}

/// What the people of these numbers are, in a few words by key.
pub(super) fn people(numbers: Range<u32>) -> BTreeMap<String, String> {
    numbers
        .map(|number| (person_uuid(number), person(number)))
        .collect()
}

pub(super) fn person(number: u32) -> String {
    let alias = match number % 3 {
        0 => format!(" person.{number}@contoso.com"),
        _ => String::new(),
    };
    let place = match number % 5 {
        0 => format!("cloud p{number}@contoso.mail.onmicrosoft.com"),
        _ => "domino".to_owned(),
    };
    format!("Person {number}: p{number}@contoso.com{alias} in {place}")
}

/// Entries in the same few words.
pub(super) fn told(entries: BTreeMap<String, Entry>) -> BTreeMap<String, String> {
    let tell = |entry: Entry| {
        let addresses: Vec<String> = entry.addresses().map(ToString::to_string).collect();
        let place = match (&entry.location, &entry.routing_address) {
            (Location::In(system), Some(address)) => format!("{system} {address}"),
            (Location::In(System::Domino), None) => "domino".to_owned(),
            (other, _) => format!("{other:?}"),
        };
        let display = entry.display.unwrap_or_default();
        format!("{display}: {} in {place}", addresses.join(" "))
    };
    entries
        .into_iter()
        .map(|(key, entry)| (key, tell(entry)))
        .collect()
}

/// Changes as LDIF.
pub(super) fn dn(number: u32) -> String {
    format!("dn: uid=p{number},ou=people,{SUFFIX}\n")
}

pub(super) fn rename_display(number: u32, cn: &str) -> String {
    format!(
        "{}changetype: modify\nreplace: cn\ncn: {cn}\n\n",
        dn(number)
    )
}

pub(super) fn delete(number: u32) -> String {
    format!("{}changetype: delete\n\n", dn(number))
}

pub(super) fn move_to(number: u32, uid: &str) -> String {
    format!(
        "{}changetype: modrdn\nnewrdn: uid={uid}\ndeleteoldrdn: 1\n\n",
        dn(number)
    )
}

/// The server makes an entryUUID of its own for it.
pub(super) fn add(name: &str) -> String {
    format!(
        "dn: uid={name},ou=people,{SUFFIX}\nchangetype: add\nobjectClass: inetOrgPerson\n\
         objectClass: inetLocalMailRecipient\nuid: {name}\ncn: {name}\nsn: {name}\nmail: {name}@contoso.com\n\
         mailHost: domino.contoso.com\n\n"
    )
}
