//! Receipts and reports ([MS-OXOMSG] §2.2.2): what was read, what arrived, what did not.

use super::attachment::Attachment;
use super::message::{Body, Message};
use super::property::{Property, Value};
use super::recipient::{Kind, Mailbox, Recipient};
use super::tag;
use super::time::Civil;

/// The message that a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its subject.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: String,
    /// Who wrote it.
    pub author: Mailbox,
    /// When it was sent, in UTC.
    pub sent: Civil,
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Whose.
    pub who: Mailbox,
    /// The enhanced status code, as 511 for 5.1.1.
    pub status: i32,
    /// What the host said.
    pub said: String,
    /// The host.
    pub host: String,
}

impl Original {
    /// A message from Anna.
    pub fn sample() -> Self {
        Self {
            subject: "Budget".to_owned(),
            message_id: "<original-1@contoso.com>".to_owned(),
            author: Mailbox::new("Anna Berg", "anna.berg@contoso.com"),
            sent: Civil::new(2026, 1, 2, 7, 30),
        }
    }

    fn properties(&self) -> Vec<Property> {
        vec![
            Property::tag(tag::ORIGINAL_SUBJECT, self.subject.as_str()),
            Property::tag(tag::ORIGINAL_SUBMIT_TIME, self.sent),
            Property::tag(tag::ORIGINAL_MESSAGE_ID, self.message_id.as_str()),
            Property::tag(tag::IN_REPLY_TO, self.message_id.as_str()),
            Property::tag(tag::ORIGINAL_DISPLAY_TO, "Bernd Groß"),
            Property::tag(tag::REPORT_TIME, self.sent.plus(30)),
            Property::tag(
                tag::REPORT_TAG,
                vec![0x50, 0x43, 0x44, 0x46, 0x45, 0x42, 0x30, 0x39],
            ),
        ]
    }
}

/// Messages that are reports.
impl Message {
    /// Somebody has read it.
    pub fn read_receipt(original: &Original, reader: &Mailbox) -> Self {
        let class = "REPORT.IPM.Note.IPNRN";
        let mut receipt = report("Read", class, original, reader);
        receipt.legacy_class = Some("IPM.Microsoft Mail.Read Receipt".to_owned());
        receipt
    }

    /// Somebody has deleted it without reading.
    pub fn not_read_receipt(original: &Original, reader: &Mailbox) -> Self {
        report("Not read", "REPORT.IPM.Note.IPNNRN", original, reader)
    }

    /// It has arrived.
    pub fn delivery_report(original: &Original, recipients: &[Mailbox]) -> Self {
        let postmaster = postmaster();
        let mut report = report("Delivered", "REPORT.IPM.Note.DR", original, &postmaster);
        report.recipients = recipients
            .iter()
            .map(|who| {
                Recipient::new(who.clone(), Kind::To)
                    .with(Property::tag(tag::DELIVER_TIME, original.sent.plus(2)))
            })
            .collect();
        report
    }

    /// It has not. The returned message is attached if it is given.
    pub fn non_delivery_report(
        original: &Original,
        fates: &[Fate],
        returned: Option<Self>,
    ) -> Self {
        let class = "REPORT.IPM.Note.NDR";
        let mut report = report("Undeliverable", class, original, &postmaster());
        report.legacy_class = Some("IPM.Microsoft Mail.Non-Delivery".to_owned());
        report.recipients = fates.iter().map(Fate::row).collect();
        match returned {
            Some(message) => report.attach(Attachment::message(&original.subject, message)),
            None => report,
        }
    }
}

impl Fate {
    fn row(&self) -> Recipient {
        let (class, rest) = (self.status / 100, self.status % 100);
        let code = format!("{class}.{}.{}", rest / 10, rest % 10);
        let supplement = format!("<{} #{code} smtp;{}>", self.host, self.said);
        Recipient::new(self.who.clone(), Kind::To).with_all([
            // Transfer impossible; unknown to the directory.
            Property::tag(tag::NDR_REASON_CODE, 1),
            Property::tag(tag::NDR_DIAG_CODE, 1),
            Property::tag(tag::NDR_STATUS_CODE, self.status),
            Property::tag(tag::SUPPLEMENTARY_INFO, Value::Text(supplement)),
            Property::tag(tag::REPORT_TEXT, self.said.as_str()),
            Property::tag(tag::REMOTE_MTA, self.host.as_str()),
            Property::tag(tag::REPORT_TIME, Civil::new(2026, 1, 2, 8, 0)),
        ])
    }
}

fn report(word: &str, class: &str, original: &Original, from: &Mailbox) -> Message {
    let text = format!("{word}: your message \"{}\".\r\n", original.subject);
    let mut report = Message::note(&format!("{word}: {}", original.subject))
        .of_class(class)
        .body(Body::Plain(text))
        .with_all(original.properties());
    report.from = from.clone();
    report.recipient(Recipient::new(original.author.clone(), Kind::To))
}

fn postmaster() -> Mailbox {
    Mailbox::new("Postmaster", "postmaster@contoso.com")
}
