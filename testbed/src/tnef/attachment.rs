//! Attachments, in each way in which an attachment's octets can be in TNEF ([MS-OXTNEF] §2.1.3.3.8 to §2.1.3.3.15).

use super::attribute::{Attribute, id};
use super::codepage::CodePage;
use super::guid::Guid;
use super::message::Message;
use super::octets::Octets;
use super::property::{Property, Strings, Value, list};
use super::tag;
use super::time::Civil;

/// One attachment.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Its long name; empty: it has none anywhere.
    pub name: String,
    /// Where and what its octets are.
    pub content: Content,
    /// What else is told of it.
    pub properties: Vec<Property>,
    /// Where in the text it stands (u32::MAX: nowhere).
    pub position: u32,
    /// Attributes beside the usual ones.
    pub extra: Vec<Attribute>,
}

/// Where and what the octets of an attachment are.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// In attAttachData.
    Value(Vec<u8>),
    /// In PidTagAttachDataBinary alone.
    Property(Vec<u8>),
    /// A message: method 5, its own stream in PidTagAttachDataObject, and a placeholder in attAttachData.
    Message(Box<Message>),
    /// An OLE object: method 6, a compound file in PidTagAttachDataObject, and a placeholder.
    Ole(Vec<u8>),
    /// An OLE object as a bare stream, as of OLE 1.
    OldOle(Vec<u8>),
    /// Nothing anywhere.
    Nothing,
}

impl Attachment {
    /// A file by value.
    pub fn file(name: &str, octets: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Content::Value(octets.into()))
    }

    /// A message.
    pub fn message(name: &str, message: Message) -> Self {
        Self::new(name, Content::Message(Box::new(message)))
    }

    /// A compound file ([`super::compound`]).
    pub fn ole(name: &str, octets: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Content::Ole(octets.into()))
    }

    /// Any content.
    pub fn new(name: &str, content: Content) -> Self {
        Self {
            name: name.to_owned(),
            content,
            properties: Vec::new(),
            position: u32::MAX,
            extra: Vec::new(),
        }
    }

    /// With a property more.
    #[must_use]
    pub fn with(mut self, property: Property) -> Self {
        self.properties.push(property);
        self
    }

    /// Of this media type.
    #[must_use]
    pub fn typed(self, mime: &str) -> Self {
        self.with(Property::tag(tag::ATTACH_MIME_TAG, mime))
    }

    /// Shown within the HTML body, which refers to it by this Content-ID.
    #[must_use]
    pub fn inline(self, content_id: &str) -> Self {
        self.with(Property::tag(tag::ATTACH_CONTENT_ID, content_id))
            .with(Property::tag(tag::ATTACH_FLAGS, 4))
            .hidden()
    }

    /// Not shown in lists of attachments.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.with(Property::tag(tag::ATTACHMENT_HIDDEN, true))
    }

    /// At this place of the RTF body.
    #[must_use]
    pub fn at(mut self, position: u32) -> Self {
        self.position = position;
        self
    }

    /// The attributes; `number` is which of the message's it is.
    pub(crate) fn attributes(
        &self,
        number: usize,
        oem: CodePage,
        strings: Strings,
    ) -> Vec<Attribute> {
        let mut attributes = vec![Attribute::attachment(id::REND_DATA, self.rend_data())];
        if let Some(data) = self.data() {
            attributes.push(Attribute::attachment(id::ATTACH_DATA, data));
        }
        if !self.name.is_empty() {
            let title = [oem.encode(&short(&self.name)), vec![0]].concat();
            attributes.push(Attribute::attachment(id::ATTACH_TITLE, title));
        }
        let written = Civil::new(2026, 1, 2, 8, 0).att_date();
        attributes.push(Attribute::attachment(id::ATTACH_MODIFY_DATE, written));
        attributes.extend(self.extra.iter().cloned());
        let properties = list(&self.all_properties(number), strings);
        attributes.push(Attribute::attachment(id::ATTACHMENT, properties));
        attributes
    }

    fn rend_data(&self) -> Vec<u8> {
        let kind = match self.content {
            Content::Ole(_) | Content::OldOle(_) => 2,
            _ => 1,
        };
        let mut out = Octets::new();
        // Width and height of an icon, and no MacBinary.
        out.u16(kind).u32(self.position);
        out.u16(32).u16(32).u32(0).finish()
    }

    fn data(&self) -> Option<Vec<u8>> {
        match &self.content {
            Content::Value(octets) => Some(octets.clone()),
            Content::Message(_) | Content::Ole(_) | Content::OldOle(_) => {
                Some(PLACEHOLDER.to_vec())
            }
            Content::Property(_) | Content::Nothing => None,
        }
    }

    fn all_properties(&self, number: usize) -> Vec<Property> {
        let method = match self.content {
            Content::Value(_) | Content::Property(_) => 1,
            Content::Message(_) => 5,
            Content::Ole(_) | Content::OldOle(_) => 6,
            Content::Nothing => 0,
        };
        let mut properties = vec![
            Property::tag(tag::ATTACH_NUMBER, number as i32),
            Property::tag(tag::ATTACH_METHOD, method),
            Property::tag(tag::RENDERING_POSITION, self.position as i32),
        ];
        if !self.name.is_empty() {
            let name = self.name.as_str();
            properties.push(Property::tag(tag::ATTACH_LONG_FILENAME, name));
            properties.push(Property::tag(tag::DISPLAY_NAME, name));
            if let Some((_, extension)) = name.rsplit_once('.') {
                let extension = format!(".{extension}");
                properties.push(Property::tag(tag::ATTACH_EXTENSION, extension.as_str()));
            }
        }
        let object = |interface, octets| Some(Value::Object(interface, octets));
        let data = match &self.content {
            Content::Property(octets) => Some(Value::Binary(octets.clone())),
            Content::Message(message) => object(Guid::IID_MESSAGE, message.bytes()),
            Content::Ole(octets) => object(Guid::IID_STORAGE, octets.clone()),
            Content::OldOle(octets) => object(Guid::IID_STREAM, octets.clone()),
            Content::Value(_) | Content::Nothing => None,
        };
        properties.extend(data.map(|data| Property::tag(tag::ATTACH_DATA, data)));
        properties.extend(self.properties.iter().cloned());
        properties
    }
}

/// Eight characters and three, as attAttachTitle has them.
fn short(name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let plain = |text: &str, most: usize| -> String {
        let kept = text.chars().filter(|c| !" .".contains(*c));
        kept.take(most).collect::<String>().to_uppercase()
    };
    let stem = match stem.chars().count() {
        0..=8 => plain(stem, 8),
        _ => plain(stem, 6) + "~1",
    };
    match extension {
        "" => stem,
        _ => format!("{stem}.{}", plain(extension, 3)),
    }
}

/// What stands in attAttachData where the octets are elsewhere. Outlook's is as long, in other words.
pub const PLACEHOLDER: &[u8; 89] =
    b"This attachment is an object. The program which reads these lines cannot show what it is.";

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(attachment: &Attachment) -> Vec<u32> {
        let attributes = attachment.attributes(0, CodePage::Windows1252, Strings::Unicode);
        attributes.iter().map(|attribute| attribute.id).collect()
    }

    #[test]
    fn an_attachment_begins_with_its_rendering() {
        let usual = [
            id::REND_DATA,
            id::ATTACH_DATA,
            id::ATTACH_TITLE,
            id::ATTACH_MODIFY_DATE,
            id::ATTACHMENT,
        ];
        assert_eq!(ids(&Attachment::file("a.txt", *b"a")), usual);
        let bare = [id::REND_DATA, id::ATTACH_MODIFY_DATE, id::ATTACHMENT];
        let alone = Attachment::new("", Content::Property(vec![1]));
        assert_eq!(ids(&alone), bare);
        let begin = alone.attributes(0, CodePage::Windows1252, Strings::Unicode);
        let rend_data = [1, 0, 255, 255, 255, 255, 32, 0, 32, 0, 0, 0, 0, 0];
        assert_eq!(begin[0].data, rend_data);
    }

    #[test]
    fn titles_are_short() {
        let check = |name: &str, expected: &str| assert_eq!(short(name), expected);
        check("a.txt", "A.TXT");
        check("Quarterly report.pdf", "QUARTE~1.PDF");
        check("photo.jpeg", "PHOTO.JPE");
        check("README", "README");
        check("Übersicht.xlsx", "ÜBERSI~1.XLS");
    }
}
