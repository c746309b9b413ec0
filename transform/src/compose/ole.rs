//! What is in an OLE object: a file of its own, or at least a picture ([MS-OLEDS], [MS-CFB]).
//!
//! [MS-OLEDS]: https://learn.microsoft.com/openspecs/windows_protocols/ms-oleds/
//! [MS-CFB]: https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/

mod native;
mod presentation;

use std::io::{Cursor, Read as _};

use memchr::memmem;
use tnef_decoder::CodePages;

use crate::limits::OLE_ENTRIES_MAX;

pub(crate) use presentation::Picture;

/// What an object is for those who do not have its program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) file: Contents,
    pub(crate) picture: Option<Picture>,
}

/// The file that an object is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Contents {
    /// One inside of it, with the name that it had, or an extension that fits.
    Own {
        name: Option<String>,
        extension: Option<&'static str>,
        octets: Vec<u8>,
    },
    /// The storage is a file that a program opens.
    Document { extension: &'static str },
    /// Nothing is known of it.
    #[default]
    Unknown,
}

/// Looks into a storage.
pub(crate) fn object(storage: &[u8], pages: CodePages) -> Object {
    let octets = storage.len();
    let Ok(mut storage) = cfb::CompoundFile::open(Cursor::new(storage)) else {
        return Object::default();
    };
    let entries = storage.read_root_storage().take(OLE_ENTRIES_MAX);
    let streams: Vec<String> = entries.map(|entry| entry.name().to_owned()).collect();
    let mut object = Object::default();
    for (stream, extension) in DOCUMENTS {
        if streams.iter().any(|name| name == stream) {
            object.file = Contents::Document { extension };
        }
    }
    for name in &streams {
        if object.file == Contents::Unknown {
            object.file = contents(&mut storage, name, octets, pages);
        }
        if object.picture.is_none() && name.starts_with(PRESENTATION) {
            let stream = read(&mut storage, name, octets);
            object.picture = stream.and_then(|octets| presentation::read(&octets));
        }
    }
    object
}

/// Looks into an object that RTF holds: a storage, or what one program wrote for itself.
pub(crate) fn object_in_rtf(data: &[u8], pages: CodePages) -> Object {
    let own = native::read_bare(data, pages);
    match own {
        Some((name, extension, octets)) => Object {
            file: Contents::Own {
                name,
                extension,
                octets,
            },
            picture: None,
        },
        None => object(data, pages),
    }
}

/// The file in a stream of this name.
fn contents(storage: &mut Storage<'_>, name: &str, most: usize, pages: CodePages) -> Contents {
    let found = match name {
        "\u{1}Ole10Native" => {
            read(storage, name, most).and_then(|octets| native::read(&octets, pages))
        }
        "Package" | "CONTENTS" | "Contents" => {
            let octets = read(storage, name, most);
            octets.and_then(|octets| {
                let extension = Some(sniff(&octets)?);
                Some((None, extension, octets))
            })
        }
        _ => None,
    };
    match found {
        Some((name, extension, octets)) => Contents::Own {
            name,
            extension,
            octets,
        },
        None => Contents::Unknown,
    }
}

type Storage<'s> = cfb::CompoundFile<Cursor<&'s [u8]>>;

/// No more than the storage has, whatever its lists say.
fn read(storage: &mut Storage<'_>, name: &str, most: usize) -> Option<Vec<u8>> {
    let stream = storage.open_stream(format!("/{name}")).ok()?;
    let mut octets = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    stream.take(most).read_to_end(&mut octets).ok()?;
    Some(octets)
}

/// What a file is by its first octets.
fn sniff(octets: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &'static str); 8] = [
        (b"%PDF-", "pdf"),
        (b"\x89PNG\r\n", "png"),
        (b"\xFF\xD8\xFF", "jpg"),
        (b"GIF8", "gif"),
        (b"{\\rtf", "rtf"),
        (b"\xD7\xCD\xC6\x9A", "wmf"),
        (b"BM", "bmp"),
        (b"II*\0", "tif"),
    ];
    let found = known.iter().find(|(begin, _)| octets.starts_with(begin));
    if let Some((_, extension)) = found {
        return Some(extension);
    }
    if !octets.starts_with(b"PK\x03\x04") {
        return None;
    }
    let has = |name: &str| memmem::find(octets, name.as_bytes()).is_some();
    Some(match () {
        () if has("word/document") => "docx",
        () if has("xl/workbook") => "xlsx",
        () if has("ppt/presentation") => "pptx",
        () if has("opendocument.text") => "odt",
        () if has("opendocument.spreadsheet") => "ods",
        () => "zip",
    })
}

/// Streams by which programs know their files.
const DOCUMENTS: &[(&str, &str)] = &[
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("VisioDocument", "vsd"),
    ("__properties_version1.0", "msg"),
];
const PRESENTATION: &str = "\u{2}OlePres";

#[cfg(test)]
mod tests;
