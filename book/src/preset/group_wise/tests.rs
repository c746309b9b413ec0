use routing::Address;

use super::super::tests::{addresses, entry, place, texts};
use crate::{Preset, PresetKind};

fn preset() -> Preset {
    Preset::of(PresetKind::GroupWise)
}

const ANNA: &[(&str, &str)] = &[
    ("nGWGroupWiseID", "G1"),
    ("objectClass", "person"),
    ("nGWObjectID", "ABerg"),
    ("nGWPostOffice", "cn=PO1,ou=gw,o=contoso"),
    ("nGWDomain", "cn=DOM,ou=gw,o=contoso"),
    ("givenName", "Anna"),
    ("sn", "Berg"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = ANNA.to_vec();
    all.extend(more);
    all
}

fn computed(preset: &Preset, pairs: &[(&str, &str)]) -> Vec<String> {
    let (entry, _) = entry(preset, pairs);
    let all = entry.primary.iter().chain(&entry.computed);
    all.map(Address::to_string).collect()
}

#[test]
fn six_addresses_follow_from_the_names() {
    let (anna, odd) = entry(&preset(), ANNA);
    assert_eq!(
        (place(&anna).as_str(), odd.len()),
        ("User lives in groupwise", 0)
    );
    assert_eq!(addresses(&anna), ["ABerg@contoso.com"]);
    let all: Vec<String> = anna.computed.iter().map(Address::to_string).collect();
    assert_eq!(
        all,
        [
            "ABerg.PO1.DOM@contoso.com",
            "ABerg.PO1@contoso.com",
            "Berg.Anna@contoso.com",
            "Anna.Berg@contoso.com"
        ]
    );
    // First initial and last name give the user id once more.
    assert_eq!(anna.foreign[0].to_string(), "GWISE:dom.po1.aberg");
}

#[test]
fn the_preferred_format_gives_the_primary_address() {
    let check = |format: &str, expected: &str| {
        let mut preset = preset();
        preset.set("preferred_format", &[format]).unwrap();
        assert_eq!(computed(&preset, ANNA)[0], expected, "{format}");
    };
    check("0", "ABerg.PO1.DOM@contoso.com");
    check("1", "ABerg.PO1@contoso.com");
    check("2", "ABerg@contoso.com");
    check("3", "Berg.Anna@contoso.com");
    check("4", "Anna.Berg@contoso.com");
    check("6", "ABerg@contoso.com");
    let (mail, _) = entry(
        &preset(),
        &with(&[("mail", "a@contoso.com"), ("Preferred Email ID", "anni")]),
    );
    assert_eq!(addresses(&mail), ["a@contoso.com"]);
    assert!(
        mail.computed
            .iter()
            .any(|address| address.canonical() == "anni@contoso.com")
    );
}

#[test]
fn disallowed_formats_are_left_out() {
    let check = |sum: &str, expected: &[&str]| {
        let mut preset = preset();
        preset.set("disallowed_formats", &[sum]).unwrap();
        let local: Vec<String> = computed(&preset, ANNA)
            .iter()
            .map(|address| address.replace("@contoso.com", ""))
            .collect();
        assert_eq!(local, expected, "{sum}");
    };
    check("62", &["ABerg.PO1.DOM"]);
    check("60", &["ABerg.PO1.DOM", "ABerg.PO1"]);
    check("38", &["ABerg.PO1.DOM", "Berg.Anna", "Anna.Berg"]);
    check(
        "32",
        &[
            "ABerg",
            "ABerg.PO1.DOM",
            "ABerg.PO1",
            "Berg.Anna",
            "Anna.Berg",
        ],
    );
    // A sum of the object's own counts more; the full format cannot be left out.
    let mut preset = preset();
    preset
        .set("attributes.disallowed_formats", &["nGWDisallowed"])
        .unwrap();
    let (entry, odd) = entry(&preset, &with(&[("nGWDisallowed", "63")]));
    assert_eq!(addresses(&entry), ["ABerg.PO1.DOM@contoso.com"]);
    assert!(entry.computed.is_empty());
    assert!(texts(&odd).contains("full address format"), "{odd:?}");
}

#[test]
fn an_exclusive_domain_is_the_only_one() {
    let mut preset = preset();
    preset
        .set("attributes.internet_domain", &["iDomain"])
        .unwrap();
    preset
        .set("attributes.exclusive_domain", &["iExclusive"])
        .unwrap();
    preset.set("disallowed_formats", &["62"]).unwrap();
    let own = ("iDomain", "gw.contoso.com");
    let all = |exclusive: &'static str| computed(&preset, &with(&[own, ("iExclusive", exclusive)]));
    assert_eq!(all("1"), ["ABerg.PO1.DOM@gw.contoso.com"]);
    assert_eq!(
        all("0"),
        ["ABerg.PO1.DOM@gw.contoso.com", "ABerg.PO1.DOM@contoso.com"]
    );
}

#[test]
fn blanks_are_underscores_and_missing_names_give_nothing() {
    let room = [
        ("nGWGroupWiseID", "R1"),
        ("objectClass", "groupWiseResource"),
        ("nGWObjectID", "Big Room"),
    ];
    let (room, _) = entry(&preset(), &room);
    assert_eq!(place(&room), "Resource lives in groupwise");
    assert_eq!(
        (addresses(&room), room.computed.len()),
        (vec!["Big_Room@contoso.com".to_owned()], 0)
    );
}

#[test]
fn a_foreign_domain_and_a_list_are_told() {
    let mut preset = preset();
    preset
        .set("foreign_domains", &["DOM=cloud", "OLD"])
        .unwrap();
    assert_eq!(place(&entry(&preset, ANNA).0), "User lives in cloud");
    let old = [
        ("nGWGroupWiseID", "1"),
        ("nGWObjectID", "x"),
        ("nGWDomain", "old"),
    ];
    assert_eq!(
        place(&entry(&preset, &old).0),
        "User is not placed: it moved away, and nothing says where to"
    );
    let list = [
        ("nGWGroupWiseID", "1"),
        ("objectClass", "groupWiseDistributionList"),
        ("mail", "l@contoso.com"),
        ("member", "cn=a"),
    ];
    let (list, _) = entry(&self::preset(), &list);
    assert_eq!(
        (place(&list).as_str(), list.members.len()),
        ("Group is a group of groupwise", 1)
    );
}

#[test]
fn an_export_of_the_console_is_read_too() {
    let row = [
        ("GUID", "ABCD"),
        ("User ID", "ABerg"),
        ("Post Office", "PO1"),
        ("Domain", "DOM"),
        ("First Name", "Anna"),
        ("Last Name", "Berg"),
        ("Email Address", "anna.berg@contoso.com"),
    ];
    let (entry, _) = entry(&preset(), &row);
    assert_eq!(addresses(&entry), ["anna.berg@contoso.com"]);
    assert_eq!(entry.computed.len(), 4);
}
