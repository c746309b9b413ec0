use proptest::prelude::*;

use super::*;

fn check(local: &str, kind: ForeignKind, expected: &str) {
    match decode(local) {
        Some(Encapsulated::Foreign(found)) => {
            assert_eq!((found.kind(), found.lookup()), (kind, expected), "{local}");
        }
        other => panic!("{local}: {other:?}"),
    }
}

#[test]
fn names_of_old_replies_are_read() {
    check(
        "IMCEAEX-_o=Contoso_ou=Exchange+20Administrative+20Group+20+28FYDIBOHF23SPDLT+29_cn=Recipients_cn=anna+2Eberg",
        ForeignKind::X500,
        "/o=contoso/ou=exchange administrative group (fydibohf23spdlt)/cn=recipients/cn=anna.berg",
    );
    check(
        "imceaex-_O=CONTOSO_CN=A",
        ForeignKind::X500,
        "/o=contoso/cn=a",
    );
    check(
        "IMCEANOTES-CN+3DAnna+20Berg_OU=Sales_O=Contoso+40NOTESDOM",
        ForeignKind::Notes,
        "anna berg/sales/contoso",
    );
    check(
        "IMCEAGWISE-DOM+2EPO1+2EABerg",
        ForeignKind::GroupWise,
        "dom.po1.aberg",
    );
    check("IMCEAX500-_o=a_cn=b-c", ForeignKind::X500, "/o=a/cn=b-c");
}

#[test]
fn what_is_no_escape_stands_for_itself() {
    check("IMCEAEX-a+", ForeignKind::X500, "a+");
    check("IMCEAEX-a+2", ForeignKind::X500, "a+2");
    check("IMCEAEX-a+zz+2fb", ForeignKind::X500, "a+zz/b");
    check("IMCEAEX-+5F", ForeignKind::X500, "_");
    check("IMCEAEX-m+FCller", ForeignKind::X500, "m\u{fc}ller");
    check("IMCEAEX-m+C3+BCller", ForeignKind::X500, "m\u{fc}ller");
}

#[test]
fn other_local_parts_are_left_alone() {
    for local in [
        "",
        "imce",
        "anna",
        "IMCEA",
        "IMCEA-x",
        "IMCEAEX",
        "IMCEAEX-",
        "IMCEAE.X-a",
        "IMCEATOOLONGTYPE-a",
        "IMC\u{e9}A-x",
    ] {
        assert_eq!(decode(local), None, "{local}");
    }
}

#[test]
fn other_kinds_are_told() {
    let mail = Address::parse("anna@contoso.com").unwrap();
    assert_eq!(
        decode("IMCEASMTP-anna+40contoso+2Ecom"),
        Some(Encapsulated::Mail(mail))
    );
    let fax = Encapsulated::Other {
        kind: "FAX".into(),
        address: "Anna@+4989".into(),
    };
    assert_eq!(decode("IMCEAFAX-Anna+40+2B4989"), Some(fax));
}

#[test]
fn the_length_is_bounded() {
    let of = |length: usize| format!("IMCEAEX-{}", "a".repeat(length - 8));
    assert!(decode(&of(ENCAPSULATED_OCTETS_MAX)).is_some());
    assert_eq!(decode(&of(ENCAPSULATED_OCTETS_MAX + 1)), None);
    let fits = "a".repeat(ENCAPSULATED_OCTETS_MAX - 8);
    assert!(encode("EX", &fits).is_some());
    assert_eq!(encode("EX", &format!("{fits}a")), None);
    assert_eq!(encode("", "a"), None);
    assert_eq!(encode("a-b", "a"), None);
    assert_eq!(encode("NINECHARS", "a"), None);
}

proptest! {
    #[test]
    fn what_was_written_is_read(address in "[ -~\u{a1}-\u{17f}]{1,80}") {
        let local = encode("EX", &address).unwrap();
        prop_assert!(local.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-=+_".contains(&octet)));
        let expected = ForeignAddress::new(ForeignKind::X500, &address).map(Encapsulated::Foreign);
        prop_assert_eq!(decode(&local), expected);
    }

    #[test]
    fn anything_can_be_asked(local in "(?i)(imcea)?(ex|notes|gwise|smtp|fax)?-?\\PC{0,80}") {
        if let Some(Encapsulated::Foreign(found)) = decode(&local) {
            // A form to look up is a form of itself.
            let again = ForeignAddress::new(found.kind(), found.lookup()).unwrap();
            prop_assert_eq!(again.lookup(), found.lookup());
        }
    }
}
