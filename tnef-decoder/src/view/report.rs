//! Reports on what became of a message: read, not read, delivered, not delivered ([MS-OXOMSG] 2.2.2).
//!
//! [MS-OXOMSG]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxomsg/

use jiff::Timestamp;
use jiff::tz::Offset;

use super::meeting::read::{point, text, unsigned};
use super::people;
use crate::icalendar::Person;
use crate::message::Message;
use crate::property_id as id;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// On what.
    pub kind: ReportKind,
    /// Who reports: of a read receipt, who read it.
    pub author: Option<Person>,
    /// Subject of the message it is about.
    pub original_subject: Option<String>,
    /// Message-ID of the message it is about, in angle brackets.
    pub original_message_id: Option<String>,
    /// When the message it is about was sent.
    pub original_sent: Option<Timestamp>,
    /// When what it reports happened.
    pub at: Option<Timestamp>,
    /// For whom something happened.
    pub recipients: Vec<Reported>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// It was read.
    Read,
    /// It was deleted unread.
    NotRead,
    /// It was delivered.
    Delivered,
    /// It was not delivered.
    NotDelivered,
}

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Who.
    pub person: Person,
    /// The status as RFC 3463 has it, such as `5.1.1`.
    pub status: String,
    /// What is said about it.
    pub diagnostic: Option<String>,
    /// The host that refused it.
    pub remote_host: Option<String>,
}

impl Report {
    /// The report a message is; `None` if it is none.
    pub fn read(message: &Message<'_>) -> Option<Self> {
        let kind = ReportKind::of(&message.class)?;
        let properties = &message.properties;
        let original = text(properties, id::ORIGINAL_MESSAGE_ID);
        Some(Self {
            kind,
            author: people::author(properties),
            original_subject: text(properties, id::ORIGINAL_SUBJECT)
                .or_else(|| text(properties, id::CONVERSATION_TOPIC)),
            original_message_id: original.or_else(|| text(properties, id::IN_REPLY_TO_ID)),
            original_sent: point(properties, id::ORIGINAL_SUBMIT_TIME),
            at: point(properties, id::RECEIPT_TIME)
                .or_else(|| point(properties, id::REPORT_TIME))
                .or_else(|| point(properties, id::CLIENT_SUBMIT_TIME)),
            recipients: message
                .recipients
                .iter()
                .map(|row| Reported::of(&row, kind))
                .collect(),
        })
    }

    /// The fields of `message/disposition-notification` (RFC 8098 §3.1); `None` for a report on delivery.
    pub fn disposition(&self) -> Option<String> {
        let disposition = match self.kind {
            ReportKind::Read => "displayed",
            ReportKind::NotRead => "deleted",
            ReportKind::Delivered | ReportKind::NotDelivered => return None,
        };
        let address = self.author.as_ref().map_or("", |author| &author.address);
        let mut fields = Fields::default();
        fields.add("Final-Recipient", &format!("rfc822;{}", known(address)));
        if let Some(original) = &self.original_message_id {
            fields.add("Original-Message-ID", original);
        }
        let mode = "manual-action/MDN-sent-manually";
        fields.add("Disposition", &format!("{mode}; {disposition}"));
        Some(fields.0)
    }

    /// The fields of `message/delivery-status` (RFC 3464 §2.1), `host` being who reports; `None` for a read receipt.
    pub fn delivery_status(&self, host: &str) -> Option<String> {
        let action = match self.kind {
            ReportKind::Delivered => "delivered",
            ReportKind::NotDelivered => "failed",
            ReportKind::Read | ReportKind::NotRead => return None,
        };
        let mut fields = Fields::default();
        fields.add("Reporting-MTA", &format!("dns;{host}"));
        if let Some(sent) = self.original_sent {
            fields.add("Arrival-Date", &date(sent));
        }
        for recipient in &self.recipients {
            fields.part();
            fields.add(
                "Final-Recipient",
                &format!("rfc822;{}", known(&recipient.person.address)),
            );
            fields.add("Action", action);
            fields.add("Status", &recipient.status);
            if let Some(host) = &recipient.remote_host {
                fields.add("Remote-MTA", &format!("dns;{host}"));
            }
            if let Some(diagnostic) = &recipient.diagnostic {
                fields.add("Diagnostic-Code", &format!("smtp;{diagnostic}"));
            }
            if let Some(at) = self.at {
                fields.add("Last-Attempt-Date", &date(at));
            }
        }
        Some(fields.0)
    }
}

impl ReportKind {
    fn of(class: &str) -> Option<Self> {
        let class = class.to_ascii_lowercase();
        let (_, kind) = class.strip_prefix("report.")?.rsplit_once('.')?;
        match kind {
            "ipnrn" => Some(Self::Read),
            "ipnnrn" => Some(Self::NotRead),
            "dr" => Some(Self::Delivered),
            "ndr" => Some(Self::NotDelivered),
            _ => None,
        }
    }
}

impl Reported {
    fn of(row: &crate::recipient::Recipient<'_>, kind: ReportKind) -> Self {
        let usual = match kind {
            ReportKind::NotDelivered => "5.0.0",
            ReportKind::Delivered | ReportKind::Read | ReportKind::NotRead => "2.0.0",
        };
        let code = unsigned(&row.properties, id::NON_DELIVERY_REPORT_STATUS_CODE);
        Self {
            person: people::recipient(row),
            status: code.and_then(status).unwrap_or_else(|| usual.to_owned()),
            diagnostic: text(&row.properties, id::SUPPLEMENTARY_INFO).map(diagnostic),
            remote_host: text(&row.properties, id::REMOTE_MESSAGE_TRANSFER_AGENT),
        }
    }
}

/// Exchange writes `<host #5.1.1 smtp;550 5.1.1 unknown>`; the reply is what matters.
fn diagnostic(said: String) -> String {
    let inner = said
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    let reply = inner.and_then(|inner| inner.split_once("smtp;"));
    reply.map_or(said.clone(), |(_, reply)| reply.to_owned())
}

/// RFC 5322 §3.3.
fn date(at: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(at);
    utc.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// 511 stands for 5.1.1 ([MS-OXOMSG] 2.2.2.31).
///
/// [MS-OXOMSG]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxomsg/
fn status(code: u32) -> Option<String> {
    let (class, subject, detail) = (code / 100, code / 10 % 10, code % 10);
    matches!(class, 2 | 4 | 5).then(|| format!("{class}.{subject}.{detail}"))
}

fn known(address: &str) -> &str {
    if address.is_empty() {
        "unknown"
    } else {
        address
    }
}

/// Fields of a header, each in one line.
#[derive(Debug, Default)]
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let value: String = value
            .chars()
            .map(plain)
            .take(VALUE_CHARACTERS_MAX)
            .collect();
        self.0 += &format!("{name}: {}\r\n", value.trim());
    }

    /// Ends the fields of one recipient, or of the message.
    fn part(&mut self) {
        self.0 += "\r\n";
    }
}

/// Keeps a line below 998 octets (RFC 5322 §2.1.1), whatever the characters.
const VALUE_CHARACTERS_MAX: usize = 230;
