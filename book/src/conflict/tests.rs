use routing::{Domain, SideName};

use super::*;
use crate::{Entry, Key, merge};

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
    entry.name = "CN=Anna O'Hara,DC=contoso,DC=com".into();
    entry.primary = Some(address("anna@contoso.com"));
    entry
}

fn between(winner: (PresetKind, &Entry), loser: (PresetKind, &Entry)) -> Vec<Conflict> {
    let side = |entry: &Entry| entry.system().map(|system| SideName::from(system.name()));
    let sides = [side(winner.1), side(loser.1)];
    let claim = |(kind, entry), side: usize, source| Claim {
        source,
        kind: Some(kind),
        entry,
        side: sides[side].as_ref(),
    };
    let claims = [claim(winner, 0, "first"), claim(loser, 1, "second")];
    Conflict::all(&claims, &merge(&claims), &setting())
}

fn check(winner: (PresetKind, &Entry), loser: (PresetKind, &Entry), what: What, fix: Option<&str>) {
    let found = between(winner, loser);
    let [conflict] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(conflict.what, what);
    assert_eq!(
        conflict.fix.as_ref().map(ToString::to_string).as_deref(),
        fix
    );
}

use PresetKind::{ActiveDirectory as Ad, Domino, ExchangeCsv, GroupWise, MicrosoftGraph, OpenLdap};

fn in_cloud() -> Entry {
    entry(Kind::User, Location::In(System::Cloud))
}

fn in_notes(kind: Kind) -> Entry {
    let mut entry = entry(kind, Location::In(System::ThirdParty));
    entry.target = Some(address("anna@contoso.com"));
    entry
}

#[test]
fn a_cloud_mailbox_whose_object_still_points_to_notes_is_mended() {
    let cloud = in_cloud();
    check(
        (ExchangeCsv, &cloud),
        (Ad, &in_notes(Kind::MailUser)),
        What::StillPointsBack,
        Some(
            "Set-MailUser -Identity 'anna@contoso.com' -ExternalEmailAddress 'anna@contoso.mail.onmicrosoft.com'",
        ),
    );
    check(
        (ExchangeCsv, &cloud),
        (Ad, &in_notes(Kind::Contact)),
        What::StillPointsBack,
        Some(
            "Set-MailContact -Identity 'anna@contoso.com' -ExternalEmailAddress 'anna@contoso.mail.onmicrosoft.com'",
        ),
    );
    // Without Exchange's type the attribute is all there is.
    check(
        (MicrosoftGraph, &cloud),
        (Ad, &in_notes(Kind::User)),
        What::StillPointsBack,
        Some(
            "Set-ADObject -Identity 'CN=Anna O''Hara,DC=contoso,DC=com' -Replace @{targetAddress='SMTP:anna@contoso.mail.onmicrosoft.com'}",
        ),
    );
    let plain = entry(Kind::User, Location::In(System::Domino));
    check(
        (MicrosoftGraph, &cloud),
        (Ad, &plain),
        What::StillPointsBack,
        Some(
            "Enable-RemoteMailbox -Identity 'anna@contoso.com' -RemoteRoutingAddress 'anna@contoso.mail.onmicrosoft.com'",
        ),
    );
}

#[test]
fn a_person_document_that_was_left_behind_is_mended() {
    let mut notes = entry(Kind::User, Location::In(System::Domino));
    notes.name = "CN=Anna Berg,O=Contoso".into();
    let change = "dn: CN=Anna Berg,O=Contoso\nchangetype: modify\nreplace: mailsystem\nmailsystem: 5\n-\n\
                  replace: mailaddress\nmailaddress: anna@contoso.mail.onmicrosoft.com\n-\n";
    check(
        (ExchangeCsv, &in_cloud()),
        (Domino, &notes),
        What::TwoMailboxes,
        Some(change),
    );
    let mut remote = in_cloud();
    remote.routing_address = Some(address("a2@contoso.mail.onmicrosoft.com"));
    let change = change.replace("anna@contoso.mail", "a2@contoso.mail");
    check((Ad, &remote), (Domino, &notes), What::Sides, Some(&change));
    notes.name = String::new();
    check((Ad, &remote), (Domino, &notes), What::Sides, None);
}

#[test]
fn the_other_directories_are_mended_too() {
    let notes = entry(Kind::User, Location::In(System::Domino));
    let back = "it is a remote mailbox in Active Directory: run Disable-RemoteMailbox for anna@contoso.com, then Enable-MailUser \
                with the external address anna@contoso.com";
    check(
        (Domino, &notes),
        (Ad, &in_cloud()),
        What::StillPointsBack,
        Some(back),
    );
    let change = "dn: CN=Anna O'Hara,DC=contoso,DC=com\nchangetype: modify\nreplace: mailRoutingAddress\n\
                  mailRoutingAddress: anna@contoso.mail.onmicrosoft.com\n-\n";
    check(
        (ExchangeCsv, &in_cloud()),
        (OpenLdap, &notes),
        What::StillPointsBack,
        Some(change),
    );
    let group_wise = entry(Kind::User, Location::In(System::GroupWise));
    let by_hand = "in GroupWise, forward anna@contoso.com to anna@contoso.mail.onmicrosoft.com or remove its mailbox";
    check(
        (ExchangeCsv, &in_cloud()),
        (GroupWise, &group_wise),
        What::TwoMailboxes,
        Some(by_hand),
    );
    let exchange = entry(Kind::User, Location::In(System::Exchange));
    let two = "two mailboxes take mail for anna@contoso.com: move what came to the one in exchange and disable it";
    check(
        (MicrosoftGraph, &in_cloud()),
        (Ad, &exchange),
        What::TwoMailboxes,
        Some(two),
    );
}

#[test]
fn mail_sent_elsewhere_is_told() {
    let mut out = entry(Kind::MailUser, Location::External(address("a@example.net")));
    out.target = Some(address("a@example.net"));
    check(
        (Domino, &entry(Kind::User, Location::In(System::Domino))),
        (Ad, &out),
        What::SentElsewhere,
        Some("Set-MailUser -Identity 'anna@contoso.com' -ExternalEmailAddress 'anna@contoso.com'"),
    );
}

#[test]
fn agreement_and_silence_are_no_conflict() {
    let silent = entry(
        Kind::User,
        Location::Unknown(crate::WhyUnknown::LicenceAlone),
    );
    assert!(between((Ad, &in_cloud()), (MicrosoftGraph, &silent)).is_empty());
    assert!(between((Ad, &in_cloud()), (ExchangeCsv, &in_cloud())).is_empty());
    assert!(between((Ad, &silent), (MicrosoftGraph, &silent)).is_empty());
}

#[test]
fn a_conflict_is_told_in_one_sentence() {
    let found = between((ExchangeCsv, &in_cloud()), (Ad, &in_notes(Kind::MailUser)));
    assert_eq!(
        found[0].to_string(),
        "anna@contoso.com: a directory points to where the mailbox is not. first lives in cloud, which counts; \
         second lives in third-party"
    );
}
