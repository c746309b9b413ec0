//! Objects that are in the document itself (OLE 1.0, [MS-OLEDS] §2.2.5).
//!
//! [MS-OLEDS]: https://learn.microsoft.com/openspecs/windows_protocols/ms-oleds/

use crate::cursor::Cursor;

/// An object of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedObject {
    /// What made it, as `Package` or `Word.Document.8`.
    pub class: String,
    /// What that program knows it by: a compound file, or something of its own.
    pub data: Vec<u8>,
}

impl EmbeddedObject {
    /// `None`: it is not embedded, or cut off.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(octets);
        let _version = cursor.u32()?;
        if cursor.u32()? != EMBEDDED {
            return None;
        }
        let class = counted(&mut cursor)?;
        let (_topic, _item) = (counted(&mut cursor)?, counted(&mut cursor)?);
        let class = class.strip_suffix(&[0]).unwrap_or(class);
        let class = String::from_utf8_lossy(class).into_owned();
        let data = counted(&mut cursor)?.to_vec();
        (!data.is_empty()).then_some(Self { class, data })
    }
}

fn counted<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let octets = usize::try_from(cursor.u32()?).ok()?;
    cursor.take(octets)
}

/// FormatID; others are links, or pictures alone.
const EMBEDDED: u32 = 2;
