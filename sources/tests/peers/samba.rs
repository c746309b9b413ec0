//! A domain controller with people in it, and what should be known of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use book::{Entry, Location, PresetKind, System, WhyUnknown};
use sources::ldap::{Access, Server};
use sources::{ActiveDirectory, ChangeBy, Plan, SourceError, Summary};
use tempfile::TempDir;
use testbed::certificates::{Authority, Certificate, Leaf};
use testbed::samba::{self, Account, BASE, Cache, Company, Controller, Domain, HOST, PASSWORD};
use testbed::tls::ClientTls;

use crate::scene::{Kept, access, login, plan};

/// A domain controller of a test's own.
pub(super) struct Branch {
    pub(super) controller: Controller,
    pub(super) authority: Authority,
    home: TempDir,
}

/// A domain that nobody serves yet; nothing where there is no Samba.
pub(super) fn domain(people: usize) -> Option<Domain> {
    let presence = samba::missing().map_or(Ok(()), Err);
    super::require("samba", presence)?;
    let cache = Cache::at(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let name = format!("company-{people}");
    let fill = |domain: &Domain| domain.add(&Company::of(people).ldif());
    Some(cache.filled(&name, fill).unwrap())
}

impl Branch {
    /// With so many people, or nothing where there is no Samba.
    pub(super) async fn of(people: usize) -> Option<Self> {
        let domain = domain(people)?;
        Some(Self::serving(domain, &Authority::new("Contoso root")).await)
    }

    pub(super) async fn serving(domain: Domain, authority: &Authority) -> Self {
        let certificate = certificate(authority);
        let controller = Controller::start(domain, &certificate).await.unwrap();
        Self {
            controller,
            authority: authority.clone(),
            home: TempDir::new().unwrap(),
        }
    }

    /// Stops it, and lets another one serve this domain at its address.
    pub(super) async fn replaced(self, domain: Domain) -> Self {
        let certificate = certificate(&self.authority);
        let stopped = self.controller.stop().with(domain);
        let controller = stopped.start(&certificate).await.unwrap();
        Self { controller, ..self }
    }

    pub(super) fn domain(&self) -> &Domain {
        self.controller.domain()
    }

    pub(super) fn modify(&self, ldif: &str) {
        self.domain().modify(ldif).unwrap();
    }

    pub(super) fn access(&self, account: Account, password: &str) -> Access {
        let login = login(self.home.path(), &account.dn(), password);
        let tls = ClientTls::trusting([&self.authority], HOST);
        let ldaps = format!("ldaps://{}", self.controller.ldaps());
        Access {
            servers: vec![Server::parse(&ldaps).unwrap()],
            server_name: Some(HOST.to_owned()),
            tls: Some(tls.config()),
            ..access(self.controller.ldap(), Some(login))
        }
    }

    /// A source that reads it as its administrator, and an empty mirror.
    pub(super) fn source(&self, change_by: ChangeBy) -> (ActiveDirectory, Kept) {
        self.source_of(Account::Administrator, change_by)
    }

    pub(super) fn source_of(
        &self,
        account: Account,
        change_by: ChangeBy,
    ) -> (ActiveDirectory, Kept) {
        let access = self.access(account, PASSWORD);
        let source = ActiveDirectory::new(access, whole_domain(), change_by).unwrap();
        let kept = Kept::new(&source.fingerprint());
        (source, kept)
    }
}

pub(super) fn certificate(authority: &Authority) -> Certificate {
    authority.issue(&Leaf::new(HOST))
}

pub(super) fn whole_domain() -> Plan {
    plan(PresetKind::ActiveDirectory, BASE)
}

/// One round, without anybody who looks at its progress.
pub(super) async fn round(
    source: &mut ActiveDirectory,
    kept: &mut Kept,
) -> Result<Summary, SourceError> {
    source.round(&mut kept.mirror, &mut |_| {}).await
}

/// What is believed after a round that reads no more than what changed.
pub(super) async fn changed(source: &mut ActiveDirectory, kept: &mut Kept) -> People {
    let summary = round(source, kept).await.unwrap();
    assert!(!summary.full, "{summary:?}");
    told(kept)
}

/// What is known of people, in a few words by address.
pub(super) type People = BTreeMap<String, String>;

pub(super) fn told(kept: &mut Kept) -> People {
    let entries = kept.believed().into_values();
    entries
        .map(|entry| (address(&entry), words(&entry)))
        .collect()
}

fn address(entry: &Entry) -> String {
    entry.primary.as_ref().unwrap().to_string()
}

fn words(entry: &Entry) -> String {
    let mut words = entry.location.to_string();
    for alias in &entry.aliases {
        words.push_str(&format!(" {alias}"));
    }
    for foreign in &entry.foreign {
        words.push_str(&format!(" {foreign}"));
    }
    words
}

/// What the first so many of a company are.
pub(super) fn people(count: usize) -> People {
    let numbers = (0..count).filter(|number| number % 10 != 9);
    numbers
        .map(|number| (Company::address(number), person(number)))
        .collect()
}

fn person(number: usize) -> String {
    let location = match number % 10 {
        0..=3 => Location::In(System::Exchange),
        4..=6 => Location::In(System::Cloud),
        7 => Location::In(System::ThirdParty),
        _ => Location::Unknown(WhyUnknown::NoMailbox),
    };
    let place = match number % 10 {
        8 => format!("is elsewhere, at {}", Company::address(number)),
        _ => location.to_string(),
    };
    format!(
        "{place} p{number}@contoso.com X500:/o=old/cn=person{number} \
         X500:/o=contoso/ou=exchange/cn=recipients/cn=person{number}"
    )
}

/// Says in what two directories differ, and not all that is in them.
#[track_caller]
pub(super) fn same(found: &People, expected: &People) {
    let differs = |one: &People, other: &People| -> Vec<String> {
        let lines = one
            .iter()
            .filter(|(address, words)| other.get(*address) != Some(*words));
        lines
            .map(|(address, words)| format!("{address} {words}"))
            .collect()
    };
    let (too_much, missing) = (differs(found, expected), differs(expected, found));
    assert!(
        found == expected,
        "found: {too_much:#?}\nexpected: {missing:#?}"
    );
}

/// An LDIF text that changes one object.
pub(super) fn change(dn: &str, lines: &[&str]) -> String {
    format!("dn: {dn}\nchangetype: modify\n{}\n\n", lines.join("\n"))
}

/// No round of a test comes by itself.
pub(super) const NEVER: Duration = Duration::from_secs(3600);
