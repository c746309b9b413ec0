use super::super::tests::{addresses, entry, object, place, setting, texts};
use crate::{Copy, Key, Passed, Preset, PresetKind, Record, Reference};

fn preset() -> Preset {
    Preset::of(PresetKind::Domino)
}

fn person<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("dominounid", "A1"),
        ("objectClass", "dominoPerson"),
        ("internetaddress", "anna@contoso.com"),
    ];
    all.extend(pairs);
    all
}

fn check(pairs: &[(&str, &str)], expected: &str) {
    let (entry, _) = entry(&preset(), &person(pairs));
    assert_eq!(place(&entry), expected, "{pairs:?}");
}

const SERVER: (&str, &str) = ("mailserver", "CN=Mail1,O=Contoso");

#[test]
fn the_mail_system_says_where_somebody_lives() {
    let system = |number| ("mailsystem", number);
    check(&[system("1"), SERVER], "User lives in domino");
    check(&[system("6"), SERVER], "User lives in domino");
    check(&[SERVER], "User lives in domino");
    check(
        &[],
        "User is not placed: nothing says that it has a mailbox",
    );
    check(
        &[system("1")],
        "User is not placed: nothing says that it has a mailbox",
    );
    check(
        &[system("5")],
        "User is not placed: it moved away, and nothing says where to",
    );
    check(
        &[system("100"), SERVER],
        "User is not placed: it has no mail in this system",
    );
    check(
        &[system("3")],
        "User is not placed: its mail is in a system of another kind",
    );
    check(
        &[system("77"), SERVER],
        "User is not placed: its mail is in a system of another kind",
    );
}

#[test]
fn the_forwarding_address_says_who_moved() {
    let cloud = ("mailaddress", "anna@contoso.mail.onmicrosoft.com");
    let moved = "User lives in cloud by anna@contoso.mail.onmicrosoft.com";
    check(&[("mailsystem", "5"), cloud], moved);
    check(&[("mailsystem", "1"), SERVER, cloud], moved);
    check(&[("mailsystem", "1"), cloud], moved);
    check(
        &[("mailsystem", "5"), ("mailaddress", "a@example.net")],
        "User is elsewhere, at a@example.net",
    );
    let shared = ("mailaddress", "anna@contoso.com");
    check(
        &[("mailsystem", "5"), shared],
        "User is not placed: it moved away, and nothing says where to",
    );
    let mut preset = preset();
    preset.set("moved_away", &["cloud"]).unwrap();
    let (placed, _) = entry(&preset, &person(&[("mailsystem", "5"), shared]));
    assert_eq!(place(&placed), "User lives in cloud");
}

#[test]
fn who_forwards_from_domino_still_lives_there() {
    let forwards = |to: &'static str| {
        let (entry, _) = entry(
            &preset(),
            &person(&[("mailsystem", "1"), SERVER, ("mailaddress", to)]),
        );
        assert_eq!(place(&entry), "User lives in domino", "{to}");
        let forward = entry.forward.unwrap();
        assert_eq!(forward.copy, Copy::NotKept);
        forward.to
    };
    assert!(matches!(forwards("a@example.net"), Reference::Address(_)));
    assert!(matches!(forwards("ben@contoso.com"), Reference::Address(_)));
    assert_eq!(
        forwards("Ben Ohm/Contoso@NOTESDOM"),
        Reference::Object("Ben Ohm/Contoso@NOTESDOM".into())
    );
}

#[test]
fn a_foreign_domain_says_who_moved() {
    let mut preset = preset();
    preset
        .set("foreign_domains", &["EXCHANGE", "GWDOM=groupwise"])
        .unwrap();
    let check = |domain: &'static str, expected: &str| {
        let pairs = person(&[("mailsystem", "1"), SERVER, ("maildomain", domain)]);
        assert_eq!(place(&entry(&preset, &pairs).0), expected, "{domain}");
    };
    check(
        "exchange",
        "User is not placed: it moved away, and nothing says where to",
    );
    check("GWDOM", "User lives in groupwise");
    check("NOTESDOM", "User lives in domino");
}

#[test]
fn a_computed_mail_is_nobodys_address() {
    let check = |mail: &'static str, own: bool| {
        let pairs = [
            ("dominounid", "A1"),
            ("objectClass", "dominoPerson"),
            ("uid", "x@contoso.com"),
            ("mail", mail),
            SERVER,
        ];
        let (entry, odd) = entry(&preset(), &pairs);
        assert_eq!(addresses(&entry).contains(&mail.to_owned()), own, "{mail}");
        assert_eq!(texts(&odd).contains("computed"), !own, "{mail}: {odd:?}");
    };
    check("aberg@contoso.com", true);
    check("aberg@domino.contoso.com", true);
    check("Anna_Berg/Sales/Contoso%NOTESDOM@contoso.com", false);
    check("Anna Berg/Sales/Contoso%NOTESDOM@host1.contoso.com", false);
    check("aberg%NOTESDOM@contoso.com", false);
    check("aberg@host1.contoso.com", false);
    // That is its forwarding address.
    check("anna@contoso.mail.onmicrosoft.com", false);
}

#[test]
fn names_lead_to_people() {
    let pairs = person(&[
        SERVER,
        ("uid", "ABerg"),
        ("uid", "a.berg@contoso.com"),
        ("fullname", "CN=Anna Maria Berg/OU=Sales/O=Contoso"),
        ("fullname", "Anna Berg"),
        ("altfullname", "anna.maria@contoso.com"),
        ("mail", "anna@contoso.com"),
    ]);
    let (plain, odd) = entry(&preset(), &pairs);
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!(
        addresses(&plain),
        [
            "anna@contoso.com",
            "a.berg@contoso.com",
            "anna.maria@contoso.com"
        ]
    );
    let names: Vec<&str> = plain
        .foreign
        .iter()
        .map(crate::ForeignAddress::lookup)
        .collect();
    assert_eq!(names, ["anna maria berg/sales/contoso", "anna berg"]);
    assert!(plain.computed.is_empty());
    let mut preset = preset();
    preset
        .set("name_forms", &["short-name", "first-last"])
        .unwrap();
    let (formed, _) = entry(&preset, &pairs);
    let computed: Vec<&str> = formed
        .computed
        .iter()
        .map(routing::Address::canonical)
        .collect();
    assert_eq!(
        computed,
        [
            "aberg@contoso.com",
            "anna_maria_berg@contoso.com",
            "anna_berg@contoso.com"
        ]
    );
}

#[test]
fn groups_are_for_mail_by_their_type() {
    let group = |kind: &'static str| {
        let pairs = [
            ("dominounid", "G1"),
            ("objectClass", "dominoGroup"),
            ("internetaddress", "team@contoso.com"),
            ("grouptype", kind),
            ("member", "CN=Anna Berg,O=Contoso"),
        ];
        preset().read(&object(&pairs), &setting())
    };
    for kind in ["0", "1"] {
        let Record::Entry(entry, _) = group(kind) else {
            panic!("{kind}")
        };
        assert_eq!(
            (place(&entry).as_str(), entry.members.len()),
            ("Group is a group of domino", 1)
        );
    }
    for kind in ["2", "3", "4"] {
        let key = Key::from_text("g1").unwrap();
        assert_eq!(
            group(kind),
            Record::Passed(key, Passed::NotForMail),
            "{kind}"
        );
    }
}

#[test]
fn databases_and_resources_live_in_domino() {
    let check = |class: &'static str, expected: &str| {
        let pairs = [
            ("dominounid", "D1"),
            ("objectClass", class),
            ("mail", "room1@contoso.com"),
        ];
        assert_eq!(place(&entry(&preset(), &pairs).0), expected);
    };
    check(
        "dominoServerMailInDatabase",
        "MailInDatabase lives in domino",
    );
    check("dominoResource", "Resource lives in domino");
}
