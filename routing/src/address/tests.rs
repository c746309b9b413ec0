use proptest::prelude::*;

use super::*;

#[test]
fn spellings_of_one_mailbox_have_one_canonical_form() {
    let check = |text: &str, canonical: &str, written: &str| {
        let address = Address::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(address.canonical(), canonical, "{text}");
        assert_eq!(address.to_string(), written, "{text}");
    };
    check("john@contoso.com", "john@contoso.com", "john@contoso.com");
    check(
        "John.Doe@Contoso.COM",
        "john.doe@contoso.com",
        "John.Doe@contoso.com",
    );
    check(
        "John+x@Contoso.COM",
        "john+x@contoso.com",
        "John+x@contoso.com",
    );
    check(
        "\"John\"@contoso.com",
        "john@contoso.com",
        "John@contoso.com",
    );
    check(
        "\"John Doe\"@contoso.com",
        "john doe@contoso.com",
        "\"John Doe\"@contoso.com",
    );
    check(
        r#""a\"b\\c"@contoso.com"#,
        r#"a"b\c@contoso.com"#,
        r#""a\"b\\c"@contoso.com"#,
    );
    check(
        "\"a@b\"@contoso.com",
        "a@b@contoso.com",
        "\"a@b\"@contoso.com",
    );
    check(
        "\"john.\"@contoso.com",
        "john.@contoso.com",
        "\"john.\"@contoso.com",
    );
    check(
        "john@bücher.example",
        "john@xn--bcher-kva.example",
        "john@xn--bcher-kva.example",
    );
    check(
        "john@XN--BCHER-KVA.example",
        "john@xn--bcher-kva.example",
        "john@xn--bcher-kva.example",
    );
    check(
        "john@BÜCHER.example",
        "john@xn--bcher-kva.example",
        "john@xn--bcher-kva.example",
    );
    check(
        "JÜRGEN@contoso.com",
        "jürgen@contoso.com",
        "JÜRGEN@contoso.com",
    );
    check(
        "ju\u{308}rgen@contoso.com",
        "jürgen@contoso.com",
        "ju\u{308}rgen@contoso.com",
    );
    check("ΟΔΟΣ@contoso.com", "οδος@contoso.com", "ΟΔΟΣ@contoso.com");
    check("john@[192.0.2.1]", "john@[192.0.2.1]", "john@[192.0.2.1]");
    check(
        "john@[IPv6:2001:DB8::1]",
        "john@[ipv6:2001:db8::1]",
        "john@[ipv6:2001:db8::1]",
    );
    check(
        "john@mail_1.contoso.com",
        "john@mail_1.contoso.com",
        "john@mail_1.contoso.com",
    );
}

#[test]
fn what_is_no_address_says_why() {
    let check = |text: &str, expected: AddressError| {
        assert_eq!(Address::parse(text), Err(expected), "{text}")
    };
    check("", AddressError::Form);
    check("john", AddressError::Form);
    check("@contoso.com", AddressError::Form);
    check("john@", AddressError::Form);
    check("john doe@contoso.com", AddressError::Character(' '));
    check("john@home@contoso.com", AddressError::Character('@'));
    check(
        "john\u{a0}doe@contoso.com",
        AddressError::Character('\u{a0}'),
    );
    check(
        "\"john\u{7}\"@contoso.com",
        AddressError::Character('\u{7}'),
    );
    check("john\r\n@contoso.com", AddressError::Character('\r'));
    check("<john@contoso.com>", AddressError::Character('<'));
    check("john.@contoso.com", AddressError::Dots);
    check("j..d@contoso.com", AddressError::Dots);
    check("\"john@contoso.com", AddressError::Quoting);
    check("\"john\"x@contoso.com", AddressError::Quoting);
    check("\"john\\", AddressError::Quoting);
    check("john@contoso..com", AddressError::Domain);
    check("john@contoso.com.", AddressError::Domain);
    check("john@-contoso.com", AddressError::Domain);
    check("john@con toso.com", AddressError::Domain);
    check("john@xn--\u{fc}", AddressError::Domain);
    check("john@xn--a", AddressError::Domain);
    check("john@[", AddressError::Domain);
    check("john@[]", AddressError::Domain);
    check("john@[a]b]", AddressError::Domain);
}

#[test]
fn lengths_hold_at_the_limit_and_not_past_it() {
    let fits = |local: usize, domain: &str| {
        Address::parse(&format!("{}@{domain}", "x".repeat(local))).is_ok()
    };
    assert!(fits(128, "contoso.com"));
    assert!(!fits(129, "contoso.com"));
    let quoted =
        |length: usize| Address::parse(&format!("\"{}\"@contoso.com", " ".repeat(length))).is_ok();
    assert!(quoted(128) && !quoted(129));

    let domain = |length: usize| {
        format!(
            "{}{}",
            "a.".repeat((length - 1) / 2),
            "a".repeat(2 - length % 2)
        )
    };
    assert_eq!((domain(252).len(), domain(253).len()), (252, 253));
    assert!(fits(1, &domain(252)), "254 octets in all");
    assert!(!fits(1, &domain(253)), "255 octets in all");
    assert!(Domain::parse(&domain(255)).is_ok());
    assert_eq!(Domain::parse(&domain(256)), Err(AddressError::TooLong));
    assert!(Domain::parse(&"a".repeat(63)).is_ok() && Domain::parse(&"a".repeat(64)).is_err());

    // The worst there is grows threefold when composed: four octets become twelve.
    let grown = |count: usize| {
        let local = format!("{}xxx", "\u{1d160}".repeat(count));
        Address::parse(&format!("{local}@contoso.com"))
    };
    assert_eq!(
        grown(21).unwrap().folded_local().len(),
        FOLDED_LOCAL_PART_OCTETS_MAX
    );
    assert_eq!(grown(22), Err(AddressError::TooLong));
}

#[test]
fn plus_tags_are_told_from_names() {
    let check = |text: &str, base: Option<&str>| {
        let stripped = Address::parse(text).unwrap().without_plus_tag();
        assert_eq!(
            stripped.as_ref().map(Address::to_string).as_deref(),
            base,
            "{text}"
        );
    };
    check("John+news@contoso.com", Some("John@contoso.com"));
    check("john+a+b@contoso.com", Some("john@contoso.com"));
    check("john+@contoso.com", Some("john@contoso.com"));
    check(
        "\"john doe+x\"@contoso.com",
        Some("\"john doe\"@contoso.com"),
    );
    check("+john@contoso.com", None);
    check("john@contoso.com", None);

    let john = Address::parse("john@contoso.com").unwrap();
    assert_eq!(
        john.with_plus_tag("News").unwrap().to_string(),
        "john+News@contoso.com"
    );
    assert!(john.with_plus_tag(&"x".repeat(123)).is_some());
    assert!(john.with_plus_tag(&"x".repeat(124)).is_none());
}

#[test]
fn a_domain_literal_is_no_domain_of_ours() {
    assert_eq!(Domain::parse("[192.0.2.1]"), Err(AddressError::Domain));
    let there = Address::parse("John@a.example")
        .unwrap()
        .with_domain(&Domain::parse("B.example").unwrap())
        .unwrap();
    assert_eq!(there.to_string(), "John@b.example");
}

#[test]
fn an_encapsulated_name_is_the_same_however_it_is_written() {
    let parse = |text: &str| Address::parse(text).unwrap();
    let written = parse("IMCEAEX-_O=CONTOSO_CN=RECIPIENTS_CN=ANNA+2EBERG@contoso.com");
    let other = parse("imceaex-_o=contoso_cn=Recipients_cn=anna.berg@Contoso.com");
    assert_eq!(written, other);
    assert_eq!(
        written.to_string(),
        "IMCEAEX-_O=CONTOSO_CN=RECIPIENTS_CN=ANNA+2EBERG@contoso.com"
    );
    let name = crate::ForeignAddress::parse("X500:/o=contoso/cn=recipients/cn=anna.berg").unwrap();
    assert_eq!(written.foreign(), Some(Address::of_foreign(&name)));
    assert!(written.is_foreign() && Address::of_foreign(&name).is_foreign());
    assert_ne!(written, parse("imceaex-_o=contoso_cn=anna@contoso.com"));
    // A plus begins an escape there, and no tag.
    assert_eq!(written.without_plus_tag(), None);
    assert!(written.is_spelled("imceaex-_o=contoso_cn=recipients_cn=anna+2eberg"));
    let domain = Domain::parse("fabrikam.example").unwrap();
    assert_eq!(
        written.with_domain(&domain).unwrap().foreign(),
        written.foreign()
    );
}

#[test]
fn nobody_can_spell_a_name_of_another_world_but_by_encapsulating_it() {
    let name = crate::ForeignAddress::parse("X500:/o=contoso/cn=anna").unwrap();
    let forged = Address::parse(&Address::of_foreign(&name).to_string()).unwrap();
    assert_ne!(forged, Address::of_foreign(&name));
    assert!(!forged.is_foreign());
    // A fax number is nobody's name here.
    let fax = Address::parse("IMCEAFAX-Anna+40+2B4989@contoso.com").unwrap();
    assert!(!fax.is_foreign());
}

#[test]
fn an_encapsulated_name_may_be_long_but_not_longer_than_its_bound() {
    let of = |octets: usize| format!("IMCEAEX-{}@contoso.com", "a".repeat(octets - 8));
    assert!(Address::parse(&of(ENCAPSULATED_OCTETS_MAX)).is_ok());
    assert!(matches!(
        Address::parse(&of(ENCAPSULATED_OCTETS_MAX + 1)),
        Err(AddressError::TooLong)
    ));
}

proptest! {
    #[test]
    fn writing_and_reading_again_changes_nothing(local in "\\PC{1,20}", domain in "[a-zA-Z0-9ü]{1,8}\\.[a-z]{2,5}") {
        if let Ok(address) = Address::from_parts(&local, &domain) {
            let again = Address::parse(&address.to_string()).unwrap();
            prop_assert_eq!(again.local(), address.local());
            prop_assert_eq!(&again, &address);
        }
    }

    #[test]
    fn folding_twice_is_folding_once(local in "\\PC{1,30}") {
        let once = fold(&local).into_owned();
        prop_assert_eq!(fold(&once), once.as_str());
    }

    #[test]
    fn any_text_is_an_address_or_an_error(text in "\\PC{0,80}") {
        let _ = Address::parse(&text);
    }
}
