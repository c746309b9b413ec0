use super::*;
use crate::{Copy, Forward, Key};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn setting() -> Setting {
    Setting {
        shared: vec![domain("contoso.com")],
        routing: vec![(domain("domino.contoso.com"), System::Domino)],
    }
}

fn entry(kind: Kind, location: Location) -> Entry {
    let mut entry = Entry::new(Key::from_text("k").unwrap(), location);
    entry.kind = kind;
    entry
}

fn texts(found: &[Lint]) -> String {
    found
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn mail_that_leaves_the_company_is_told() {
    let out = || Location::External(address("a@example.net"));
    let check = |entry: &Entry, expected: &str| {
        let found = of_entry(entry, &setting());
        assert_eq!(found.is_empty(), expected.is_empty(), "{found:?}");
        assert!(texts(&found).contains(expected), "{found:?}");
    };
    check(&entry(Kind::User, out()), "sent to a@example.net");
    check(&entry(Kind::Contact, out()), "");
    let mut person = entry(Kind::User, Location::In(System::Domino));
    person.routing_address = Some(address("a@domino.contoso.com"));
    check(&person, "");
    let mut forward = |to: &str| {
        let to = Reference::Address(address(to));
        person.forward = Some(Forward {
            to,
            copy: Copy::Kept,
        });
        person.clone()
    };
    check(&forward("ben@contoso.com"), "");
    check(&forward("a@example.net"), "forwards to a@example.net");
    person.forward = None;
    person.routing_address = Some(address("a@example.net"));
    check(&person, "sent to a@example.net");
    check(
        &entry(
            Kind::MailUser,
            Location::Unknown(crate::WhyUnknown::NoMailbox),
        ),
        "without a target",
    );
}

#[test]
fn the_three_criteria_are_checked() {
    let person = |target: &str, login: &str| {
        let mut person = entry(Kind::MailUser, Location::In(System::ThirdParty));
        (person.target, person.login) = (Some(address(target)), Some(login.to_owned()));
        person
    };
    let mut there = entry(Kind::User, Location::In(System::Domino));
    there.primary = Some(address("Anna@contoso.com"));
    let verified = [domain("contoso.com"), domain("domino.contoso.com")];
    let check = |person: &Entry, expected: &[&str]| {
        let found = of_mail_user(person, Some(&there), &verified);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(
            expected.iter().all(|part| texts(&found).contains(part)),
            "{found:?}"
        );
    };
    check(&person("anna@contoso.com", "anna@Contoso.com"), &[]);
    check(
        &person("a@contoso.com", "anna@contoso.com"),
        &["not its primary address"],
    );
    check(
        &person("anna@contoso.com", "anna@contoso.local"),
        &["another domain than"],
    );
    check(&person("anna@contoso.com", ""), &["another domain than"]);
    check(
        &person("a@old.contoso.com", "anna@old.contoso.com"),
        &["not its primary", "not verified"],
    );
    check(
        &person("a@x.contoso.com", "anna@contoso.com"),
        &["not its primary", "not verified", "another domain than"],
    );
    // Who lives in the cloud has another target address.
    let mut moved = person("a@contoso.mail.onmicrosoft.com", "anna@contoso.com");
    moved.location = Location::In(System::Cloud);
    check(&moved, &[]);
    let alone = of_mail_user(
        &person("a@contoso.com", "anna@contoso.com"),
        None,
        &verified,
    );
    assert!(alone.is_empty(), "{alone:?}");
}
