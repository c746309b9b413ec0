//! Objects that stand in the RTF and are attached nowhere.

use bytes::Bytes;
use tnef_decoder::Message;

use super::super::body::Bodies;
use super::super::ole::{self, Contents};
use super::super::{Composer, file_name, media_type};
use super::File;
use crate::report::Outcome;

impl Composer<'_> {
    /// Adds the file that each object is, unless the same is attached.
    pub(crate) fn objects_in_rtf(
        &mut self,
        message: &Message<'_>,
        bodies: &mut Bodies,
        files: &mut Vec<File>,
    ) {
        for _ in 0..bodies.lost_objects {
            self.report
                .note("PidTagRtfCompressed", Outcome::DroppedObject);
        }
        for (at, object) in std::mem::take(&mut bodies.objects).into_iter().enumerate() {
            let (name, extension, octets) =
                match ole::object_in_rtf(&object.data, message.code_pages()).file {
                    Contents::Own {
                        name,
                        extension,
                        octets,
                    } => (name, extension, octets),
                    Contents::Document { extension } => (None, Some(extension), object.data),
                    Contents::Unknown => (None, Some("ole"), object.data),
                };
            let name = name.as_deref().and_then(file_name::safe);
            let name = name.unwrap_or_else(|| format!("object-{}", at + 1));
            let name = match extension {
                Some(extension) => file_name::with_extension(&name, extension),
                None => name,
            };
            if files.iter().any(|file| file.octets == octets) {
                self.report.note(name, Outcome::Merged);
                continue;
            }
            if extension == Some("ole") {
                self.report.note(&name, Outcome::KeptStorage);
            }
            files.push(File {
                media_type: media_type::of_file(None, &name),
                name,
                octets: Bytes::from(octets),
                content_id: None,
                location: None,
                is_hidden: false,
                position: None,
            });
        }
    }
}
