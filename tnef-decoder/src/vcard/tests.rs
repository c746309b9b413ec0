use calcard::Entry;
use calcard::vcard::VCard;
use jiff::civil::date;

use super::*;

fn anna() -> Card {
    Card {
        uid: Some("anna-1".to_owned()),
        display_name: "Anna Blom, Dr.".to_owned(),
        name: Name {
            family: "Blom".to_owned(),
            given: "Anna".to_owned(),
            prefix: "Dr.".to_owned(),
            ..Name::default()
        },
        organization: vec!["Blom; Söhne".to_owned(), "Sales".to_owned()],
        addresses: ["anna@example.org", "blom@example.net"]
            .map(|address| EmailAddress {
                address: address.to_owned(),
            })
            .to_vec(),
        phones: vec![
            Phone {
                number: "+49 30 1234".to_owned(),
                kind: PhoneKind::Fax,
                place: AddressKind::Work,
            },
            Phone {
                number: String::new(),
                kind: PhoneKind::Voice,
                place: AddressKind::Home,
            },
        ],
        postal: vec![PostalAddress {
            kind: AddressKind::Home,
            street: "Weg 1\r\nHinterhaus".to_owned(),
            locality: "Köln".to_owned(),
            ..PostalAddress::default()
        }],
        dated: Dated {
            birthday: Some(date(1980, 2, 29)),
            anniversary: Some(date(2005, 5, 5)),
        },
        categories: vec!["A,B".to_owned(), "C".to_owned()],
        photo: Some(Photo::new("image/jpeg", &[0xff, 0xd8, 0xff, 0xe0])),
        ..Card::default()
    }
}

fn check(card: &Card, version: Version, expected: &str) {
    let text = card.to_text(version);
    assert_eq!(text, expected.replace('\n', "\r\n"));
    let read: Result<VCard, Entry> = VCard::parse(&text);
    let read = read.unwrap_or_else(|entry| panic!("calcard: {entry:?}\n{text}"));
    assert_eq!(
        read.entries.len(),
        text.replace("\r\n ", "").lines().count() - 2
    );
}

#[test]
fn a_person_is_written_in_version_4() {
    check(
        &anna(),
        Version::V4,
        "BEGIN:VCARD
VERSION:4.0
UID:anna-1
FN:Anna Blom\\, Dr.
N:Blom;Anna;;Dr.;
ORG:Blom\\; Söhne;Sales
CATEGORIES:A\\,B,C
EMAIL;PREF=1:anna@example.org
EMAIL:blom@example.net
TEL;TYPE=fax;TYPE=work:+49 30 1234
ADR;TYPE=home:;;Weg 1\\nHinterhaus;Köln;;;
BDAY:19800229
ANNIVERSARY:20050505
PHOTO:data:image/jpeg;base64,/9j/4A==
END:VCARD
",
    );
}

#[test]
fn a_person_is_written_in_version_3() {
    check(
        &anna(),
        Version::V3,
        "BEGIN:VCARD
VERSION:3.0
UID:anna-1
FN:Anna Blom\\, Dr.
N:Blom;Anna;;Dr.;
ORG:Blom\\; Söhne;Sales
CATEGORIES:A\\,B,C
EMAIL;TYPE=INTERNET;TYPE=PREF:anna@example.org
EMAIL;TYPE=INTERNET:blom@example.net
TEL;TYPE=FAX;TYPE=WORK:+49 30 1234
ADR;TYPE=HOME:;;Weg 1\\nHinterhaus;Köln;;;
BDAY:1980-02-29
X-ANNIVERSARY:2005-05-05
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4A==
END:VCARD
",
    );
}

#[test]
fn a_group_names_its_members() {
    let member = |name: &str, address: &str| Member {
        name: name.to_owned(),
        address: address.to_owned(),
    };
    let group = Card {
        subject: Subject::Group(vec![
            member("Anna", "anna@example.org"),
            member("bo@example.org", "bo@example.org"),
            member("Nobody, so far", ""),
        ]),
        display_name: "Team".to_owned(),
        ..Card::default()
    };
    check(
        &group,
        Version::V4,
        "BEGIN:VCARD
VERSION:4.0
KIND:group
MEMBER;X-CN=Anna:mailto:anna@example.org
MEMBER:mailto:bo@example.org
MEMBER;X-CN=\"Nobody, so far\":invalid:nomail
FN:Team
N:;;;;
END:VCARD
",
    );
    let text = group.to_text(Version::V3);
    assert!(
        text.contains("X-ADDRESSBOOKSERVER-KIND:group\r\n"),
        "{text}"
    );
    assert!(
        text.contains("X-ADDRESSBOOKSERVER-MEMBER:mailto:bo@example.org\r\n"),
        "{text}"
    );
}

#[test]
fn pictures_are_in_base64() {
    let check = |octets: &[u8], expected: &str| {
        let card = Card {
            photo: Some(Photo::new("image/png", octets)),
            ..Card::default()
        };
        let text = card.to_text(Version::V4).replace("\r\n ", "");
        let expected = format!("PHOTO:data:image/png;base64,{expected}\r\n");
        assert!(text.contains(&expected), "{text}");
    };
    // RFC 4648 §10.
    check(b"f", "Zg==");
    check(b"fo", "Zm8=");
    check(b"foo", "Zm9v");
    check(b"foob", "Zm9vYg==");
    check(b"foobar", "Zm9vYmFy");
    check(&[0xfb, 0xff, 0xfe], "+//+");
}

#[test]
fn a_card_always_has_a_name() {
    let check = |card: Card, expected: &str| {
        let text = card.to_text(Version::V4);
        assert!(text.contains(&format!("FN:{expected}\r\n")), "{text}");
    };
    let mut card = anna();
    card.display_name = " ".to_owned();
    check(card.clone(), "Blom\\; Söhne");
    card.organization.clear();
    check(card.clone(), "anna@example.org");
    check(Card::default(), "Unknown");
}
