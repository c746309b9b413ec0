//! Attributes from before MAPI, as the properties they stand for (MS-OXTNEF §2.1.3.3).

use crate::attribute::AttributeId;
use crate::cursor::Cursor;
use crate::properties::Properties;
use crate::property::PropertyType;
use crate::property_id as id;
use crate::time::Time;
use crate::value::{Value, without_nul};

/// The first attribute of each kind; what it stands for may hang on the message's class, which comes later.
#[derive(Debug, Clone, Default)]
pub(crate) struct Legacy<'a>(Vec<(AttributeId, &'a [u8])>);

impl<'a> Legacy<'a> {
    pub(crate) fn add(&mut self, attribute: AttributeId, data: &'a [u8]) {
        let is_new = self.0.iter().all(|(known, _)| *known != attribute);
        if attribute.name().is_some() && is_new {
            self.0.push((attribute, data));
        }
    }

    /// Adds what they stand for to the properties of a message of this class, or of an attachment.
    pub(crate) fn fold_into(self, properties: &mut Properties<'a>, class: &str) {
        for (attribute, data) in self.0 {
            fold(properties, class, attribute, data);
        }
    }
}

fn fold<'a>(properties: &mut Properties<'a>, class: &str, attribute: AttributeId, data: &'a [u8]) {
    if let Some(id) = text_id(attribute) {
        let text = Value::String8(without_nul(data));
        return properties.add_legacy(id, PropertyType::STRING8, text);
    }
    if let Some(id) = time_id(attribute) {
        let time = Time::from_legacy(data).map(Value::SysTime);
        return add(properties, id, PropertyType::SYS_TIME, time);
    }
    let first = || Cursor::new(data).u16();
    let long = |value: i32| Some(Value::Long(value));
    let (id, kind, value) = match attribute {
        AttributeId::PRIORITY => (
            id::IMPORTANCE,
            PropertyType::LONG,
            first().and_then(importance).and_then(long),
        ),
        AttributeId::MESSAGE_STATUS => (
            id::MESSAGE_FLAGS,
            PropertyType::LONG,
            data.first().map(|status| Value::Long(flags(*status))),
        ),
        AttributeId::AID_OWNER => (
            id::OWNER_APPOINTMENT_ID,
            PropertyType::LONG,
            Cursor::new(data)
                .array()
                .map(|number| Value::Long(i32::from_le_bytes(number))),
        ),
        AttributeId::REQUEST_RES => (
            id::RESPONSE_REQUESTED,
            PropertyType::BOOLEAN,
            first().map(|yes| Value::Boolean(yes != 0)),
        ),
        AttributeId::DELEGATE => binary(id::RECEIVED_REPRESENTING_ENTRY_ID, data),
        AttributeId::ATTACH_META_FILE => binary(id::ATTACH_RENDERING, data),
        AttributeId::FROM => return person(properties, triple(data), SENDER),
        AttributeId::SENT_FOR => return person(properties, counted(data), REPRESENTED),
        AttributeId::OWNER => {
            // MS-OXTNEF §2.3.3.10: who asks for the meeting, or whom an answer is for.
            let is_answer = class
                .get(..ANSWER.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(ANSWER));
            let whose = if is_answer { ASKED } else { REPRESENTED };
            return person(properties, counted(data), whose);
        }
        _ => return,
    };
    add(properties, id, kind, value);
}

fn add<'a>(properties: &mut Properties<'a>, id: u16, kind: PropertyType, value: Option<Value<'a>>) {
    if let Some(value) = value {
        properties.add_legacy(id, kind, value);
    }
}

fn binary(id: u16, data: &[u8]) -> (u16, PropertyType, Option<Value<'_>>) {
    (id, PropertyType::BINARY, Some(Value::Binary(data)))
}

/// The keys among them are octets in hexadecimal.
fn text_id(attribute: AttributeId) -> Option<u16> {
    Some(match attribute {
        AttributeId::SUBJECT => id::SUBJECT,
        AttributeId::BODY => id::BODY,
        AttributeId::MESSAGE_ID => id::SEARCH_KEY,
        AttributeId::PARENT_ID => id::PARENT_KEY,
        AttributeId::CONVERSATION_ID => id::CONVERSATION_KEY,
        AttributeId::ORIGINAL_MESSAGE_CLASS => id::ORIGINAL_MESSAGE_CLASS,
        AttributeId::ATTACH_TITLE => id::ATTACH_FILENAME,
        AttributeId::ATTACH_TRANSPORT_FILENAME => id::ATTACH_TRANSPORT_NAME,
        _ => return None,
    })
}

fn time_id(attribute: AttributeId) -> Option<u16> {
    Some(match attribute {
        AttributeId::DATE_SENT => id::CLIENT_SUBMIT_TIME,
        AttributeId::DATE_RECEIVED => id::MESSAGE_DELIVERY_TIME,
        AttributeId::DATE_MODIFIED | AttributeId::ATTACH_MODIFY_DATE => id::LAST_MODIFICATION_TIME,
        AttributeId::DATE_START => id::START_DATE,
        AttributeId::DATE_END => id::END_DATE,
        AttributeId::ATTACH_CREATE_DATE => id::CREATION_TIME,
        _ => return None,
    })
}

/// attPriority counts the other way round than PidTagImportance.
fn importance(priority: u16) -> Option<i32> {
    match priority {
        3 => Some(0),
        2 => Some(1),
        1 => Some(2),
        _ => None,
    }
}

/// attMessageStatus as PidTagMessageFlags has it: read, unmodified, submitted, unsent, with attachments.
fn flags(status: u8) -> i32 {
    let flag = |mask: u8, set: i32| if status & mask != 0 { set } else { 0 };
    let unmodified = 0x02 - flag(0x01, 0x02);
    flag(0x20, 0x01) | unmodified | flag(0x04, 0x04) | flag(0x02, 0x08) | flag(0x80, 0x10)
}

/// Name, and address with its type before a colon.
struct Person<'a> {
    name: &'a [u8],
    address: &'a [u8],
}

/// Where name, address type and address go.
type Whose = [u16; 3];

const SENDER: Whose = [
    id::SENDER_NAME,
    id::SENDER_ADDRESS_TYPE,
    id::SENDER_EMAIL_ADDRESS,
];
const REPRESENTED: Whose = [
    id::SENT_REPRESENTING_NAME,
    id::SENT_REPRESENTING_ADDRESS_TYPE,
    id::SENT_REPRESENTING_EMAIL_ADDRESS,
];
const ASKED: Whose = [
    id::RECEIVED_REPRESENTING_NAME,
    id::RECEIVED_REPRESENTING_ADDRESS_TYPE,
    id::RECEIVED_REPRESENTING_EMAIL_ADDRESS,
];
/// Classes of answers to a meeting request begin so.
const ANSWER: &str = "IPM.Schedule.Meeting.Resp.";

/// A triple: kind, size, length of the name, length of the address, name, address (MS-OXTNEF §2.1.3.3).
fn triple(data: &[u8]) -> Option<Person<'_>> {
    let mut cursor = Cursor::new(data);
    let _kind_and_size = cursor.u32()?;
    let (name, address) = (cursor.u16()?, cursor.u16()?);
    Some(Person {
        name: cursor.take(name.into())?,
        address: cursor.take(address.into())?,
    })
}

/// Two texts, each with its length before it.
fn counted(data: &[u8]) -> Option<Person<'_>> {
    let mut cursor = Cursor::new(data);
    let mut next = || {
        let length = cursor.u16()?;
        cursor.take(length.into())
    };
    Some(Person {
        name: next()?,
        address: next()?,
    })
}

fn person<'a>(properties: &mut Properties<'a>, person: Option<Person<'a>>, whose: Whose) {
    let Some(Person { name, address }) = person else {
        return;
    };
    let address = without_nul(address);
    let (kind, address) = match memchr::memchr(b':', address) {
        Some(colon) => (address.get(..colon), address.get(colon + 1..)),
        None => (None, Some(address)),
    };
    for (id, text) in whose
        .into_iter()
        .zip([Some(without_nul(name)), kind, address])
    {
        let text = text.filter(|text| !text.is_empty()).map(Value::String8);
        add(properties, id, PropertyType::STRING8, text);
    }
}
