use super::super::tests::{addresses, entry, place, texts};
use crate::{Preset, PresetKind};

fn check(rules: &[(&str, &str)], pairs: &[(&str, &str)], expected: &str) {
    let mut preset = Preset::of(PresetKind::OpenLdap);
    for (key, word) in rules {
        preset.set(key, &[word]).unwrap();
    }
    let mut all = vec![("entryUUID", "u1"), ("mail", "anna@contoso.com")];
    all.extend(pairs);
    let (entry, _) = entry(&preset, &all);
    assert_eq!(place(&entry), expected, "{pairs:?}");
}

#[test]
fn the_routing_address_says_where_mail_goes() {
    let cloud = ("mailRoutingAddress", "anna@contoso.mail.onmicrosoft.com");
    check(
        &[],
        &[cloud],
        "User lives in cloud by anna@contoso.mail.onmicrosoft.com",
    );
    let domino = ("mailRoutingAddress", "anna@domino.contoso.com");
    check(
        &[],
        &[domino],
        "User lives in domino by anna@domino.contoso.com",
    );
    check(
        &[],
        &[("mailRoutingAddress", "a@example.net")],
        "User is elsewhere, at a@example.net",
    );
    let shared = ("mailRoutingAddress", "anna@contoso.com");
    check(
        &[],
        &[shared],
        "User is not placed: nothing says that it has a mailbox",
    );
    check(&[("home", "imap")], &[shared], "User lives in imap");
}

#[test]
fn the_host_says_which_system() {
    let rules = [("hosts", "notes1.contoso.com=domino")];
    let host = ("mailHost", "Notes1.contoso.com");
    check(&rules, &[host], "User lives in domino");
    let routing = ("mailRoutingAddress", "a@x.contoso.com");
    check(
        &rules,
        &[host, routing],
        "User lives in domino by a@x.contoso.com",
    );
    check(
        &[],
        &[host],
        "User is not placed: it names a system that no side stands for",
    );
    check(&[("home", "imap")], &[], "User lives in imap");
    check(
        &[],
        &[],
        "User is not placed: nothing says that it has a mailbox",
    );
}

#[test]
fn a_side_by_name_counts_and_groups_are_groups() {
    check(&[], &[("twinmxSide", "Cloud")], "User lives in cloud");
    check(
        &[],
        &[("twinmxSide", "notes"), ("objectClass", "groupOfNames")],
        "Group is a group of notes",
    );
}

#[test]
fn several_addresses_are_one_person() {
    let pairs = [
        ("entryUUID", "u1"),
        ("mail", "anna@contoso.com"),
        ("mail", "anna.berg@contoso.com"),
        ("mailLocalAddress", "ab@contoso.com"),
        ("mailAlternateAddress", "anna@contoso.com"),
        ("mailLocalAddress", "no address"),
    ];
    let (entry, odd) = entry(&Preset::of(PresetKind::OpenLdap), &pairs);
    assert_eq!(
        addresses(&entry),
        [
            "anna@contoso.com",
            "anna.berg@contoso.com",
            "ab@contoso.com"
        ]
    );
    assert!(texts(&odd).starts_with("mailLocalAddress has"), "{odd:?}");
}
