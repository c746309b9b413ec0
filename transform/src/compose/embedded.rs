//! Messages within messages: `message/rfc822`, with a whole header made of their properties.

mod transport;

use tnef_decoder::calendar::file_time;
use tnef_decoder::icalendar::Person;
use tnef_decoder::{Message, RecipientKind, property_id as id};

use super::{Composer, Unconvertible, file_name, marks, people};
use crate::entity::header::Header;
use crate::entity::{Disposition, Entity, Label, words};
use crate::outer::Outer;

/// The message as a part, called `name` or by its subject.
pub(crate) fn compose(
    composer: &mut Composer<'_>,
    message: &Message<'_>,
    name: Option<String>,
) -> Result<Entity, Unconvertible> {
    let outer = outer(message);
    let content = composer.content(message, &outer)?;
    let subject = message.subject().unwrap_or_default();
    let name = name.as_deref().and_then(file_name::safe);
    let name = name
        .or_else(|| file_name::safe(&subject))
        .unwrap_or_else(|| "message".to_owned());
    let label = Label {
        media_type: "message/rfc822",
        name: Some(&file_name::with_extension(&name, "eml")),
        disposition: Some(Disposition::Attachment),
        ..Label::default()
    };
    let header = header(message, &outer, &content.fields);
    Ok(Entity::message(label, header, content.entity))
}

/// What a header around it would say.
fn outer(message: &Message<'_>) -> Outer {
    let properties = &message.properties;
    let author = people::author(properties);
    let sender = people::sender(properties);
    let of_kind = |kind: RecipientKind| {
        let rows = message.recipients.iter().filter(|row| row.kind() == kind);
        rows.map(|row| people::recipient(&row)).collect()
    };
    let date = properties.time(id::CLIENT_SUBMIT_TIME);
    let date = date.or_else(|| properties.time(id::MESSAGE_DELIVERY_TIME));
    let date = date.or_else(|| properties.time(id::LAST_MODIFICATION_TIME));
    let is_other = |sender: &Person| {
        author
            .as_ref()
            .is_some_and(|author| author.address != sender.address)
    };
    Outer {
        sender: sender.filter(is_other),
        from: author.into_iter().collect(),
        to: of_kind(RecipientKind::To),
        cc: of_kind(RecipientKind::Cc),
        date: date.and_then(|date| file_time(date.0)),
        message_id: properties
            .text(id::INTERNET_MESSAGE_ID)
            .and_then(|id| message_id(&id)),
        correlator: None,
        names: Vec::new(),
    }
}

fn header(message: &Message<'_>, outer: &Outer, fields: &[(String, String)]) -> String {
    let properties = &message.properties;
    let written = properties.text(id::TRANSPORT_MESSAGE_HEADERS);
    let mut lacking = Lacking::of(written.as_deref().unwrap_or_default());
    lacking.add(
        "From",
        &match outer.from.is_empty() {
            true => vec!["unknown:;".to_owned()],
            false => words::mailboxes(&outer.from),
        },
    );
    let sender = outer.sender.as_ref().map(words::mailbox);
    lacking.add("Sender", &sender.unwrap_or_default());
    lacking.add("To", &or_displayed(&outer.to, properties, id::DISPLAY_TO));
    lacking.add("Cc", &or_displayed(&outer.cc, properties, id::DISPLAY_CC));
    if lacking.lacks("Subject") {
        let subject = message.subject().unwrap_or_default();
        lacking.header.text("Subject", &subject);
    }
    let date: Vec<String> = outer.date.map(marks::date).into_iter().collect();
    lacking.add("Date", &date);
    let id: Vec<String> = outer.message_id.clone().into_iter().collect();
    lacking.add("Message-ID", &id);
    let ids = |id: u16| message_ids(&properties.text(id).unwrap_or_default());
    lacking.add("In-Reply-To", &ids(id::IN_REPLY_TO_ID));
    lacking.add("References", &ids(id::INTERNET_REFERENCES));
    for (name, value) in fields {
        if lacking.lacks(name) {
            lacking.header.raw(&format!("{name}: {value}\r\n"));
        }
    }
    lacking.header.raw("MIME-Version: 1.0\r\n");
    lacking.header.finish()
}

/// A header that once was, and gets the fields that it lacks.
struct Lacking {
    header: Header,
    /// The fields that were there.
    names: Vec<String>,
}

impl Lacking {
    fn of(written: &str) -> Self {
        let mut header = Header::default();
        let names = transport::copy(written, &mut header);
        Self { header, names }
    }

    fn lacks(&self, name: &str) -> bool {
        !self.names.iter().any(|one| one.eq_ignore_ascii_case(name))
    }

    fn add(&mut self, name: &str, pieces: &[String]) {
        if !pieces.is_empty() && self.lacks(name) {
            let pieces = pieces.iter().map(String::as_str);
            self.header.structured(name, pieces);
        }
    }
}

/// Without a table of recipients there may still be their names.
fn or_displayed(
    people: &[Person],
    properties: &tnef_decoder::Properties<'_>,
    id: u16,
) -> Vec<String> {
    if !people.is_empty() {
        return words::mailboxes(people);
    }
    let displayed = properties.text(id).unwrap_or_default();
    let names = displayed
        .split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let people: Vec<Person> = names
        .map(|name| Person {
            address: if words::is_address(name) {
                name.to_owned()
            } else {
                String::new()
            },
            name: Some(name.to_owned()),
            sent_by: None,
        })
        .collect();
    words::mailboxes(&people)
}

/// One id in its angle brackets; `None`: it is none.
fn message_id(text: &str) -> Option<String> {
    message_ids(text).into_iter().next()
}

fn message_ids(text: &str) -> Vec<String> {
    let pieces = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ','));
    let is_id = |id: &&str| {
        !id.is_empty()
            && id.len() <= ID_OCTETS_MAX
            && id.bytes().all(|octet| octet.is_ascii_graphic())
    };
    pieces.filter(is_id).map(|id| format!("<{id}>")).collect()
}

/// One that a line can hold.
const ID_OCTETS_MAX: usize = 900;

#[cfg(test)]
mod tests {
    use super::message_ids;

    #[test]
    fn ids_are_one_word_each() {
        let check = |text: &str, expected: &[&str]| assert_eq!(message_ids(text), expected);
        check("<a@b>", &["<a@b>"]);
        check("a@b", &["<a@b>"]);
        check("<a@b>\r\n <c@d> <e@f>", &["<a@b>", "<c@d>", "<e@f>"]);
        check("<a@b>\r\nX-Evil: 1", &["<a@b>", "<X-Evil:>", "<1>"]);
        check("<ä@b>", &[]);
        check("", &[]);
    }
}
