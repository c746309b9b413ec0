//! Mailboxes, one-off entry ids, and the recipient table ([MS-OXTNEF] §2.1.3.5.1).

use super::octets::{Octets, utf16};
use super::property::{Property, Strings, list};
use super::tag;

/// A person's name and address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name for people.
    pub name: String,
    /// The SMTP address.
    pub address: String,
}

impl Mailbox {
    /// Both.
    pub fn new(name: &str, address: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }

    /// A one-off entry id ([MS-OXCDATA] §2.2.5.1).
    pub fn entry_id(&self) -> Vec<u8> {
        let mut out = Octets::new();
        out.u32(0).raw(&ONE_OFF).u16(0);
        // The texts are Unicode; no rich text.
        out.u16(0x8001);
        for text in [&self.name, "SMTP", &self.address] {
            out.raw(&utf16(text)).u16(0);
        }
        out.finish()
    }

    /// What others find it by.
    pub fn search_key(&self) -> Vec<u8> {
        format!("SMTP:{}\0", self.address.to_uppercase()).into_bytes()
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// Who.
    pub mailbox: Mailbox,
    /// As what.
    pub kind: Kind,
    /// What else the row says.
    pub properties: Vec<Property>,
}

/// As what one gets a message ([MS-OXCMSG] §2.2.3.1.2). Of a meeting the second is optional, the third a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To.
    To = 1,
    /// Cc.
    Cc = 2,
    /// Bcc.
    Bcc = 3,
}

impl Recipient {
    /// A row with nothing special.
    pub fn new(mailbox: Mailbox, kind: Kind) -> Self {
        Self {
            mailbox,
            kind,
            properties: Vec::new(),
        }
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

    fn row(&self, number: usize, strings: Strings) -> Vec<u8> {
        let Mailbox { name, address } = &self.mailbox;
        let mut properties = vec![
            Property::tag(tag::ROW_ID, number as i32),
            Property::tag(tag::RECIPIENT_TYPE, self.kind as i32),
            // A mail user.
            Property::tag(tag::OBJECT_TYPE, 6),
            Property::tag(tag::DISPLAY_TYPE, 0),
            Property::tag(tag::DISPLAY_NAME, name.as_str()),
            Property::tag(tag::ADDRESS_TYPE, "SMTP"),
            Property::tag(tag::EMAIL_ADDRESS, address.as_str()),
            Property::tag(tag::SMTP_ADDRESS, address.as_str()),
            Property::tag(tag::ENTRY_ID, self.mailbox.entry_id()),
            Property::tag(tag::SEARCH_KEY, self.mailbox.search_key()),
        ];
        properties.extend(self.properties.iter().cloned());
        list(&properties, strings)
    }
}

/// The content of attRecipTable.
pub fn table(recipients: &[Recipient], strings: Strings) -> Vec<u8> {
    let mut out = Octets::new();
    out.u32(recipients.len() as u32);
    for (number, recipient) in recipients.iter().enumerate() {
        out.raw(&recipient.row(number, strings));
    }
    out.finish()
}

const ONE_OFF: [u8; 16] = [
    0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_off_has_three_texts() {
        let id = Mailbox::new("Bo", "b@c.d").entry_id();
        assert_eq!(id.len(), 4 + 16 + 4 + 6 + 10 + 12);
        assert_eq!(id[20..30], [0, 0, 1, 0x80, b'B', 0, b'o', 0, 0, 0]);
    }

    #[test]
    fn a_table_has_a_row_for_each() {
        let bo = Recipient::new(Mailbox::new("Bo", "b@c.d"), Kind::Cc);
        let one = bo.row(0, Strings::Unicode);
        let two = bo.row(1, Strings::Unicode);
        let expected = [vec![2, 0, 0, 0], one, two].concat();
        assert_eq!(table(&[bo.clone(), bo], Strings::Unicode), expected);
    }
}
