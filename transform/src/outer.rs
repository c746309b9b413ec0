//! What the header around a TNEF stream says: who wrote it, to whom.
//!
//! A stream that travels by itself seldom names its recipients, and its sender often only by a name of the organisation's
//! directory; the header does both.

use jiff::Timestamp;
use mail_parser::{Address, HeaderName, HeaderValue, MessageParser};
use tnef_decoder::icalendar::Person;

use crate::field::fields;
use crate::limits::OUTER_HEADER_OCTETS_MAX;

/// The outer header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outer {
    /// From.
    pub from: Vec<Person>,
    /// Sender, who sent it for them.
    pub sender: Option<Person>,
    /// To.
    pub to: Vec<Person>,
    /// Cc.
    pub cc: Vec<Person>,
    /// Date.
    pub date: Option<Timestamp>,
    /// Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// X-MS-TNEF-Correlator: the key of the stream that belongs to this message.
    pub correlator: Option<String>,
    /// The names of all fields, in lower case.
    pub names: Vec<String>,
}

impl Outer {
    /// Reads a header block, with or without the empty line. Of a longer one than [`OUTER_HEADER_OCTETS_MAX`] the beginning.
    pub fn read(header: &[u8]) -> Self {
        let end = header.len().min(OUTER_HEADER_OCTETS_MAX);
        let header = header.get(..end).unwrap_or_default();
        let mut names = Vec::new();
        let mut block = Vec::with_capacity(header.len() + 4);
        for field in fields(header) {
            names.push(String::from_utf8_lossy(field.name).to_ascii_lowercase());
            if WANTED.iter().any(|name| field.is(name)) {
                block.extend_from_slice(&header[field.range]);
            }
        }
        // A parser takes a block that just ends for a body.
        block.extend_from_slice(b"\r\n\r\n");
        let Some(parsed) = MessageParser::new().parse_headers(block.as_slice()) else {
            return Self {
                names,
                ..Self::default()
            };
        };
        Self {
            from: people(parsed.from()),
            sender: people(parsed.sender()).into_iter().next(),
            to: parsed.all_to().flat_map(|to| people(Some(to))).collect(),
            cc: parsed.all_cc().flat_map(|cc| people(Some(cc))).collect(),
            date: parsed
                .date()
                .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            message_id: parsed.message_id().map(|id| format!("<{id}>")),
            correlator: parsed.header(CORRELATOR).and_then(text),
            names,
        }
    }

    /// Whether it has a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one.eq_ignore_ascii_case(name))
    }

    /// In whose name it was sent, and by whom if that is somebody else.
    pub(crate) fn author(&self) -> Option<Person> {
        let mut author = self.from.first()?.clone();
        let sender = self.sender.as_ref().map(|sender| &sender.address);
        let is_other =
            |sender: &&String| !sender.is_empty() && !sender.eq_ignore_ascii_case(&author.address);
        author.sent_by = sender.filter(is_other).cloned();
        Some(author)
    }
}

fn people(address: Option<&Address<'_>>) -> Vec<Person> {
    let people = address.into_iter().flat_map(Address::iter);
    let person = |one: &mail_parser::Addr<'_>| Person {
        address: one.address.as_deref().unwrap_or_default().to_owned(),
        name: one.name.as_deref().map(str::to_owned),
        sent_by: None,
    };
    people.map(person).collect()
}

fn text(value: &HeaderValue<'_>) -> Option<String> {
    let text = value.as_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Of these more than the name matters.
const WANTED: &[&str] = &[
    "From",
    "Sender",
    "To",
    "Cc",
    "Date",
    "Message-ID",
    "X-MS-TNEF-Correlator",
];
const CORRELATOR: HeaderName<'static> =
    HeaderName::Other(std::borrow::Cow::Borrowed("X-MS-TNEF-Correlator"));

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "From: =?utf-8?B?QW5uYSBCw6RyZw==?= <anna@contoso.com>\r\n\
        Sender: Otto <otto@contoso.com>\r\nTo: Bernd <bernd@contoso.com>,\r\n\tute@contoso.com\r\n\
        Cc: Board: li@contoso.com;\r\nDate: Fri, 9 Jan 2026 16:00:00 +0100\r\nMessage-ID: <1@contoso.com>\r\n\
        X-MS-TNEF-Correlator:\r\n\t<1@contoso.com>\r\nSubject: x\r\n";

    #[test]
    fn people_dates_and_ids_are_read() {
        for end in ["", "\r\n"] {
            let outer = Outer::read(format!("{HEADER}{end}").as_bytes());
            assert_eq!(outer.from[0].name.as_deref(), Some("Anna Bärg"));
            assert_eq!(
                outer.author().unwrap().sent_by.as_deref(),
                Some("otto@contoso.com")
            );
            let to: Vec<_> = outer.to.iter().map(|one| one.address.as_str()).collect();
            assert_eq!(to, ["bernd@contoso.com", "ute@contoso.com"]);
            assert_eq!(outer.cc[0].address, "li@contoso.com");
            assert_eq!(outer.date.unwrap().to_string(), "2026-01-09T15:00:00Z");
            assert_eq!(outer.message_id.as_deref(), Some("<1@contoso.com>"));
            assert_eq!(outer.correlator.as_deref(), Some("<1@contoso.com>"));
            assert!(outer.has("SUBJECT") && !outer.has("Importance"));
        }
    }

    #[test]
    fn whatever_is_no_header_is_empty() {
        assert_eq!(Outer::read(b""), Outer::default());
        assert!(Outer::read(b"\xff\0\r\n").from.is_empty());
    }

    #[test]
    fn a_header_is_read_to_its_bound() {
        let filling = |octets: usize| {
            let field = format!("X-Filling: {}\r\n", "x".repeat(octets - 13));
            Outer::read(format!("{field}To: a@b\r\n").as_bytes())
        };
        let last = "To: a@b\r\n".len();
        assert_eq!(filling(OUTER_HEADER_OCTETS_MAX - last).to[0].address, "a@b");
        assert!(filling(OUTER_HEADER_OCTETS_MAX).to.is_empty());
    }
}
