//! People whom properties name, for header fields.

use tnef_decoder::icalendar::Person;
use tnef_decoder::{Properties, Recipient, property_id as id};

use crate::entity::words;

/// In whose name a message was sent.
pub(crate) fn author(properties: &Properties<'_>) -> Option<Person> {
    let represented = person(
        properties,
        id::SENT_REPRESENTING_NAME,
        [
            id::SENT_REPRESENTING_SMTP_ADDRESS,
            id::SENT_REPRESENTING_EMAIL_ADDRESS,
        ],
        id::SENT_REPRESENTING_SEARCH_KEY,
    );
    represented.or_else(|| sender(properties))
}

/// Who sent it.
pub(crate) fn sender(properties: &Properties<'_>) -> Option<Person> {
    person(
        properties,
        id::SENDER_NAME,
        [id::SENDER_SMTP_ADDRESS, id::SENDER_EMAIL_ADDRESS],
        id::SENDER_SEARCH_KEY,
    )
}

/// To whom.
pub(crate) fn recipient(row: &Recipient<'_>) -> Person {
    Person {
        address: row.smtp_address().unwrap_or_default().into_owned(),
        name: row.display_name().map(|name| name.into_owned()),
        sent_by: None,
    }
}

/// An address is one of SMTP, or none: names within an organisation mean nothing outside.
fn person(properties: &Properties<'_>, name: u16, addresses: [u16; 2], key: u16) -> Option<Person> {
    let name = properties.text(name).map(|name| name.into_owned());
    let mut written = addresses.into_iter().filter_map(|id| properties.text(id));
    let address = written
        .find(|address| words::is_address(address))
        .map(|address| address.into_owned());
    let by_key = || {
        let key = std::str::from_utf8(properties.binary(key)?).ok()?;
        let (kind, address) = key.trim_end_matches('\0').split_once(':')?;
        let is_smtp = kind.eq_ignore_ascii_case("SMTP") && words::is_address(address);
        is_smtp.then(|| address.to_ascii_lowercase())
    };
    let address = address.or_else(by_key);
    if name.as_deref().is_none_or(str::is_empty) && address.is_none() {
        return None;
    }
    Some(Person {
        address: address.unwrap_or_default(),
        name,
        sent_by: None,
    })
}
