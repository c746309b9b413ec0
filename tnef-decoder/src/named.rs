//! Names of properties: a property set and a number or a text in it (MS-OXPROPS §1.3.2).

use std::fmt;

use crate::cursor::Cursor;
use crate::guid::Guid;
use crate::named_id;

/// What a property with a meaningless number is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The property set.
    pub guid: Guid,
    /// Which of the set.
    pub id: NameId,
}

/// Which of a property set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameId {
    /// By number, a PidLid of MS-OXPROPS.
    Lid(u32),
    /// By text, a PidName of MS-OXPROPS.
    String(String),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.guid.name() {
            Some(set) => f.write_str(set)?,
            None => self.guid.fmt(f)?,
        }
        match &self.id {
            NameId::Lid(lid) => match named_id::name(self.guid, *lid) {
                Some(name) => write!(f, " {name}"),
                None => write!(f, " 0x{lid:04X}"),
            },
            NameId::String(name) => write!(f, " {name:?}"),
        }
    }
}

/// What to look for: a number below 0x8000, or a set with a number or a text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'k> {
    /// A property by its number.
    Id(u16),
    /// A named property by its number in a set.
    Lid(Guid, u32),
    /// A named property by its text in a set; ASCII letters match in either case.
    String(Guid, &'k str),
}

impl From<u16> for Key<'_> {
    fn from(id: u16) -> Self {
        Self::Id(id)
    }
}

impl From<(Guid, u32)> for Key<'_> {
    fn from((guid, lid): (Guid, u32)) -> Self {
        Self::Lid(guid, lid)
    }
}

impl<'k> From<(Guid, &'k str)> for Key<'k> {
    fn from((guid, name): (Guid, &'k str)) -> Self {
        Self::String(guid, name)
    }
}

/// A name as it is written, before its property's value (MS-OXTNEF §2.1.3.3.21).
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrittenName<'a> {
    guid: Guid,
    id: WrittenId<'a>,
}

#[derive(Debug, Clone, Copy)]
enum WrittenId<'a> {
    Lid(u32),
    /// UTF-16, little-endian, without its NUL.
    String(&'a [u8]),
}

impl<'a> WrittenName<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let guid = cursor.guid()?;
        let id = match cursor.u32()? {
            0 => WrittenId::Lid(cursor.u32()?),
            _ => {
                let length = cursor.u32()? as usize;
                let name = cursor.take_padded(length)?;
                WrittenId::String(name.strip_suffix(&[0, 0]).unwrap_or(name))
            }
        };
        Some(Self { guid, id })
    }

    pub(crate) fn octets(&self) -> usize {
        match self.id {
            WrittenId::Lid(_) => 4,
            WrittenId::String(name) => name.len(),
        }
    }

    pub(crate) fn lid(&self) -> Option<u32> {
        match self.id {
            WrittenId::Lid(lid) => Some(lid),
            WrittenId::String(_) => None,
        }
    }

    pub(crate) fn is(&self, key: Key<'_>) -> bool {
        match (self.id, key) {
            (WrittenId::Lid(lid), Key::Lid(guid, wanted)) => self.guid == guid && lid == wanted,
            (WrittenId::String(name), Key::String(guid, wanted)) => {
                self.guid == guid && is_spelled(name, wanted)
            }
            _ => false,
        }
    }

    pub(crate) fn to_name(self) -> Name {
        let id = match self.id {
            WrittenId::Lid(lid) => NameId::Lid(lid),
            WrittenId::String(name) => NameId::String(crate::code_page::utf16(name).into_owned()),
        };
        let guid = self.guid;
        Name { guid, id }
    }
}

fn is_spelled(utf16: &[u8], wanted: &str) -> bool {
    let lower = |unit: u16| match u8::try_from(unit) {
        Ok(octet) => u16::from(octet.to_ascii_lowercase()),
        Err(_) => unit,
    };
    let (units, odd) = utf16.as_chunks::<2>();
    let units = units.iter().map(|unit| lower(u16::from_le_bytes(*unit)));
    odd.is_empty() && units.eq(wanted.encode_utf16().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str) -> Vec<u8> {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u32::try_from(units.len()).expect("small").to_le_bytes();
        let guid = Guid::PUBLIC_STRINGS.0;
        [&guid[..], &1_u32.to_le_bytes(), &length, &units, &[0; 2]].concat()
    }

    #[test]
    fn names_are_found_in_either_case() {
        let octets = written("Keywörds\0");
        let name = WrittenName::read(&mut Cursor::new(&octets)).expect("it is whole");
        for (guid, wanted, expected) in [
            (Guid::PUBLIC_STRINGS, "Keywörds", true),
            (Guid::PUBLIC_STRINGS, "kEYWörds", true),
            (Guid::PUBLIC_STRINGS, "Keywörd", false),
            (Guid::PUBLIC_STRINGS, "Keywörds2", false),
            (Guid::COMMON, "Keywörds", false),
        ] {
            assert_eq!(name.is(Key::from((guid, wanted))), expected, "{wanted}");
        }
        assert!(!name.is(Key::from((Guid::PUBLIC_STRINGS, 1))));
        let name = name.to_name().to_string();
        assert_eq!(name, "PS_PUBLIC_STRINGS \"Keywörds\"");
    }

    #[test]
    fn what_is_cut_is_no_name() {
        let octets = written("ab");
        for length in 0..octets.len() - 2 {
            let name = WrittenName::read(&mut Cursor::new(&octets[..length]));
            assert!(name.is_none(), "{length}");
        }
    }
}
