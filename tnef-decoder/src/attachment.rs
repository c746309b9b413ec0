//! What is attached to a message (MS-OXTNEF §2.1.3.3, MS-OXCMSG §2.2.2).

use std::borrow::Cow;

use crate::cursor::Cursor;
use crate::guid::Guid;
use crate::limits::Limits;
use crate::message::{DecodeError, Message};
use crate::properties::Properties;
use crate::property_id as id;
use crate::stream::SIGNATURE;
use crate::value::{Object, Value};

/// A file, a message or an object.
#[derive(Debug, Clone)]
pub struct Attachment<'a> {
    /// All that is known about it.
    pub properties: Properties<'a>,
    /// How it is drawn, as attAttachRendData has it.
    pub rendering: Option<Rendering>,
    /// attAttachData as it is. For messages and objects it is but a text that says that there is more.
    pub octets: Option<&'a [u8]>,
    /// Of a message within it.
    pub(crate) depth: usize,
}

/// attAttachRendData (MS-OXTNEF §2.1.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rendering {
    /// 1: a file; 2: an OLE object.
    pub kind: u16,
    /// Where it stands in the text, in characters; `None`: nowhere.
    pub position: Option<u32>,
    /// Whether the data is a MacBinary file.
    pub is_mac_binary: bool,
}

/// How the data is held (PidTagAttachMethod).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// There is none.
    None,
    /// Octets.
    ByValue,
    /// A path says where it is.
    ByReference,
    /// A message.
    EmbeddedMessage,
    /// An OLE object.
    Ole,
    /// An address on the web says where it is.
    ByWebReference,
    /// None of these.
    Other(i32),
}

/// What is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data<'a> {
    /// A file.
    Bytes(Cow<'a, [u8]>),
    /// A TNEF stream with a message; [`Attachment::embedded`] reads it.
    Message(&'a [u8]),
    /// A compound file with an OLE object in it.
    Ole(&'a [u8]),
    /// An OLE object that is a mere stream.
    Stream(&'a [u8]),
    /// Nothing.
    None,
}

impl<'a> Attachment<'a> {
    /// The long file name, else the short one, else the title.
    pub fn file_name(&self) -> Option<Cow<'a, str>> {
        let names = [
            id::ATTACH_LONG_FILENAME,
            id::ATTACH_FILENAME,
            id::ATTACH_TRANSPORT_NAME,
            id::DISPLAY_NAME,
        ];
        let mut texts = names.into_iter().filter_map(|id| self.properties.text(id));
        texts.find(|name| !name.is_empty())
    }

    /// Its media type, as its writer has it.
    pub fn mime_tag(&self) -> Option<Cow<'a, str>> {
        self.text(id::ATTACH_MIME_TAG)
    }

    /// By which HTML refers to it, without angle brackets.
    pub fn content_id(&self) -> Option<Cow<'a, str>> {
        let strip = |text: &str| {
            let text = text.trim();
            let inner = text.strip_prefix('<').unwrap_or(text);
            inner.strip_suffix('>').unwrap_or(inner).to_owned()
        };
        let text = self.text(id::ATTACH_CONTENT_ID)?;
        Some(match text.contains(['<', '>', ' ']) {
            true => Cow::Owned(strip(&text)),
            false => text,
        })
    }

    /// By which HTML may refer to it instead.
    pub fn content_location(&self) -> Option<Cow<'a, str>> {
        self.text(id::ATTACH_CONTENT_LOCATION)
    }

    /// How its data is held.
    pub fn method(&self) -> Method {
        match self.properties.long(id::ATTACH_METHOD) {
            None if self.rendering.is_some_and(|rendering| rendering.kind == 2) => Method::Ole,
            None | Some(1) => Method::ByValue,
            Some(0) => Method::None,
            Some(2..=4) => Method::ByReference,
            Some(5) => Method::EmbeddedMessage,
            Some(6) => Method::Ole,
            Some(7) => Method::ByWebReference,
            Some(other) => Method::Other(other),
        }
    }

    /// Whether people are not to see it in a list of attachments.
    pub fn is_hidden(&self) -> bool {
        self.properties.boolean(id::ATTACHMENT_HIDDEN) == Some(true)
    }

    /// Whether the HTML body shows it (PidTagAttachFlags, attRenderedInBody).
    pub fn is_rendered(&self) -> bool {
        let flags = self.properties.long(id::ATTACH_FLAGS);
        flags.is_some_and(|flags| flags & 4 != 0)
    }

    /// Where it stands in the text, in characters; `None`: nowhere.
    pub fn rendering_position(&self) -> Option<u32> {
        let position = |position: i32| u32::try_from(position).ok();
        match self.properties.long(id::RENDERING_POSITION) {
            Some(stated) => position(stated),
            None => self.rendering?.position,
        }
    }

    /// What is attached: what the properties hold, else attAttachData.
    pub fn data(&self) -> Data<'a> {
        match (self.properties.get(id::ATTACH_DATA), self.octets) {
            (Some(Value::Object(object)), _) => of_object(object),
            (Some(Value::Binary([])), Some(octets)) => self.of_octets(octets),
            (Some(Value::Binary(octets)), _) | (_, Some(octets)) => self.of_octets(octets),
            _ => Data::None,
        }
    }

    /// The message within, if there is one.
    pub fn embedded(&self, limits: &Limits) -> Option<Result<Message<'a>, DecodeError>> {
        match self.data() {
            Data::Message(octets) => Some(Message::decode_at(octets, limits, self.depth)),
            _ => None,
        }
    }

    fn of_octets(&self, octets: &'a [u8]) -> Data<'a> {
        match self.method() {
            Method::EmbeddedMessage if begins_message(octets) => Data::Message(octets),
            Method::Ole if octets.starts_with(COMPOUND_FILE) => Data::Ole(octets),
            _ => Data::Bytes(Cow::Borrowed(octets)),
        }
    }

    fn text(&self, id: u16) -> Option<Cow<'a, str>> {
        let text = self.properties.text(id)?;
        (!text.trim().is_empty()).then_some(text)
    }
}

impl Rendering {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(data);
        let kind = cursor.u16()?;
        let position = cursor.u32()?;
        let _width_and_height = cursor.u32()?;
        Some(Self {
            kind,
            position: (position != u32::MAX).then_some(position),
            is_mac_binary: cursor.u32().is_some_and(|flags| flags & 1 != 0),
        })
    }
}

fn of_object(Object { iid, data }: Object<'_>) -> Data<'_> {
    match iid {
        Guid::I_MESSAGE => Data::Message(data),
        Guid::I_STORAGE => Data::Ole(data),
        Guid::I_STREAM => Data::Stream(data),
        _ if begins_message(data) => Data::Message(data),
        _ if data.starts_with(COMPOUND_FILE) => Data::Ole(data),
        _ => Data::Stream(data),
    }
}

fn begins_message(octets: &[u8]) -> bool {
    octets.starts_with(&SIGNATURE.to_le_bytes())
}

/// MS-CFB §2.2.
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
