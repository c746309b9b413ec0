//! Which files the HTML shows: they get a Content-ID and stand with it; all others are beside.

use std::collections::HashMap;
use std::ops::Range;

use tnef_decoder::rtf::Picture;

use super::attachment::File;
use super::reference::{self, Locations, Target};
use super::said::escaped;
use super::{Composer, file_name};
use crate::limits::CONTENT_ID_OCTETS_MAX;

/// Files in the order of the message, each with the Content-ID by which the HTML shows it, if it does.
pub(crate) type Shown = Vec<(File, Option<String>)>;

impl Composer<'_> {
    /// Finds what the HTML shows, and makes it say so by Content-ID.
    pub(crate) fn show(
        &mut self,
        html: &mut Option<String>,
        mut files: Vec<File>,
        pictures: Vec<Picture>,
        places: &[usize],
    ) -> Shown {
        let attached = files.len();
        files.extend(pictures.into_iter().enumerate().map(of_picture));
        let Some(text) = html else {
            return files.into_iter().map(|file| (file, None)).collect();
        };
        let mut ids: Vec<Option<String>> = vec![None; files.len()];
        let mut changes = self.follow(text, &files, attached, &mut ids);
        changes.extend(self.fill(places, &files[..attached], &mut ids));
        if !changes.is_empty() {
            changes.sort_by_key(|(range, _)| range.start);
            *text = reference::replaced(text, &changes);
        }
        files.into_iter().zip(ids).collect()
    }

    /// Follows the references. A file whose own Content-ID cannot be used, or that has none, gets a new one.
    fn follow(
        &mut self,
        html: &str,
        files: &[File],
        attached: usize,
        ids: &mut [Option<String>],
    ) -> Vec<(Range<usize>, String)> {
        let by = |key: fn(&File) -> Option<&String>| {
            let mut known: HashMap<&str, usize> = HashMap::new();
            for (at, file) in files.iter().enumerate() {
                if let Some(key) = key(file) {
                    known.entry(key).or_insert(at);
                }
            }
            known
        };
        let by_id = by(|file| file.content_id.as_ref());
        let by_location = by(|file| file.location.as_ref());
        let locations = match by_location.is_empty() {
            true => Locations::No,
            false => Locations::Too,
        };
        let mut changes = Vec::new();
        for reference in reference::references(html, locations) {
            let (found, is_id) = match &reference.target {
                Target::Id(id) => (by_id.get(id.as_str()), true),
                Target::Location(location) => (by_location.get(location.as_str()), false),
            };
            let Some(&at) = found else {
                continue;
            };
            let own = files[at].content_id.as_ref();
            let own = own.filter(|own| {
                at < attached && is_usable(own) && by_id.get(own.as_str()) == Some(&at)
            });
            let id =
                ids[at].get_or_insert_with(|| own.cloned().unwrap_or_else(|| self.content_id()));
            if !is_id || own != Some(id) {
                changes.push((reference.range, format!("cid:{id}")));
            }
        }
        changes
    }

    /// RTF has places where attachments stand, in their order: a picture is shown there, of others the name is told.
    fn fill(
        &mut self,
        places: &[usize],
        files: &[File],
        ids: &mut [Option<String>],
    ) -> Vec<(Range<usize>, String)> {
        let mut placed: Vec<usize> = (0..files.len())
            .filter(|at| files[*at].position.is_some())
            .collect();
        placed.sort_by_key(|at| files[*at].position);
        let filled = places.iter().zip(placed).map(|(place, at)| {
            let file = &files[at];
            let name = escaped(&file.name);
            let shown = match file.media_type.starts_with("image/") {
                true => {
                    let id = ids[at].get_or_insert_with(|| self.content_id());
                    format!("<img src=\"cid:{id}\" alt=\"{name}\">")
                }
                false => format!("[{name}]"),
            };
            (*place..*place, shown)
        });
        filled.collect()
    }
}

fn of_picture((number, picture): (usize, Picture)) -> File {
    File {
        name: file_name::with_extension(
            &format!("picture-{}", number + 1),
            picture.kind.extension(),
        ),
        media_type: picture.kind.media_type().to_owned(),
        octets: picture.bytes.into(),
        content_id: Some(picture.content_id),
        location: None,
        is_hidden: false,
        position: None,
    }
}

/// Whether it can stand in a header and in a URL as it is.
fn is_usable(id: &str) -> bool {
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"@.-_$+=!#~^*{}|".contains(&octet);
    (1..=CONTENT_ID_OCTETS_MAX).contains(&id.len()) && id.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_kept() {
        let check = |id: &str, expected| assert_eq!(is_usable(id), expected, "{id}");
        check("image001.png@01D2A3B4.C5D6E7F0", true);
        check(&"x".repeat(CONTENT_ID_OCTETS_MAX), true);
        check(&"x".repeat(CONTENT_ID_OCTETS_MAX + 1), false);
        check("", false);
        check("a b", false);
        check("a>\r\nX-Evil: 1", false);
        check("ä@b", false);
        check("a%40b", false);
    }
}
