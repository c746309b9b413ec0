//! Contacts and contact groups ([MS-OXOCNTC]).
//!
//! [MS-OXOCNTC]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocntc/

use jiff::civil::Date;
use jiff::tz::Offset;

use super::meeting::read::{categories, point, text};
use super::{lid, one_off};
use crate::attachment::{Attachment, Data};
use crate::calendar::Uid;
use crate::guid::Guid;
use crate::message::Message;
use crate::properties::Properties;
use crate::property_id as id;
use crate::value::Value;
use crate::vcard::{
    AddressKind, Card, Dated, EmailAddress, Member, Name, Phone, PhoneKind, Photo, PostalAddress,
    Subject,
};

/// A contact or a group of them, as a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The card.
    pub card: Card,
}

impl Contact {
    /// The contact of a message; `None` if there is none.
    pub fn read(message: &Message<'_>) -> Option<Self> {
        let class = message.class.to_ascii_lowercase();
        let properties = &message.properties;
        let is = |kind: &str| {
            class
                .strip_prefix(kind)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if is("ipm.distlist") {
            return Some(Self {
                card: group(properties),
            });
        }
        is("ipm.contact").then(|| Self {
            card: Card {
                photo: photo(message),
                ..person(properties)
            },
        })
    }
}

/// The picture is an attachment with a mark. Outlook writes JPEG and takes others.
fn photo(message: &Message<'_>) -> Option<Photo> {
    let is_photo =
        |one: &&Attachment<'_>| one.properties.boolean(id::ATTACHMENT_CONTACT_PHOTO) == Some(true);
    let picture = message.attachments.iter().find(is_photo)?;
    let Data::Bytes(octets) = picture.data() else {
        return None;
    };
    let media_type = match *octets {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', ..] => "image/gif",
        [b'B', b'M', ..] => "image/bmp",
        _ => "image/jpeg",
    };
    (!octets.is_empty()).then(|| Photo::new(media_type, &octets))
}

fn group(properties: &Properties<'_>) -> Card {
    let name = text(properties, lid::GROUP_NAME).or_else(|| text(properties, id::DISPLAY_NAME));
    let name = name.or_else(|| text(properties, id::SUBJECT));
    Card {
        subject: Subject::Group(members(properties)),
        display_name: name.unwrap_or_default(),
        ..base(properties)
    }
}

/// The one-off ids tell names and addresses; the others point into somebody's folders.
fn members(properties: &Properties<'_>) -> Vec<Member> {
    let page = properties.code_pages();
    let read = |key: (Guid, u32)| -> Vec<Member> {
        let values = properties
            .get(key)
            .into_iter()
            .flat_map(|value| value.each());
        let ids = values.filter_map(|value| value.binary());
        ids.filter_map(|id| one_off::member(id, |octets| page.text(octets).into_owned()))
            .collect()
    };
    match read(lid::GROUP_ONE_OFF_MEMBERS) {
        members if members.is_empty() => read(lid::GROUP_MEMBERS),
        members => members,
    }
}

fn person(properties: &Properties<'_>) -> Card {
    let of = |key: u16| text(properties, key);
    let part = |key: u16| of(key).unwrap_or_default();
    let company = [of(id::COMPANY_NAME), of(id::DEPARTMENT_NAME)];
    let organization = match company {
        [company, Some(department)] => vec![company.unwrap_or_default(), department],
        [company, None] => company.into_iter().collect(),
    };
    let pages = [
        of(id::BUSINESS_HOME_PAGE),
        of(id::PERSONAL_HOME_PAGE),
        text(properties, lid::WEB_PAGE),
    ];
    let mut pages: Vec<String> = pages.into_iter().flatten().collect();
    pages.dedup();
    let messaging = text(properties, lid::INSTANT_MESSAGING);
    Card {
        display_name: of(id::DISPLAY_NAME)
            .or_else(|| of(id::SUBJECT))
            .unwrap_or_default(),
        name: Name {
            family: part(id::SURNAME),
            given: part(id::GIVEN_NAME),
            middle: part(id::MIDDLE_NAME),
            prefix: part(id::DISPLAY_NAME_PREFIX),
            suffix: part(id::GENERATION),
        },
        nickname: of(id::NICKNAME),
        organization,
        title: of(id::TITLE),
        role: of(id::PROFESSION),
        addresses: addresses(properties),
        phones: phones(properties),
        messaging: messaging
            .into_iter()
            .map(|address| format!("im:{address}"))
            .collect(),
        postal: vec![work(properties), home(properties), other(properties)],
        pages,
        dated: Dated {
            birthday: day(properties, id::BIRTHDAY),
            anniversary: day(properties, id::WEDDING_ANNIVERSARY),
        },
        ..base(properties)
    }
}

fn base(properties: &Properties<'_>) -> Card {
    let key = properties
        .binary(id::SEARCH_KEY)
        .filter(|key| !key.is_empty());
    Card {
        uid: key.map(|key| Uid::of(key).as_str().to_owned()),
        categories: categories(properties),
        note: text(properties, id::BODY),
        revised: point(properties, id::LAST_MODIFICATION_TIME),
        ..Card::default()
    }
}

fn addresses(properties: &Properties<'_>) -> Vec<EmailAddress> {
    let three = [
        (
            lid::EMAIL1_TYPE,
            lid::EMAIL1_ADDRESS,
            lid::EMAIL1_ORIGINAL_NAME,
        ),
        (
            lid::EMAIL2_TYPE,
            lid::EMAIL2_ADDRESS,
            lid::EMAIL2_ORIGINAL_NAME,
        ),
        (
            lid::EMAIL3_TYPE,
            lid::EMAIL3_ADDRESS,
            lid::EMAIL3_ORIGINAL_NAME,
        ),
    ];
    let address = |(kind, address, original): ((Guid, u32), (Guid, u32), (Guid, u32))| {
        let is_smtp = text(properties, kind).is_none_or(|kind| kind.eq_ignore_ascii_case("SMTP"));
        // Of a colleague in Exchange the address is a distinguished name, and the original name often the address.
        let keys = [Some(address).filter(|_| is_smtp), Some(original)];
        let addresses = keys
            .into_iter()
            .flatten()
            .filter_map(|key| text(properties, key));
        let mut addresses = addresses.filter(|address| address.contains('@'));
        let address = addresses.next()?;
        Some(EmailAddress { address })
    };
    three.into_iter().filter_map(address).collect()
}

fn phones(properties: &Properties<'_>) -> Vec<Phone> {
    use AddressKind::{Home, Other, Work};
    use PhoneKind::{Fax, Mobile, Pager, Text, Voice};
    let known = [
        (id::BUSINESS_TELEPHONE_NUMBER, Voice, Work),
        (id::BUSINESS2_TELEPHONE_NUMBER, Voice, Work),
        (id::COMPANY_MAIN_TELEPHONE_NUMBER, Voice, Work),
        (id::ASSISTANT_TELEPHONE_NUMBER, Voice, Work),
        (id::MOBILE_TELEPHONE_NUMBER, Mobile, Other),
        (id::HOME_TELEPHONE_NUMBER, Voice, Home),
        (id::HOME2_TELEPHONE_NUMBER, Voice, Home),
        (id::PRIMARY_TELEPHONE_NUMBER, Voice, Other),
        (id::OTHER_TELEPHONE_NUMBER, Voice, Other),
        (id::CAR_TELEPHONE_NUMBER, Voice, Other),
        (id::RADIO_TELEPHONE_NUMBER, Voice, Other),
        (id::PAGER_TELEPHONE_NUMBER, Pager, Other),
        (id::TTYTDD_PHONE_NUMBER, Text, Other),
        (id::BUSINESS_FAX_NUMBER, Fax, Work),
        (id::HOME_FAX_NUMBER, Fax, Home),
        (id::PRIMARY_FAX_NUMBER, Fax, Other),
    ];
    let phone = |(key, kind, place)| {
        let number = text(properties, key)?;
        Some(Phone {
            number,
            kind,
            place,
        })
    };
    known.into_iter().filter_map(phone).collect()
}

fn work(properties: &Properties<'_>) -> PostalAddress {
    let part = |lid: (Guid, u32), tag: u16| {
        let written = text(properties, lid).or_else(|| text(properties, tag));
        written.unwrap_or_default()
    };
    PostalAddress {
        kind: AddressKind::Work,
        box_number: part(lid::WORK_POST_OFFICE_BOX, id::POST_OFFICE_BOX),
        street: part(lid::WORK_STREET, id::STREET_ADDRESS),
        locality: part(lid::WORK_CITY, id::LOCALITY),
        region: part(lid::WORK_STATE, id::STATE_OR_PROVINCE),
        code: part(lid::WORK_POSTAL_CODE, id::POSTAL_CODE),
        country: part(lid::WORK_COUNTRY, id::COUNTRY),
    }
}

fn home(properties: &Properties<'_>) -> PostalAddress {
    let part = |tag: u16| text(properties, tag).unwrap_or_default();
    PostalAddress {
        kind: AddressKind::Home,
        box_number: part(id::HOME_ADDRESS_POST_OFFICE_BOX),
        street: part(id::HOME_ADDRESS_STREET),
        locality: part(id::HOME_ADDRESS_CITY),
        region: part(id::HOME_ADDRESS_STATE_OR_PROVINCE),
        code: part(id::HOME_ADDRESS_POSTAL_CODE),
        country: part(id::HOME_ADDRESS_COUNTRY),
    }
}

fn other(properties: &Properties<'_>) -> PostalAddress {
    let part = |tag: u16| text(properties, tag).unwrap_or_default();
    PostalAddress {
        kind: AddressKind::Other,
        box_number: part(id::OTHER_ADDRESS_POST_OFFICE_BOX),
        street: part(id::OTHER_ADDRESS_STREET),
        locality: part(id::OTHER_ADDRESS_CITY),
        region: part(id::OTHER_ADDRESS_STATE_OR_PROVINCE),
        code: part(id::OTHER_ADDRESS_POSTAL_CODE),
        country: part(id::OTHER_ADDRESS_COUNTRY),
    }
}

/// A local midnight in UTC: the nearest one is meant.
fn day(properties: &Properties<'_>, key: u16) -> Option<Date> {
    let Some(Value::SysTime(_)) = properties.get(key) else {
        return None;
    };
    let utc = Offset::UTC.to_datetime(point(properties, key)?);
    let noon = utc.saturating_add(jiff::SignedDuration::from_hours(12));
    (noon.year() < YEAR_OF_NO_DAY).then(|| noon.date())
}

const YEAR_OF_NO_DAY: i16 = 4501;
