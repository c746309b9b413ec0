//! Contacts and groups of them ([MS-OXOCNTC]).

use super::attachment::Attachment;
use super::guid::Guid;
use super::message::{Body, Message};
use super::octets::Octets;
use super::property::{Property, Value};
use super::recipient::Mailbox;
use super::tag;
use super::time::Civil;

/// A contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// As others see it.
    pub name: String,
    /// Title, first, middle and last name, and what follows.
    pub parts: [String; 5],
    /// Company, department, position.
    pub work: [String; 3],
    /// Up to three.
    pub addresses: Vec<String>,
    /// Numbers by their tags.
    pub telephones: Vec<(u16, String)>,
    /// Street, city, postal code, country of the office.
    pub office: [String; 4],
    /// The same of the home.
    pub home: [String; 4],
    /// The birthday.
    pub birthday: Option<Civil>,
    /// A JPEG.
    pub picture: Option<Vec<u8>>,
    /// What is written about them.
    pub notes: String,
}

impl Contact {
    /// Somebody of whom everything is known.
    pub fn sample() -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            name: owned("Dr. Zoë Q. Šimůnková, MBA"),
            parts: ["Dr.", "Zoë", "Q.", "Šimůnková", "MBA"].map(owned),
            work: ["Contoso, Ltd.", "Research; Development", "Head"].map(owned),
            addresses: ["zoe.simunkova@contoso.com", "zoe@fabrikam.com"]
                .map(owned)
                .to_vec(),
            telephones: vec![
                (tag::BUSINESS_TELEPHONE, owned("+420 2 1234567")),
                (tag::MOBILE_TELEPHONE, owned("+420 777 123456")),
                (tag::BUSINESS_FAX, owned("+420 2 1234568")),
            ],
            office: ["Na příkopě 1", "Praha", "110 00", "Česko"].map(owned),
            home: ["Dlouhá 2", "Brno", "602 00", "Česko"].map(owned),
            birthday: Some(Civil::date(1980, 2, 29)),
            picture: None,
            notes: owned("Met at the fair.\r\n"),
        }
    }

    fn properties(&self) -> Vec<Property> {
        let mut properties = vec![Property::tag(tag::DISPLAY_NAME, self.name.as_str())];
        properties.extend(texts(
            [
                tag::NAME_PREFIX,
                tag::GIVEN_NAME,
                tag::MIDDLE_NAME,
                tag::SURNAME,
                tag::GENERATION,
            ],
            &self.parts,
        ));
        let work = [tag::COMPANY_NAME, tag::DEPARTMENT_NAME, tag::TITLE];
        properties.extend(texts(work, &self.work));
        let home = [
            tag::HOME_STREET,
            tag::HOME_CITY,
            tag::HOME_POSTAL_CODE,
            tag::HOME_COUNTRY,
        ];
        properties.extend(texts(home, &self.home));
        let office = [0x8045, 0x8046, 0x8048, 0x8049]
            .into_iter()
            .zip(&self.office);
        properties.extend(office.map(|(number, text)| address(number, text.as_str())));
        properties.extend(
            self.telephones
                .iter()
                .map(|(tag, number)| Property::tag(*tag, number.as_str())),
        );
        let born = self.birthday.map(|day| Property::tag(tag::BIRTHDAY, day));
        properties.extend(born);
        properties.push(address(0x8005, self.name.as_str()));
        properties.push(address(0x8015, self.picture.is_some()));
        properties.extend(self.email());
        properties
    }

    /// Three groups of properties, sixteen numbers apart (§2.2.1.2).
    fn email(&self) -> Vec<Property> {
        let one = |(number, smtp): (u32, &String)| {
            let base = 0x8080 + 0x10 * number;
            let mailbox = Mailbox::new(&self.name, smtp);
            let shown = format!("{} ({smtp})", self.name);
            [
                address(base, shown.as_str()),
                address(base + 2, "SMTP"),
                address(base + 3, smtp.as_str()),
                address(base + 4, smtp.as_str()),
                address(base + 5, mailbox.entry_id()),
            ]
        };
        (0..).zip(&self.addresses).flat_map(one).collect()
    }
}

/// Messages that are contacts.
impl Message {
    /// A contact.
    pub fn contact(contact: &Contact) -> Self {
        let mut message = Self::note(&contact.name)
            .of_class("IPM.Contact")
            .body(Body::Plain(contact.notes.clone()))
            .with_all(contact.properties());
        if let Some(picture) = &contact.picture {
            // PidTagAttachmentContactPhoto.
            let picture = Attachment::file("ContactPicture.jpg", picture.as_slice())
                .with(Property::tag(0x7FFF, true));
            message = message.attach(picture.hidden());
        }
        message
    }

    /// A group. The first member is one of the address book, of whom only the second list has an address; the others
    /// stand alone.
    pub fn group(name: &str, members: &[Mailbox]) -> Self {
        let one_offs: Vec<Value> = members
            .iter()
            .map(|member| member.entry_id().into())
            .collect();
        let mut entries = one_offs.clone();
        if let Some(first) = entries.first_mut() {
            *first = wrapped(&[0xEE; 46]).into();
        }
        Self::note(name).of_class("IPM.DistList").with_all([
            Property::tag(tag::DISPLAY_NAME, name),
            address(0x8053, name),
            address(0x8054, Value::Many(one_offs)),
            address(0x8055, Value::Many(entries)),
        ])
    }
}

/// A WrappedEntryId of somebody in the address book (§2.2.2.4.1.1).
fn wrapped(entry_id: &[u8]) -> Vec<u8> {
    const PROVIDER: [u8; 16] = [
        0xC0, 0x91, 0xAD, 0xD3, 0x51, 0x9D, 0xCF, 0x11, 0xA4, 0xA9, 0x00, 0xAA, 0x00, 0x47, 0xFA,
        0xA4,
    ];
    let mut out = Octets::new();
    out.u32(0).raw(&PROVIDER).u8(0xB5).raw(entry_id).finish()
}

fn texts<const N: usize>(tags: [u16; N], texts: &[String; N]) -> Vec<Property> {
    let pairs = tags.into_iter().zip(texts);
    pairs
        .map(|(tag, text)| Property::tag(tag, text.as_str()))
        .collect()
}

fn address(number: u32, value: impl Into<Value>) -> Property {
    Property::number(Guid::ADDRESS, number, value)
}
