use routing::SideName;

use super::*;
use crate::{Claim, Entry, ForeignAddress, ForeignKind, Key, Location, System, merge};

fn person(display: &str, primary: &str, alias: &str) -> Person {
    let mut entry = Entry::new(Key::from_text("k").unwrap(), Location::In(System::Domino));
    let parse = |text| Address::parse(text).unwrap();
    entry.display = (!display.is_empty()).then(|| display.to_owned());
    entry.primary = Some(parse(primary));
    entry.aliases = vec![parse(alias)];
    entry.routing_address = Some(parse("a@domino.contoso.com"));
    entry.foreign = ForeignAddress::new(ForeignKind::Notes, "Anna/Contoso")
        .into_iter()
        .collect();
    let side = SideName::from("notes");
    let merged = merge(&[Claim {
        source: "domino",
        kind: None,
        entry: &entry,
        side: Some(&side),
    }]);
    Person {
        entries: vec![(0, entry)],
        merged,
        rivals: Vec::new(),
    }
}

#[test]
fn a_row_has_what_a_spreadsheet_can_sort_by() {
    let anna = person("Anna \"A\" Berg", "anna@contoso.com", "a.berg@contoso.com");
    assert_eq!(
        csv_row(&anna).unwrap(),
        "\"anna@contoso.com\",\"Anna \"\"A\"\" Berg\",\"User\",\"notes\",\"domino\",\"a@domino.contoso.com\",\
         \"a.berg@contoso.com\",\"no\",\"\"\r\n"
    );
    let columns = CSV_HEADER.matches(',').count();
    assert_eq!(csv_row(&anna).unwrap().matches("\",\"").count(), columns);
    // What begins like a formula is none.
    let formula = person("=cmd()", "b@contoso.com", "c@contoso.com");
    assert!(csv_row(&formula).unwrap().contains("\"'=cmd()\""));
}

#[test]
fn an_entry_can_be_loaded_into_an_ldap_server() {
    let anna = person("Anna Berg", "anna@contoso.com", "a.berg@contoso.com");
    let expected = "dn: mail=anna@contoso.com,ou=people\nobjectClass: top\nobjectClass: person\n\
        objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nobjectClass: inetLocalMailRecipient\n\
        cn: Anna Berg\nsn: Berg\ndisplayName: Anna Berg\nmail: anna@contoso.com\n\
        mailLocalAddress: a.berg@contoso.com\nmailRoutingAddress: a@domino.contoso.com\n\
        description: User in notes\n\n";
    assert_eq!(ldif_entry(&anna, "ou=people").unwrap(), expected);
    let odd = person("M\u{fc}ller", "\"a, b+c\"@contoso.com", "d@contoso.com");
    let text = ldif_entry(&odd, "ou=people").unwrap();
    assert!(
        text.contains("dn: mail=\\\"a\\, b\\+c\\\"@contoso.com,ou=people\n"),
        "{text}"
    );
    assert!(text.contains("cn:: TcO8bGxlcg==\n"), "{text}");
    // Without a name to show the address is one.
    let bare = person("", "anna@contoso.com", "d@contoso.com");
    assert!(
        ldif_entry(&bare, "o=x")
            .unwrap()
            .contains("sn: anna@contoso.com\n")
    );
}

#[test]
fn who_has_no_side_is_in_no_address_book() {
    let mut nobody = person("Anna", "anna@contoso.com", "a@contoso.com");
    nobody.merged.recipient = None;
    assert_eq!((csv_row(&nobody), ldif_entry(&nobody, "o=x")), (None, None));
}
