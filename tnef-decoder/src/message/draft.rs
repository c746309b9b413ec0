//! A message of which not all attributes are read yet.

use crate::attachment::{Attachment, Rendering};
use crate::attribute::{Attribute, AttributeId, HEADER_OCTETS};
use crate::code_page::CodePage;
use crate::code_pages::CodePages;
use crate::cursor::Cursor;
use crate::legacy::Legacy;
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::message_class;
use crate::properties::{Properties, Walk};
use crate::property_id as id;
use crate::recipient::Recipients;
use crate::stream::{Ending, Stream};
use crate::tolerance::{Tolerance, Tolerances};
use crate::value::without_nul;

use super::{DecodeError, Message};

/// Code pages and class may come after what they are needed for.
pub(super) struct Draft<'a, 'l> {
    octets: &'a [u8],
    limits: &'l Limits,
    depth: usize,
    began: bool,
    oem: Option<CodePage>,
    class_written: Option<&'a [u8]>,
    properties: Properties<'a>,
    legacy: Legacy<'a>,
    recipients: Recipients<'a>,
    attachments: Vec<AttachmentDraft<'a>>,
    tolerances: Tolerances,
}

struct AttachmentDraft<'a> {
    properties: Properties<'a>,
    legacy: Legacy<'a>,
    rendering: Option<Rendering>,
    octets: Option<&'a [u8]>,
}

impl<'a, 'l> Draft<'a, 'l> {
    pub(super) fn new(octets: &'a [u8], limits: &'l Limits, depth: usize) -> Self {
        Self {
            octets,
            limits,
            depth,
            began: false,
            oem: None,
            class_written: None,
            properties: Properties::new(octets, CodePages::default()),
            legacy: Legacy::default(),
            recipients: Recipients::new(octets, limits),
            attachments: Vec::new(),
            tolerances: Tolerances::default(),
        }
    }

    /// `at` is where the attribute stands in the stream. Its number says what it belongs to; its level adds nothing.
    pub(super) fn add(
        &mut self,
        attribute: &Attribute<'a>,
        at: usize,
    ) -> Result<(), LimitExceeded> {
        self.began = true;
        self.tolerances.add(Tolerance::of(attribute));
        let (id, data) = (attribute.id.known(), attribute.data);
        let begin = at + HEADER_OCTETS;
        let within = self.octets.get(..begin + data.len());
        let mut cursor = Cursor::at(within.unwrap_or_default(), begin);
        match id {
            AttributeId::OEM_CODEPAGE => self.oem = code_page(cursor.u32()),
            AttributeId::MESSAGE_CLASS => self.class_written = Some(without_nul(data)),
            AttributeId::MESSAGE_PROPERTIES => {
                let walk = self.properties.read(&mut cursor, self.limits)?;
                self.tolerances.add(walk.tolerance(id));
            }
            AttributeId::RECIPIENT_TABLE => {
                let (declared, read) = self.recipients.read(&mut cursor)?;
                self.tolerances
                    .add((read < declared).then_some(Tolerance::Damaged {
                        attribute: id,
                        declared,
                        read,
                    }));
            }
            AttributeId::ATTACH_REND_DATA => self.begin_attachment(Rendering::read(data))?,
            AttributeId::ATTACH_DATA => self.attachment_data(data)?,
            AttributeId::ATTACHMENT => {
                let limits = self.limits;
                let attachment = self.attachment(id)?;
                let walk = attachment.properties.read(&mut cursor, limits)?;
                self.tolerances.add(walk.tolerance(id));
            }
            AttributeId::ATTACH_TITLE
            | AttributeId::ATTACH_META_FILE
            | AttributeId::ATTACH_CREATE_DATE
            | AttributeId::ATTACH_MODIFY_DATE
            | AttributeId::ATTACH_TRANSPORT_FILENAME => {
                self.attachment(id)?.legacy.add(id, data);
            }
            _ => self.legacy.add(id, data),
        }
        Ok(())
    }

    pub(super) fn finish(mut self, stream: &Stream<'_>) -> Result<Message<'a>, DecodeError> {
        match stream.ending() {
            Some(Ending::TooManyAttributes { .. }) => {
                let (limit, most) = (Limit::Attributes, self.limits.attributes);
                return Err(LimitExceeded { limit, most }.into());
            }
            Some(Ending::Junk { octets }) if !self.began => {
                return Err(DecodeError::NoAttributes { octets });
            }
            Some(Ending::Junk { octets }) => self.tolerances.add([Tolerance::Junk { octets }]),
            Some(Ending::Complete) | None => {}
        }
        let page = |id| {
            self.properties
                .long(id)
                .and_then(|page| code_page(u32::try_from(page).ok()))
        };
        let pages = CodePages {
            oem: self.oem,
            message: page(id::MESSAGE_CODEPAGE),
            internet: page(id::INTERNET_CODEPAGE),
        };
        self.properties.set_pages(pages);
        self.recipients.set_pages(pages);
        let class_written = self.class_written.map(|class| pages.legacy_text(class));
        let stated = self.properties.text(id::MESSAGE_CLASS);
        let class = stated
            .filter(|class| !class.is_empty())
            .or(class_written.clone());
        let class = class.map_or(message_class::NOTE.into(), message_class::normalize);
        self.legacy.fold_into(&mut self.properties, &class);
        let depth = self.depth + 1;
        let attachments = self.attachments.into_iter();
        Ok(Message {
            key: stream.key(),
            class,
            class_written,
            properties: self.properties,
            recipients: self.recipients,
            attachments: attachments.map(|one| one.finish(pages, depth)).collect(),
            tolerated: self.tolerances.0,
        })
    }

    fn begin_attachment(&mut self, rendering: Option<Rendering>) -> Result<(), LimitExceeded> {
        self.attachments.push(AttachmentDraft {
            properties: Properties::new(self.octets, CodePages::default()),
            legacy: Legacy::default(),
            rendering,
            octets: None,
        });
        let count = self.attachments.len();
        LimitExceeded::check(Limit::Attachments, count, self.limits.attachments)
    }

    /// The one that the stream is at.
    fn attachment(
        &mut self,
        attribute: AttributeId,
    ) -> Result<&mut AttachmentDraft<'a>, LimitExceeded> {
        if self.attachments.is_empty() {
            self.tolerances.add([Tolerance::NoRendering { attribute }]);
            self.begin_attachment(None)?;
        }
        let last = self.attachments.len() - 1;
        Ok(&mut self.attachments[last])
    }

    fn attachment_data(&mut self, data: &'a [u8]) -> Result<(), LimitExceeded> {
        if self.attachment(AttributeId::ATTACH_DATA)?.octets.is_some() {
            self.tolerances.add([Tolerance::RepeatedData]);
            self.begin_attachment(None)?;
        }
        self.attachment(AttributeId::ATTACH_DATA)?.octets = Some(data);
        Ok(())
    }
}

impl<'a> AttachmentDraft<'a> {
    fn finish(mut self, pages: CodePages, depth: usize) -> Attachment<'a> {
        self.properties.set_pages(pages);
        self.legacy.fold_into(&mut self.properties, "");
        Attachment {
            properties: self.properties,
            rendering: self.rendering,
            octets: self.octets,
            depth,
        }
    }
}

impl Walk {
    fn tolerance(&self, attribute: AttributeId) -> Option<Tolerance> {
        let Self { declared, read, .. } = *self;
        match self.unknown {
            Some(kind) => Some(Tolerance::UnknownType { attribute, kind }),
            None if self.is_whole() => None,
            None => Some(Tolerance::Damaged {
                attribute,
                declared,
                read,
            }),
        }
    }
}

/// 0 says nothing.
fn code_page(number: Option<u32>) -> Option<CodePage> {
    let number = u16::try_from(number?).ok()?;
    (number != 0).then(|| CodePage::new(number))
}
