use super::*;
use crate::ForeignKind;

fn draft() -> Draft {
    Draft::new(Key::from_text("k").unwrap())
}

fn address(number: usize) -> Address {
    Address::parse(&format!("a{number}@contoso.com")).unwrap()
}

fn texts(addresses: &[Address]) -> Vec<&str> {
    addresses.iter().map(Address::canonical).collect()
}

#[test]
fn proxy_addresses_are_told_apart() {
    let mut draft = draft();
    for value in [
        "smtp:anna@contoso.com",
        "SMTP:Anna.Berg@contoso.com",
        "smtp:anna.berg@contoso.com",
        "anna.b@contoso.com",
        "sip:anna@contoso.com",
        "EUM:4711;phone-context=x",
        "SPO:SPO_1@SPO_2",
        "X500:/o=Contoso/cn=Anna",
        "x500:/o=contoso/cn=anna",
        "NOTES:Anna Berg/Contoso@NOTESDOM",
        "GWISE:DOM.PO.Anna",
        "smtp:no address",
        "SMTP:second@contoso.com",
    ] {
        draft.proxy("proxyAddresses", value);
    }
    assert_eq!(
        draft.entry.primary.as_ref().map(Address::canonical),
        Some("anna.berg@contoso.com")
    );
    let aliases = [
        "anna@contoso.com",
        "anna.b@contoso.com",
        "second@contoso.com",
    ];
    assert_eq!(texts(&draft.entry.aliases), aliases);
    let foreign: Vec<String> = draft
        .entry
        .foreign
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        foreign,
        [
            "X500:/o=contoso/cn=anna",
            "NOTES:anna berg/contoso",
            "GWISE:dom.po.anna"
        ]
    );
    let odd = draft.oddities.into_vec();
    assert!(
        matches!(odd[..], [Odd::Address { .. }, Odd::TwoPrimaries { .. }]),
        "{odd:?}"
    );
}

#[test]
fn aliases_are_bounded() {
    let mut draft = draft();
    (0..ALIASES_MAX).for_each(|number| draft.alias(address(number)));
    assert_eq!(
        (draft.entry.aliases.len(), draft.oddities.into_vec().len()),
        (ALIASES_MAX, 0)
    );
    let mut draft = self::draft();
    (0..=ALIASES_MAX).for_each(|number| draft.alias(address(number)));
    assert_eq!(
        (draft.entry.aliases.len(), draft.oddities.into_vec().len()),
        (ALIASES_MAX, 1)
    );
}

#[test]
fn foreign_addresses_and_members_are_bounded() {
    let mut draft = draft();
    for number in 0..=FOREIGN_MAX {
        let text = number.to_string();
        draft.foreign(ForeignAddress::new(ForeignKind::X500, &text).unwrap());
    }
    assert_eq!(draft.entry.foreign.len(), FOREIGN_MAX);
    (0..MEMBERS_MAX).for_each(|_| draft.member("CN=A"));
    assert_eq!(draft.oddities.into_vec().len(), 1);
    assert_eq!(draft.entry.members.len(), MEMBERS_MAX);
    draft.oddities = Oddities::default();
    draft.member("CN=A");
    assert_eq!(draft.entry.members.len(), MEMBERS_MAX);
    assert_eq!(draft.oddities.into_vec().len(), 1);
}

#[test]
fn names_are_bounded() {
    let mut draft = draft();
    draft.name("dn", &"n".repeat(NAME_OCTETS_MAX));
    draft.display("cn", &"n".repeat(DISPLAY_OCTETS_MAX));
    assert_eq!(draft.entry.name.len(), NAME_OCTETS_MAX);
    assert_eq!(
        draft.entry.display.as_ref().map(String::len),
        Some(DISPLAY_OCTETS_MAX)
    );
    draft.name("dn", &"n".repeat(NAME_OCTETS_MAX + 1));
    draft.display("cn", &"n".repeat(DISPLAY_OCTETS_MAX + 1));
    assert_eq!(
        (draft.entry.name.as_str(), &draft.entry.display),
        ("", &None)
    );
    assert_eq!(draft.oddities.into_vec().len(), 2);
}

#[test]
fn a_reference_is_an_address_or_the_name_of_an_object() {
    let mut draft = draft();
    let mut check = |text: &str, expected: Reference| {
        draft.forward("altRecipient", text, Copy::Kept);
        assert_eq!(
            draft.entry.forward.as_ref().map(|f| &f.to),
            Some(&expected),
            "{text}"
        );
    };
    let mail = Address::parse("x@example.net").unwrap();
    check("smtp:x@example.net", Reference::Address(mail.clone()));
    check(" x@example.net", Reference::Address(mail));
    check(
        "CN=Ben,DC=contoso,DC=com",
        Reference::Object("CN=Ben,DC=contoso,DC=com".into()),
    );
}
