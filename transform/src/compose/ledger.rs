//! What becomes of each property: told in the result, left out for a reason, or text that has no place.

mod table;

use tnef_decoder::{Guid, Message, Name, NameId, Properties, Property, Value, named_id};

use super::item::Item;
use crate::report::{Reason, Report};

/// A property's fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The result tells it.
    Mapped,
    /// It is left out.
    Dropped(Reason),
    /// It is text or the like, and nothing tells it.
    Unmapped,
}

/// Which named properties the result tells because of what the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Those of meetings.
    Meeting,
    /// Those of tasks.
    Task,
    /// Those of contacts.
    Contact,
    /// Those of reports.
    Report,
    /// None.
    Mail,
}

impl Telling {
    pub(crate) fn of(item: &Item) -> Self {
        match item {
            Item::Meeting(_) | Item::ForwardNotice => Self::Meeting,
            Item::Task(_) => Self::Task,
            Item::Contact(_) => Self::Contact,
            Item::Report(_) => Self::Report,
            Item::Mail | Item::Unknown => Self::Mail,
        }
    }
}

/// Counts the properties of a message and of what is attached. Gives the texts that have no place, name and value, if
/// they are to be kept.
pub(crate) fn count(
    message: &Message<'_>,
    item: &Item,
    report: &mut Report,
) -> Vec<(String, String)> {
    let telling = Telling::of(item);
    let is_kept = matches!(item, Item::Unknown);
    let mut kept = Vec::new();
    for property in message.properties.iter() {
        match fate(&property, telling) {
            Fate::Mapped => report.count_mapped(),
            Fate::Dropped(reason) => report.count_dropped(reason, 1),
            Fate::Unmapped if is_kept => {
                report.count_kept();
                let texts = texts(&message.properties, &property);
                kept.push((called(&property), texts.join("; ")));
            }
            Fate::Unmapped => {
                report.count_dropped(Reason::NoPlace, 1);
                report.add_unmapped(|| called(&property));
            }
        }
    }
    for attachment in &message.attachments {
        for property in attachment.properties.iter() {
            match table::of_attachment(property.tag.id) {
                Some(Fate::Mapped) => report.count_mapped(),
                Some(Fate::Dropped(reason)) => report.count_dropped(reason, 1),
                _ if !says_something(&property.value) => {
                    report.count_dropped(Reason::Technical, 1);
                }
                _ => {
                    report.count_dropped(Reason::NoPlace, 1);
                    report.add_unmapped(|| format!("attachment {}", called(&property)));
                }
            }
        }
    }
    kept
}

fn fate(property: &Property<'_>, telling: Telling) -> Fate {
    let known = match &property.name {
        Some(name) => of_named(name, telling),
        None => table::of_message(property.tag.id, telling),
    };
    match known {
        Some(fate) => fate,
        None if says_something(&property.value) => Fate::Unmapped,
        None => Fate::Dropped(Reason::Technical),
    }
}

fn of_named(name: &Name, telling: Telling) -> Option<Fate> {
    let told = |by: Telling| (telling == by).then_some(Fate::Mapped);
    match name.guid {
        Guid::APPOINTMENT | Guid::MEETING | Guid::CALENDAR_ASSISTANT => told(Telling::Meeting),
        Guid::TASK => told(Telling::Task),
        Guid::ADDRESS => told(Telling::Contact),
        Guid::REPORT => told(Telling::Report),
        // The fields are in the header around the message, which travels beside it.
        Guid::INTERNET_HEADERS => Some(Fate::Dropped(Reason::Transport)),
        Guid::COMMON => match name.id {
            NameId::Lid(lid) => table::of_common(lid),
            // What Exchange found in the text.
            NameId::String(_) => Some(Fate::Dropped(Reason::Technical)),
        },
        Guid::MESSAGING | Guid::XML_EXTRACTED_ENTITIES | SEARCH | CONVERSATION => {
            Some(Fate::Dropped(Reason::Technical))
        }
        guid => match (&name.id, named_id::KEYWORDS) {
            (NameId::String(id), (set, keywords)) => {
                let is_it = guid == set && id.eq_ignore_ascii_case(keywords);
                is_it.then_some(Fate::Mapped)
            }
            (NameId::Lid(_), _) => None,
        },
    }
}

/// Whether somebody wrote it for somebody: text with a letter or a digit in it.
fn says_something(value: &Value<'_>) -> bool {
    value.each().any(|one| match one {
        Value::String8(text) | Value::Unicode(text) => {
            text.iter().any(u8::is_ascii_alphanumeric) || text.len() > 2 && !text.is_ascii()
        }
        _ => false,
    })
}

fn texts(properties: &Properties<'_>, property: &Property<'_>) -> Vec<String> {
    let pages = properties.code_pages();
    let values = property.value.each();
    let decode = |value: Value<'_>| match value {
        Value::String8(octets) => Some(pages.text(octets).into_owned()),
        value => value.text(pages.of_text()).map(|text| text.into_owned()),
    };
    values.filter_map(decode).collect()
}

fn called(property: &Property<'_>) -> String {
    match &property.name {
        Some(name) => name.to_string(),
        None => property.tag.to_string(),
    }
}

/// What the search of Exchange found out.
const SEARCH: Guid = Guid::of(0x0B63_E350, 0x9CCC, 0x11D0, 0xBCDB_0080_5FCC_CE04);
/// How Exchange groups conversations.
const CONVERSATION: Guid = Guid::of(0x33EB_A41F, 0x7AA8, 0x422E, 0xBE7B_79E1_A98E_54B3);

#[cfg(test)]
mod tests {
    use super::*;
    use tnef_decoder::{PropertyTag, PropertyType};

    fn check(id: u16, name: Option<Name>, value: Value<'_>, telling: Telling, expected: Fate) {
        let tag = PropertyTag {
            id,
            kind: PropertyType::UNICODE,
        };
        let property = Property { tag, name, value };
        assert_eq!(fate(&property, telling), expected, "{property:?}");
    }

    #[test]
    fn every_property_has_a_fate() {
        let text = Value::Unicode(b"H\0i\0");
        let named = |guid, id| Some(Name { guid, id });
        let technical = Fate::Dropped(Reason::Technical);
        check(0x0037, None, text, Telling::Mail, Fate::Mapped);
        check(
            0x007D,
            None,
            text,
            Telling::Mail,
            Fate::Dropped(Reason::Transport),
        );
        check(0x3A08, None, text, Telling::Contact, Fate::Mapped);
        check(0x3A08, None, text, Telling::Mail, Fate::Unmapped);
        check(0x0FFF, None, Value::Binary(b"x"), Telling::Mail, technical);
        check(0x6123, None, text, Telling::Mail, Fate::Unmapped);
        check(0x6123, None, Value::Unicode(b""), Telling::Mail, technical);
        check(0x6123, None, Value::Long(1), Telling::Mail, technical);
        let location = || named(Guid::APPOINTMENT, NameId::Lid(0x8208));
        check(0x8000, location(), text, Telling::Meeting, Fate::Mapped);
        check(0x8000, location(), text, Telling::Mail, Fate::Unmapped);
        let keywords = named(Guid::PUBLIC_STRINGS, NameId::String("keywords".to_owned()));
        check(0x8000, keywords, text, Telling::Mail, Fate::Mapped);
        let own = named(Guid::PUBLIC_STRINGS, NameId::String("Project".to_owned()));
        check(0x8000, own, text, Telling::Mail, Fate::Unmapped);
        let billing = named(Guid::COMMON, NameId::Lid(0x8535));
        check(0x8000, billing, text, Telling::Mail, Fate::Unmapped);
    }
}
