//! A message in the making, from its parts to the stream.

use super::attachment::Attachment;
use super::attribute::{Attribute, Stream, id};
use super::codepage::CodePage;
use super::lzfu;
use super::octets::Octets;
use super::property::{Name, Property, Strings, Value, list};
use super::recipient::{Kind, Mailbox, Recipient, table};
use super::tag;
use super::time::Civil;

/// A message. Its fields may be altered before it is written.
///
/// ```
/// use testbed::tnef::message::{Body, Message};
/// use testbed::tnef::attachment::Attachment;
///
/// let winmail = Message::note("Lunch")
///     .body(Body::Plain("Today at twelve?\r\n".to_owned()))
///     .attach(Attachment::file("menu.txt", *b"Soup"))
///     .bytes();
/// assert!(winmail.starts_with(&[0x78, 0x9f, 0x3e, 0x22]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The subject.
    pub subject: String,
    /// Its class ([MS-OXCMSG] §2.2.1.3).
    pub class: String,
    /// Its class in attMessageClass, which may have an older name; `None`: the attribute is not there.
    pub legacy_class: Option<String>,
    /// Who wrote it.
    pub from: Mailbox,
    /// Who sent it for them.
    pub sender: Option<Mailbox>,
    /// When, in UTC.
    pub sent: Civil,
    /// Its Message-ID, with its angle brackets.
    pub message_id: String,
    /// How it is written.
    pub form: Form,
    /// Its bodies.
    pub bodies: Vec<Body>,
    /// Its properties beside the usual ones.
    pub properties: Vec<Property>,
    /// Rows of the recipient table; none: there is no table.
    pub recipients: Vec<Recipient>,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// Attributes beside the usual ones.
    pub extra: Vec<Attribute>,
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// How its texts are.
    pub strings: Strings,
    /// What attOemCodepage says, in which the texts of attributes are.
    pub oem: CodePage,
    /// Whether subject, sender and dates are in attributes too and the class is there alone, as older senders have it.
    pub legacy: bool,
    /// The key.
    pub key: u16,
}

/// One form of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Text.
    Plain(String),
    /// Text in attBody, in the OEM code page.
    Legacy(String),
    /// HTML in the code page of PidTagInternetCodepage.
    Html(String, CodePage),
    /// RTF, compressed.
    Rtf(Vec<u8>),
    /// RTF in the form that is not compressed.
    StoredRtf(Vec<u8>),
}

impl Message {
    /// A usual message from somebody in the cloud, in Unicode and without attributes that repeat what properties say.
    pub fn note(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            class: "IPM.Note".to_owned(),
            legacy_class: Some("IPM.Microsoft Mail.Note".to_owned()),
            from: Mailbox::new("Anna Berg", "anna.berg@contoso.com"),
            sender: None,
            sent: Civil::new(2026, 1, 2, 8, 0),
            message_id: "<tnef-1@contoso.com>".to_owned(),
            form: Form {
                strings: Strings::Unicode,
                oem: CodePage::Windows1252,
                legacy: false,
                key: 0x0237,
            },
            bodies: Vec::new(),
            properties: Vec::new(),
            recipients: Vec::new(),
            attachments: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// Of another class; the attribute has the same name.
    #[must_use]
    pub fn of_class(mut self, class: &str) -> Self {
        class.clone_into(&mut self.class);
        self.legacy_class = Some(class.to_owned());
        self
    }

    /// With a body more.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.bodies.push(body);
        self
    }

    /// With a property more.
    #[must_use]
    pub fn with(mut self, property: Property) -> Self {
        self.properties.push(property);
        self
    }

    /// With all of these.
    #[must_use]
    pub fn with_all(mut self, properties: impl IntoIterator<Item = Property>) -> Self {
        self.properties.extend(properties);
        self
    }

    /// With an attachment more.
    #[must_use]
    pub fn attach(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// With a row of the recipient table more.
    #[must_use]
    pub fn to(self, name: &str, address: &str) -> Self {
        self.recipient(Recipient::new(Mailbox::new(name, address), Kind::To))
    }

    /// The same, of any kind.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// From these.
    #[must_use]
    pub fn from(mut self, name: &str, address: &str) -> Self {
        self.from = Mailbox::new(name, address);
        self
    }

    /// Sent by these for the others.
    #[must_use]
    pub fn sent_by(mut self, name: &str, address: &str) -> Self {
        self.sender = Some(Mailbox::new(name, address));
        self
    }

    /// In 8-bit texts of this code page, with attributes that repeat what properties say or say it alone: an older sender.
    #[must_use]
    pub fn in_code_page(mut self, page: CodePage) -> Self {
        self.form.strings = Strings::In(page);
        self.form.oem = page;
        self.form.legacy = true;
        self
    }

    /// The octets of the stream.
    pub fn bytes(&self) -> Vec<u8> {
        self.stream().bytes()
    }

    /// The stream, to be altered where it shall be wrong.
    pub fn stream(&self) -> Stream {
        let mut stream = Stream::new(self.form.key);
        let code_pages = Octets::new().u32(self.form.oem.number()).u32(0).finish();
        stream.attributes = vec![
            Attribute::message(id::TNEF_VERSION, 0x0001_0000_u32.to_le_bytes()),
            Attribute::message(id::OEM_CODE_PAGE, code_pages),
        ];
        if let Some(class) = &self.legacy_class {
            stream = stream.with(self.text_attribute(id::MESSAGE_CLASS, class));
        }
        if self.form.legacy {
            stream.attributes.extend(self.legacy_attributes());
        }
        stream.attributes.extend(self.extra.iter().cloned());
        for body in &self.bodies {
            if let Body::Legacy(text) = body {
                stream = stream.with(self.text_attribute(id::BODY, text));
            }
        }
        let strings = self.form.strings;
        let properties = list(&self.all_properties(), strings);
        stream = stream.with(Attribute::message(id::MESSAGE_PROPERTIES, properties));
        if !self.recipients.is_empty() {
            let table = table(&self.recipients, strings);
            stream = stream.with(Attribute::message(id::RECIPIENT_TABLE, table));
        }
        for (number, attachment) in self.attachments.iter().enumerate() {
            let attributes = attachment.attributes(number, self.form.oem, strings);
            stream.attributes.extend(attributes);
        }
        stream
    }

    fn legacy_attributes(&self) -> Vec<Attribute> {
        let date = |id| Attribute::message(id, self.sent.att_date());
        vec![
            Attribute::message(id::FROM, self.triple()),
            self.text_attribute(id::SUBJECT, &self.subject),
            date(id::DATE_SENT),
            date(id::DATE_RECEIVED),
            self.text_attribute(id::MESSAGE_ID, "0123456789ABCDEF0123456789ABCDEF"),
            Attribute::message(id::PRIORITY, 2_u16.to_le_bytes()),
            date(id::DATE_MODIFIED),
        ]
    }

    fn text_attribute(&self, id: u32, text: &str) -> Attribute {
        Attribute::message(id, [self.form.oem.encode(text), vec![0]].concat())
    }

    /// attFrom: a one-off triple and an empty one.
    fn triple(&self) -> Vec<u8> {
        let text = |text: &str| {
            let mut octets = [self.form.oem.encode(text), vec![0]].concat();
            octets.resize(octets.len().next_multiple_of(2), 0);
            octets
        };
        let (name, address) = (
            text(&self.from.name),
            text(&format!("SMTP:{}", self.from.address)),
        );
        let whole = 8 + name.len() + address.len() + 8;
        let mut out = Octets::new();
        out.u16(4).u16(whole as u16);
        out.u16(name.len() as u16).u16(address.len() as u16);
        out.raw(&name).raw(&address).zeros(8).finish()
    }

    fn all_properties(&self) -> Vec<Property> {
        let mut properties = vec![
            Property::tag(tag::SUBJECT, self.subject.as_str()),
            Property::tag(tag::NORMALIZED_SUBJECT, self.subject.as_str()),
            Property::tag(tag::CONVERSATION_TOPIC, self.subject.as_str()),
            Property::tag(tag::CLIENT_SUBMIT_TIME, self.sent),
            Property::tag(tag::CREATION_TIME, self.sent),
            Property::tag(tag::LAST_MODIFICATION_TIME, self.sent),
            Property::tag(tag::MESSAGE_DELIVERY_TIME, self.sent.plus(1)),
            Property::tag(tag::INTERNET_MESSAGE_ID, self.message_id.as_str()),
            Property::tag(tag::MESSAGE_LOCALE, 1033),
        ];
        // Older senders name the class in the attribute alone.
        if !self.form.legacy || self.legacy_class.is_none() {
            properties.push(Property::tag(tag::MESSAGE_CLASS, self.class.as_str()));
        }
        if let Strings::In(page) = self.form.strings {
            let page = page.number() as i32;
            properties.push(Property::tag(tag::MESSAGE_CODE_PAGE, page));
        }
        let key = format!("{}\0", self.message_id).into_bytes();
        properties.push(Property::tag(tag::TNEF_CORRELATION_KEY, key));
        properties.extend(people(&self.from, self.sender.as_ref()));
        properties.extend(self.bodies.iter().flat_map(Body::properties));
        // What is said explicitly is said once.
        properties.retain(|usual| !self.properties.iter().any(|own| own.name == usual.name));
        properties.extend(self.properties.iter().cloned());
        properties
    }

    /// The value of a property beside the usual ones.
    pub fn property(&self, name: &Name) -> Option<&Value> {
        let mut properties = self.properties.iter();
        Some(&properties.find(|property| property.name == *name)?.value)
    }
}

fn people(from: &Mailbox, sender: Option<&Mailbox>) -> Vec<Property> {
    let sender = sender.unwrap_or(from);
    vec![
        Property::tag(tag::SENT_REPRESENTING_NAME, from.name.as_str()),
        Property::tag(tag::SENT_REPRESENTING_ADDRESS_TYPE, "SMTP"),
        Property::tag(tag::SENT_REPRESENTING_EMAIL_ADDRESS, from.address.as_str()),
        Property::tag(tag::SENT_REPRESENTING_SMTP_ADDRESS, from.address.as_str()),
        Property::tag(tag::SENT_REPRESENTING_ENTRY_ID, from.entry_id()),
        Property::tag(tag::SENDER_NAME, sender.name.as_str()),
        Property::tag(tag::SENDER_ADDRESS_TYPE, "SMTP"),
        Property::tag(tag::SENDER_EMAIL_ADDRESS, sender.address.as_str()),
        Property::tag(tag::SENDER_SMTP_ADDRESS, sender.address.as_str()),
        Property::tag(tag::SENDER_ENTRY_ID, sender.entry_id()),
    ]
}

impl Body {
    fn properties(&self) -> Vec<Property> {
        let rtf = |octets| {
            vec![
                Property::tag(tag::RTF_IN_SYNC, true),
                Property::tag(tag::RTF_COMPRESSED, Value::Binary(octets)),
            ]
        };
        match self {
            Self::Plain(text) => vec![Property::tag(tag::BODY, text.as_str())],
            Self::Legacy(_) => Vec::new(),
            Self::Html(html, page) => vec![
                Property::tag(tag::INTERNET_CODE_PAGE, page.number() as i32),
                Property::tag(tag::HTML, page.encode(html)),
            ],
            Self::Rtf(octets) => rtf(lzfu::compress(octets)),
            Self::StoredRtf(octets) => rtf(lzfu::store(octets)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(message: &Message) -> Vec<u32> {
        message.stream().attributes.iter().map(|a| a.id).collect()
    }

    #[test]
    fn the_message_comes_before_its_attachments() {
        let message = Message::note("x").attach(Attachment::file("a", *b"b"));
        let expected = [
            id::TNEF_VERSION,
            id::OEM_CODE_PAGE,
            id::MESSAGE_CLASS,
            id::MESSAGE_PROPERTIES,
            id::REND_DATA,
        ];
        assert_eq!(ids(&message)[..5], expected);
        let old = ids(&message.in_code_page(CodePage::Windows1251));
        assert_eq!(old[3..5], [id::FROM, id::SUBJECT]);
    }

    #[test]
    fn what_is_said_explicitly_is_said_once() {
        let message = Message::note("x").with(Property::tag(tag::NORMALIZED_SUBJECT, "y"));
        let subjects = message
            .all_properties()
            .into_iter()
            .filter(|p| p.name == Name::Tag(tag::NORMALIZED_SUBJECT));
        assert_eq!(subjects.count(), 1);
    }

    #[test]
    fn a_sender_is_a_triple() {
        let message = Message::note("x").from("Martin Rakhmanov", "r@sundance.example");
        let triple = message.triple();
        assert_eq!(triple.len(), usize::from(triple[2]));
        assert_eq!(triple[..8], [4, 0, 58, 0, 18, 0, 24, 0]);
        assert!(triple.ends_with(b"SMTP:r@sundance.example\0\0\0\0\0\0\0\0\0"));
    }
}
