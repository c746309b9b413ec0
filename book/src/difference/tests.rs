use routing::Domain;

use super::*;
use crate::{Key, WhyUnknown};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn setting() -> Setting {
    let domain = |name| Domain::parse(name).unwrap();
    Setting {
        shared: vec![domain("contoso.com")],
        routing: vec![(domain("contoso.mail.onmicrosoft.com"), System::Cloud)],
    }
}

fn entry(kind: Kind, location: Location) -> Entry {
    let mut entry = Entry::new(Key::from_text("k").unwrap(), location);
    entry.kind = kind;
    entry.display = Some("Anna O'Hara".into());
    entry.primary = Some(address("anna@contoso.com"));
    entry.aliases = vec![address("a.ohara@contoso.com"), address("anna@example.net")];
    entry
}

fn notes(kind: Kind) -> Entry {
    entry(kind, Location::In(System::Domino))
}

#[test]
fn addresses_tell_who_is_lacking() {
    let check = |entry: &Entry, known: &[&str], expected: Option<Lacks>| {
        let found = lacks(entry, &setting(), |address| {
            known.contains(&address.canonical())
        });
        assert_eq!(found, expected, "{known:?}");
    };
    let anna = notes(Kind::User);
    check(&anna, &[], Some(Lacks::Entry));
    // An address of another domain says nothing.
    check(&anna, &["anna@example.net"], Some(Lacks::Entry));
    check(&anna, &["anna@contoso.com", "a.ohara@contoso.com"], None);
    let alias = || Some(Lacks::Addresses(vec![address("a.ohara@contoso.com")]));
    check(&anna, &["anna@contoso.com"], alias());
    let primary = Some(Lacks::Addresses(vec![address("anna@contoso.com")]));
    check(&anna, &["a.ohara@contoso.com"], primary);
    let gone = entry(Kind::User, Location::Unknown(WhyUnknown::MovedAway));
    check(&gone, &[], None);
    check(&gone, &["anna@contoso.com"], alias());
}

#[test]
fn what_is_lacking_can_be_added() {
    let check = |entry: &Entry, expected: Option<&str>| {
        let fix = mend(
            entry,
            &Lacks::Entry,
            PresetKind::ActiveDirectory,
            &setting(),
        );
        assert_eq!(fix.map(|fix| fix.to_string()).as_deref(), expected);
    };
    let user = "Enable-MailUser -Identity 'anna@contoso.com' -ExternalEmailAddress 'anna@contoso.com' -PrimarySmtpAddress 'anna@contoso.com'";
    check(&notes(Kind::User), Some(user));
    let contact = "New-MailContact -Name 'Anna O''Hara' -ExternalEmailAddress 'anna@contoso.com' -PrimarySmtpAddress 'anna@contoso.com'";
    check(&notes(Kind::MailInDatabase), Some(contact));
    check(&notes(Kind::Group), None);
    let cloud = |kind| entry(kind, Location::In(System::Cloud));
    let remote = "Enable-RemoteMailbox -Identity 'anna@contoso.com' -RemoteRoutingAddress 'anna@contoso.mail.onmicrosoft.com'";
    check(&cloud(Kind::User), Some(remote));
    let room = "New-RemoteMailbox -Room -Name 'Anna O''Hara' -PrimarySmtpAddress 'anna@contoso.com' -RemoteRoutingAddress 'anna@contoso.mail.onmicrosoft.com'";
    check(&cloud(Kind::Room), Some(room));
    let mut named = notes(Kind::Resource);
    named.display = Some("a\nb".into());
    check(&named, None);
    assert_eq!(
        mend(
            &notes(Kind::User),
            &Lacks::Entry,
            PresetKind::Domino,
            &setting()
        ),
        None
    );
}

#[test]
fn lacking_addresses_are_added_to_the_object_that_has_another() {
    let fix = |addresses: &[&str]| {
        let lacking = Lacks::Addresses(addresses.iter().map(|text| address(text)).collect());
        mend(
            &notes(Kind::User),
            &lacking,
            PresetKind::ActiveDirectory,
            &setting(),
        )
        .unwrap()
        .to_string()
    };
    assert_eq!(
        fix(&["a.ohara@contoso.com"]),
        "Get-ADObject -Filter 'proxyAddresses -eq ''smtp:anna@contoso.com''' | Set-ADObject -Add @{proxyAddresses='smtp:a.ohara@contoso.com'}"
    );
    assert_eq!(
        fix(&["anna@contoso.com", "o'hara@contoso.com"]),
        "Get-ADObject -Filter 'proxyAddresses -eq ''smtp:a.ohara@contoso.com''' | Set-ADObject -Add @{proxyAddresses='smtp:anna@contoso.com','smtp:o''hara@contoso.com'}"
    );
}

#[test]
fn a_line_of_a_table_runs_nothing() {
    let mut anna = notes(Kind::User);
    assert_eq!(
        csv_line(&anna, &setting()).unwrap(),
        "\"Anna O'Hara\",\"anna@contoso.com\",\"anna@contoso.com\",\"SMTP:anna@contoso.com smtp:a.ohara@contoso.com smtp:anna@example.net\",\"User\"\r\n"
    );
    anna.display = Some("=cmd|\"x\"".into());
    assert!(
        csv_line(&anna, &setting())
            .unwrap()
            .starts_with("\"'=cmd|\"\"x\"\"\",")
    );
    // What we write is what we read.
    let text = format!("{CSV_HEADER}{}", csv_line(&anna, &setting()).unwrap());
    let table = crate::table::Table::read(text.into()).unwrap();
    let row = table.rows().next().unwrap().unwrap();
    assert_eq!(
        row.attributes.text("PrimarySmtpAddress"),
        Some("anna@contoso.com")
    );
}
