//! People a message names.

use crate::icalendar::{Attendee, Participation, Person, Role, UserKind};
use crate::properties::Properties;
use crate::property_id as id;
use crate::recipient::{Recipient, RecipientKind};

/// Where the properties of a person are.
struct Ids {
    name: u16,
    smtp: u16,
    kind: u16,
    address: u16,
    search_key: u16,
}

const SENT_REPRESENTING: Ids = Ids {
    name: id::SENT_REPRESENTING_NAME,
    smtp: id::SENT_REPRESENTING_SMTP_ADDRESS,
    kind: id::SENT_REPRESENTING_ADDRESS_TYPE,
    address: id::SENT_REPRESENTING_EMAIL_ADDRESS,
    search_key: id::SENT_REPRESENTING_SEARCH_KEY,
};

const SENDER: Ids = Ids {
    name: id::SENDER_NAME,
    smtp: id::SENDER_SMTP_ADDRESS,
    kind: id::SENDER_ADDRESS_TYPE,
    address: id::SENDER_EMAIL_ADDRESS,
    search_key: id::SENDER_SEARCH_KEY,
};

/// In whose name a message was sent, and by whom if that is somebody else: a delegate.
pub(super) fn author(properties: &Properties<'_>) -> Option<Person> {
    let sender = person(properties, &SENDER);
    let Some(mut author) = person(properties, &SENT_REPRESENTING) else {
        return sender;
    };
    let delegate = sender.filter(|sender| {
        let is_other = !sender.address.eq_ignore_ascii_case(&author.address);
        is_other && !sender.address.is_empty()
    });
    author.sent_by = delegate.map(|delegate| delegate.address);
    Some(author)
}

/// A recipient as a person.
pub(super) fn recipient(recipient: &Recipient<'_>) -> Person {
    Person {
        address: recipient.smtp_address().unwrap_or_default().into_owned(),
        name: recipient.display_name().map(|name| name.into_owned()),
        sent_by: None,
    }
}

/// Somebody invited; the organizer is not.
pub(super) fn attendee(row: &Recipient<'_>, wants_answer: bool) -> Option<Attendee> {
    let is_organizer = row.properties.long(id::RECIPIENT_FLAGS).unwrap_or(0) & ORGANIZER != 0;
    let (kind, role) = match row.kind() {
        RecipientKind::Originator => return None,
        _ if is_organizer => return None,
        RecipientKind::To | RecipientKind::Other => (UserKind::Individual, Role::Required),
        RecipientKind::Cc => (UserKind::Individual, Role::Optional),
        RecipientKind::Bcc => (UserKind::Resource, Role::None),
    };
    Some(Attendee {
        person: recipient(row),
        kind: user_kind(&row.properties).unwrap_or(kind),
        role,
        participation: participation(row.properties.long(id::RECIPIENT_TRACK_STATUS)),
        wants_answer,
    })
}

fn person(properties: &Properties<'_>, ids: &Ids) -> Option<Person> {
    let name = properties.text(ids.name).map(|name| name.into_owned());
    let address = address(properties, ids);
    if name.is_none() && address.is_none() {
        return None;
    }
    Some(Person {
        address: address.unwrap_or_default(),
        name,
        sent_by: None,
    })
}

fn address(properties: &Properties<'_>, ids: &Ids) -> Option<String> {
    let smtp = properties
        .text(ids.smtp)
        .map(|address| address.into_owned());
    let by_type = || {
        let kind = properties.text(ids.kind)?;
        let address = properties.text(ids.address)?.into_owned();
        kind.eq_ignore_ascii_case("SMTP").then_some(address)
    };
    let by_key = || {
        // `SMTP:ANNA@EXAMPLE.ORG` and a NUL.
        let key = properties.binary(ids.search_key)?;
        let key = std::str::from_utf8(key).ok()?.trim_end_matches('\0');
        let (kind, address) = key.split_once(':')?;
        let is_smtp = kind.eq_ignore_ascii_case("SMTP");
        is_smtp.then(|| address.to_ascii_lowercase())
    };
    let addresses = smtp.or_else(by_type).or_else(by_key);
    addresses.filter(|address| address.contains('@'))
}

/// The lowest octet of PidTagDisplayTypeEx says what it is elsewhere.
fn user_kind(properties: &Properties<'_>) -> Option<UserKind> {
    match properties.long(id::DISPLAY_TYPE_EX)? & 0xff {
        1 | 3 => Some(UserKind::Group),
        7 => Some(UserKind::Room),
        8 => Some(UserKind::Resource),
        _ => None,
    }
}

/// [MS-OXOCAL] 2.2.4.10.2.
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
fn participation(status: Option<i32>) -> Participation {
    match status {
        Some(2) => Participation::Tentative,
        Some(3) => Participation::Accepted,
        Some(4) => Participation::Declined,
        _ => Participation::NeedsAction,
    }
}

/// A bit of PidTagRecipientFlags.
const ORGANIZER: i32 = 2;
