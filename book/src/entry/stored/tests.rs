use routing::Address;

use super::*;
use crate::{
    Copy, Flags, ForeignAddress, ForeignKind, Forward, Key, Kind, Location, Moving, Reference,
    System, WhyUnknown,
};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn full() -> Entry {
    let key = Key::from_text("03020100-0504-0706-0809-0a0b0c0d0e0f").unwrap();
    let mut entry = Entry::new(key, Location::In(System::Cloud));
    entry.name = "CN=Anna,DC=contoso,DC=com".into();
    entry.kind = Kind::Shared;
    entry.display = Some("Anna \u{201c}A\u{201d} Berg".into());
    entry.primary = Some(address("Anna.Berg@contoso.com"));
    entry.aliases = vec![address("\"a b\"@contoso.com")];
    entry.computed = vec![address("aberg@contoso.com")];
    entry.foreign = ForeignAddress::new(ForeignKind::X500, "/o=C/cn=a")
        .into_iter()
        .collect();
    entry.routing_address = Some(address("anna@contoso.mail.onmicrosoft.com"));
    entry.login = Some("anna@contoso.com".into());
    entry.forward = Some(Forward {
        to: Reference::Object("CN=Ben".into()),
        copy: Copy::Kept,
    });
    entry.members = vec![Reference::Address(address("x@example.net"))];
    entry.flags = Flags {
        hidden: true,
        internal_only: true,
        disabled: true,
    };
    entry.moving = Some(Moving {
        to: System::Side("notes".into()),
        wave: Some("pilot".into()),
    });
    entry.version = Some("4711".into());
    entry
}

#[test]
fn an_entry_comes_back_as_it_was() {
    let check = |entry: &Entry| {
        let stored = entry.to_stored().unwrap();
        let back = Entry::from_stored(&stored).unwrap();
        assert_eq!(&back, entry);
        assert_eq!(
            back.primary.map(|p| p.to_string()),
            entry.primary.as_ref().map(|p| p.to_string())
        );
    };
    check(&full());
    let mut newer = full();
    newer.target = Some(address("anna@contoso.com"));
    check(&newer);
    let key = || Key::from_text("k").unwrap();
    for location in [
        Location::GroupOf(System::Domino),
        Location::External(address("a@example.net")),
        Location::Unknown(WhyUnknown::LicenceAlone),
    ] {
        check(&Entry::new(key(), location));
    }
}

/// What the first version wrote. It must be readable for ever: a gateway starts with the mirror it finds.
#[test]
fn what_the_first_form_wrote_is_read() {
    let old = br#"1{"k":"03020100-0504-0706-0809-0a0b0c0d0e0f","n":"CN=Anna,DC=contoso,DC=com","t":"shared","d":"Anna \u201cA\u201d Berg","p":"Anna.Berg@contoso.com","a":["\"a b\"@contoso.com"],"c":["aberg@contoso.com"],"f":["X500:/o=c/cn=a"],"l":{"i":"cloud"},"r":"anna@contoso.mail.onmicrosoft.com","u":"anna@contoso.com","w":{"t":{"o":"CN=Ben"},"c":"y"},"m":[{"a":"x@example.net"}],"g":{"h":true,"i":true,"d":true},"o":{"t":"notes","w":"pilot"},"v":"4711"}"#;
    assert_eq!(Entry::from_stored(old).unwrap(), full());
}

#[test]
fn what_is_absent_has_its_default_and_what_is_new_is_passed_over() {
    let least = br#"1{"k":"k","l":{"u":"no-mailbox"}}"#;
    let key = Key::from_text("k").unwrap();
    let plain = Entry::new(key, Location::Unknown(WhyUnknown::NoMailbox));
    assert_eq!(Entry::from_stored(least).unwrap(), plain);
    assert_eq!(plain.to_stored().unwrap(), least);
    let newer = br#"1{"k":"k","l":{"u":"no-mailbox"},"zz":[1,2],"g":{"zz":1}}"#;
    assert_eq!(Entry::from_stored(newer).unwrap(), plain);
}

#[test]
fn damage_is_no_entry() {
    let form = |octets: &[u8]| Entry::from_stored(octets).unwrap_err().to_string();
    assert!(form(b"").contains("no octets"));
    assert!(form(b"2{}").contains("'2'"));
    assert!(form(b"1{").contains("damaged"));
    assert!(form(br#"1{"k":"k","l":{"i":"cloud"},"p":"no address"}"#).contains("damaged"));
    let past = vec![FORM; STORED_OCTETS_MAX + 1];
    assert!(matches!(
        Entry::from_stored(&past),
        Err(StoredError::Length)
    ));
    assert!(matches!(
        Entry::from_stored(&past[1..]),
        Err(StoredError::Json(_))
    ));
}
