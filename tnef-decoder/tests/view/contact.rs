//! Contacts.

use tnef_decoder::vcard::Version;
use tnef_decoder::view::Contact;
use tnef_decoder::{AttributeId, Guid, Limits, Message};

use super::item::{List, stream};

fn check(class: &str, properties: List, expected: &str) {
    let picture = List::default()
        .boolean(0x7FFF, true)
        .binary(0x3701, b"\x89PNG");
    let stream = stream(class, properties, &[])
        .attachment(AttributeId::ATTACH_REND_DATA, &[0; 14])
        .attachment(AttributeId::ATTACHMENT, &picture.octets());
    let message = Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF");
    let contact = Contact::read(&message).expect("it is a contact");
    let text = contact.card.to_text(Version::V4);
    assert!(calcard::vcard::VCard::parse(&text).is_ok(), "{text}");
    assert_eq!(text.replace("\r\n ", "").replace("\r\n", "\n"), expected);
}

#[test]
fn a_person() {
    let properties = List::default()
        .text(0x3001, "Anna Blom")
        .text(0x3A11, "Blom")
        .text(0x3A06, "Anna")
        .text(0x3A16, "Example")
        .text(0x3A18, "Sales")
        .text(0x3A08, "+49 30 1")
        .text(0x3A1C, "+49 170 2")
        .text(0x3A24, "+49 30 3")
        .text((Guid::ADDRESS, 0x8046), "Köln")
        .text(0x3A5D, "Weg 1")
        .text((Guid::ADDRESS, 0x8082), "EX")
        .text((Guid::ADDRESS, 0x8083), "/o=Example/cn=anna")
        .text((Guid::ADDRESS, 0x8084), "anna@example.org")
        .text((Guid::ADDRESS, 0x8092), "SMTP")
        .text((Guid::ADDRESS, 0x8093), "blom@example.net")
        .time(0x3A42, "1980-02-28T23:00:00Z")
        .time(0x3A41, "4501-01-01T00:00:00Z")
        .text(0x1000, "Knows all.");
    check(
        "IPM.Contact",
        properties,
        "BEGIN:VCARD
VERSION:4.0
FN:Anna Blom
N:Blom;Anna;;;
NOTE:Knows all.
ORG:Example;Sales
EMAIL;PREF=1:anna@example.org
EMAIL:blom@example.net
TEL;TYPE=voice;TYPE=work:+49 30 1
TEL;TYPE=cell:+49 170 2
TEL;TYPE=fax;TYPE=work:+49 30 3
ADR;TYPE=work:;;;Köln;;;
ADR;TYPE=home:;;Weg 1;;;;
BDAY:19800229
PHOTO:data:image/png;base64,iVBORw==
END:VCARD
",
    );
}

#[test]
fn a_group() {
    let member = |name: &str, address: &str| {
        let provider = [
            0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0, 0xDD, 1, 0x0F, 0x54, 2,
        ];
        let texts = format!("{name}\0SMTP\0{address}\0");
        let texts: Vec<u8> = texts.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&[0; 4], &provider[..], &[0, 0, 1, 0x90], &texts].concat()
    };
    let members = [
        member("Anna", "anna@example.org"),
        member("Bo", "bo@example.org"),
    ];
    let properties = List::default()
        .text((Guid::ADDRESS, 0x8053), "Team")
        .binaries((Guid::ADDRESS, 0x8054), &members);
    check(
        "IPM.DistList",
        properties,
        "BEGIN:VCARD
VERSION:4.0
KIND:group
MEMBER;X-CN=Anna:mailto:anna@example.org
MEMBER;X-CN=Bo:mailto:bo@example.org
FN:Team
N:;;;;
END:VCARD
",
    );
}

#[test]
fn what_is_no_contact_is_none() {
    for class in ["IPM.Note", "IPM.ContactSheet"] {
        let stream = stream(class, List::default(), &[]);
        let message = Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF");
        assert_eq!(Contact::read(&message), None, "{class}");
    }
}
