//! What an attachment becomes: a file, a picture, a message, a line of text, or nothing that is not told elsewhere.

mod in_rtf;

use std::borrow::Cow;

use bytes::Bytes;
use tnef_decoder::{
    Attachment, Data, DecodeError, Limit, LimitExceeded, Message, Method, named_id,
    property_id as id,
};

use super::mac_binary::MacFile;
use super::ole::{self, Contents, Picture};
use super::said::Said;
use super::{Composer, Unconvertible, embedded, file_name, media_type};
use crate::entity::Entity;
use crate::report::Outcome;

/// A file, before it is known whether the HTML shows it.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) octets: Bytes,
    /// As the message has it.
    pub(crate) content_id: Option<String>,
    /// Where HTML may say it is.
    pub(crate) location: Option<String>,
    /// Whether people are not to see it in a list of files.
    pub(crate) is_hidden: bool,
    /// Where it stands in RTF.
    pub(crate) position: Option<u32>,
}

/// What attachments became.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    pub(crate) files: Vec<File>,
    /// Messages within, and where each stands among the files.
    pub(crate) messages: Vec<(usize, Entity)>,
}

/// Which attachments are told by something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Merged {
    /// Messages that are exceptions of a series.
    pub(crate) exceptions: bool,
    /// The task of a request.
    pub(crate) task: bool,
    /// The picture of a contact.
    pub(crate) photo: bool,
}

impl Merged {
    fn covers_message(self, inner: &Message<'_>) -> bool {
        let is_exception = || {
            inner
                .properties
                .time(named_id::EXCEPTION_REPLACE_TIME)
                .is_some()
        };
        let has_files = !inner.attachments.is_empty();
        !has_files && (self.exceptions && is_exception() || self.task && is_task(&inner.class))
    }
}

impl Composer<'_> {
    /// Converts all attachments of a message.
    pub(crate) fn attachments(
        &mut self,
        message: &Message<'_>,
        merged: Merged,
        said: &mut Said,
    ) -> Result<Attached, Unconvertible> {
        let mut attached = Attached::default();
        for attachment in &message.attachments {
            if merged.photo
                && attachment.properties.boolean(id::ATTACHMENT_CONTACT_PHOTO) == Some(true)
            {
                self.report
                    .note(name_or_unknown(attachment), Outcome::Merged);
                continue;
            }
            match attachment.data() {
                Data::Message(octets) => {
                    self.message_within(attachment, octets, merged, &mut attached)?
                }
                Data::Ole(storage) => self.object(message, attachment, storage, &mut attached),
                Data::Stream(octets) => {
                    let file = self.file(attachment, octets, Some("ole"));
                    self.report.note(&file.name, Outcome::KeptStorage);
                    attached.files.push(file);
                }
                Data::Bytes(octets) => self.by_value(attachment, &octets, said, &mut attached),
                Data::None => self.without_data(attachment, said, &mut attached),
            }
        }
        Ok(attached)
    }

    fn by_value(
        &mut self,
        attachment: &Attachment<'_>,
        octets: &[u8],
        said: &mut Said,
        attached: &mut Attached,
    ) {
        if octets.is_empty() && is_reference(attachment) {
            return self.reference(attachment, said);
        }
        let mac = attachment
            .rendering
            .is_some_and(|rendering| rendering.is_mac_binary)
            || is_mac_encoded(attachment);
        let mac = mac.then(|| MacFile::read(octets)).flatten();
        let Some(mac) = mac else {
            attached.files.push(self.file(attachment, octets, None));
            return;
        };
        let mut file = self.file(attachment, mac.data, None);
        // The name of the whole is that of the Macintosh, or of it with `.bin`.
        let bare = file.name.strip_suffix(".bin").unwrap_or(&file.name);
        let name = file_name::safe(&mac.name).unwrap_or_else(|| bare.to_owned());
        file.name = match (file_name::extension(&name), mac.extension) {
            (None, Some(extension)) => file_name::with_extension(&name, extension),
            _ => name,
        };
        file.media_type = media_type::of_file(None, &file.name);
        if mac.resource_octets > 0 {
            self.report.note(&file.name, Outcome::DroppedResourceFork);
        }
        attached.files.push(file);
    }

    fn without_data(
        &mut self,
        attachment: &Attachment<'_>,
        said: &mut Said,
        attached: &mut Attached,
    ) {
        if has_path(attachment) {
            return self.reference(attachment, said);
        }
        // Nothing is in it, not even an object: what counts is that it was there.
        let file = self.file(attachment, &[], None);
        self.report.note(&file.name, Outcome::Empty);
        attached.files.push(file);
    }

    /// A file that is somewhere else: the text says where.
    fn reference(&mut self, attachment: &Attachment<'_>, said: &mut Said) {
        let paths = [id::ATTACH_LONG_PATHNAME, id::ATTACH_PATHNAME];
        let path = paths
            .into_iter()
            .find_map(|id| attachment.properties.text(id));
        let path = path.unwrap_or_default();
        let name = attachment.file_name().unwrap_or_default();
        let told = match name.is_empty() || path.ends_with(name.as_ref()) {
            true => path.to_string(),
            false => format!("{name} <{path}>"),
        };
        // A link that a click follows leads to the web alone.
        let is_web = |scheme: &str| {
            let begin = path.get(..scheme.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        };
        match is_web("https://") || is_web("http://") {
            true => said.link("Linked file", &told, &path),
            false => said.after("Linked file", &told),
        }
        self.report.note(told, Outcome::Referenced);
    }

    fn message_within(
        &mut self,
        attachment: &Attachment<'_>,
        octets: &[u8],
        merged: Merged,
        attached: &mut Attached,
    ) -> Result<(), Unconvertible> {
        let inner = match attachment.embedded(&self.options.limits) {
            Some(Ok(inner)) => inner,
            Some(Err(error)) => {
                self.unread_message(attachment, octets, &error, attached);
                return Ok(());
            }
            None => return Ok(()),
        };
        if merged.covers_message(&inner) {
            let subject = inner.subject().unwrap_or_default();
            self.report.note(subject, Outcome::Merged);
            return Ok(());
        }
        let name = attachment.file_name().map(Cow::into_owned);
        let message = embedded::compose(self, &inner, name)?;
        self.part()?;
        self.report.count_attachment();
        attached.messages.push((attached.files.len(), message));
        Ok(())
    }

    /// The octets are kept, for somebody who can read more.
    fn unread_message(
        &mut self,
        attachment: &Attachment<'_>,
        octets: &[u8],
        error: &DecodeError,
        attached: &mut Attached,
    ) {
        let mut file = self.file(attachment, octets, Some("tnef"));
        file.media_type = "application/ms-tnef".to_owned();
        let is_depth = matches!(
            error,
            DecodeError::Limit(LimitExceeded {
                limit: Limit::Depth,
                ..
            })
        );
        let outcome = match is_depth {
            true => Outcome::KeptTooDeep,
            false => Outcome::KeptUnreadable,
        };
        self.report.note(&file.name, outcome);
        attached.files.push(file);
    }

    fn object(
        &mut self,
        message: &Message<'_>,
        attachment: &Attachment<'_>,
        storage: &[u8],
        attached: &mut Attached,
    ) {
        let object = ole::object(storage, message.code_pages());
        let mut file = match &object.file {
            Contents::Document { extension } => self.file(attachment, storage, Some(extension)),
            Contents::Unknown => {
                let file = self.file(attachment, storage, Some("ole"));
                self.report.note(&file.name, Outcome::KeptStorage);
                file
            }
            Contents::Own { extension, .. } => self.file(attachment, &[], *extension),
        };
        let is_known = object.file != Contents::Unknown;
        if let Contents::Own {
            name,
            extension,
            octets,
        } = object.file
        {
            file.octets = octets.into();
            if let Some(name) = name.as_deref().and_then(file_name::safe) {
                file.name = match extension {
                    Some(extension) => file_name::with_extension(&name, extension),
                    None => name,
                };
            }
            file.media_type = media_type::of_file(None, &file.name);
            self.report.note(&file.name, Outcome::DroppedStorage);
        }
        let picture = object.picture.or_else(|| metafile(attachment));
        if let Some(picture) = picture.filter(|_| !is_known) {
            let mut shown = self.file(attachment, &[], Some(picture.extension));
            shown.media_type = picture.media_type.to_owned();
            shown.octets = picture.octets.into();
            // The picture stands where the object stood.
            file.position = None;
            file.content_id = None;
            attached.files.push(shown);
        }
        attached.files.push(file);
    }

    fn file(
        &mut self,
        attachment: &Attachment<'_>,
        octets: &[u8],
        extension: Option<&str>,
    ) -> File {
        let tag = attachment.mime_tag();
        let written = attachment.file_name();
        let name = written.as_deref().and_then(file_name::safe);
        let media_type = media_type::of_file(tag.as_deref(), name.as_deref().unwrap_or_default());
        let name = match (name, extension) {
            (Some(name), None) => name,
            (Some(name), Some(extension)) => file_name::with_extension(&name, extension),
            (None, extension) => {
                let usual = media_type::extension_of(&media_type).unwrap_or("bin");
                format!("attachment.{}", extension.unwrap_or(usual))
            }
        };
        File {
            name,
            media_type,
            octets: self.share(octets),
            content_id: attachment.content_id().map(Cow::into_owned),
            location: attachment.content_location().map(Cow::into_owned),
            is_hidden: attachment.is_hidden(),
            position: attachment.rendering_position(),
        }
    }
}

/// Whether it is the class of a task itself, not of a request.
pub(crate) fn is_task(class: &str) -> bool {
    const CLASS: &str = "IPM.Task";
    let begin = class.get(..CLASS.len());
    let rest = class.get(CLASS.len()..).unwrap_or_default();
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(CLASS))
        && (rest.is_empty() || rest.starts_with('.'))
}

fn name_or_unknown(attachment: &Attachment<'_>) -> String {
    attachment
        .file_name()
        .map_or_else(|| "attachment".to_owned(), Cow::into_owned)
}

fn is_reference(attachment: &Attachment<'_>) -> bool {
    matches!(
        attachment.method(),
        Method::ByReference | Method::ByWebReference
    ) && has_path(attachment)
}

fn has_path(attachment: &Attachment<'_>) -> bool {
    let paths = [id::ATTACH_LONG_PATHNAME, id::ATTACH_PATHNAME];
    let mut texts = paths
        .into_iter()
        .filter_map(|id| attachment.properties.text(id));
    texts.any(|path| !path.is_empty())
}

/// PidTagAttachEncoding says so too ([MS-OXCMSG] §2.2.2.20).
///
/// [MS-OXCMSG]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmsg/
fn is_mac_encoded(attachment: &Attachment<'_>) -> bool {
    const MAC_BINARY: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x14, 0x03, 0x0B, 0x01];
    attachment.properties.binary(id::ATTACH_ENCODING) == Some(MAC_BINARY)
}

/// How the object was drawn in the text.
fn metafile(attachment: &Attachment<'_>) -> Option<Picture> {
    const USUAL_SIDE: u32 = 2_540;
    let rendering = attachment.properties.binary(id::ATTACH_RENDERING)?;
    Picture::of_metafile(rendering, USUAL_SIDE, USUAL_SIDE)
}
