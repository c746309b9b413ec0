//! A list of properties (MS-OXTNEF §2.1.3.3.21).
//!
//! A list is walked once, and only where its properties stand is kept: twelve octets each. Names and values are read from the
//! input when they are asked for.

use std::borrow::Cow;

use crate::code_pages::CodePages;
use crate::cursor::Cursor;
use crate::guid::Guid;
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::named::{Key, WrittenName};
use crate::property::{Property, PropertyTag, PropertyType};
use crate::time::Time;
use crate::value::{Fault, Value};

/// Properties of a message, a recipient or an attachment, in the order of the input, then what attributes from before MAPI
/// stand for.
#[derive(Debug, Clone, Default)]
pub struct Properties<'a> {
    octets: &'a [u8],
    entries: Vec<Entry>,
    legacy: Vec<(PropertyTag, Value<'a>)>,
    pages: CodePages,
}

/// Where a property stands: what follows its tag.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: PropertyTag,
    at: u32,
    /// What the name has to be, so that most need not be read: its number, or [`SPELLED`].
    hint: u32,
}

impl Entry {
    #[inline]
    fn may_be(&self, key: Key<'_>) -> bool {
        match key {
            Key::Id(id) => self.tag.id == id && !self.tag.is_named(),
            Key::Lid(_, lid) => self.hint == lid && self.tag.is_named(),
            Key::String(..) => self.hint == SPELLED && self.tag.is_named(),
        }
    }
}

impl<'a> Properties<'a> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Property<'a>> + use<'a, '_> {
        let legacy = self.legacy.iter().map(|&(tag, value)| Property {
            tag,
            name: None,
            value,
        });
        self.entries
            .iter()
            .filter_map(|entry| self.property(*entry))
            .chain(legacy)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len() + self.legacy.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first value of this property.
    pub fn get<'k>(&self, key: impl Into<Key<'k>>) -> Option<Value<'a>> {
        let key = key.into();
        self.written(key).or_else(|| self.legacy(key))
    }

    /// Text, decoded; what is in UTF-16 comes before what is in a code page.
    pub fn text<'k>(&self, key: impl Into<Key<'k>>) -> Option<Cow<'a, str>> {
        let key = key.into();
        let mut narrow = None;
        for entry in self.entries.iter().filter(|entry| entry.may_be(key)) {
            match entry.tag.kind {
                PropertyType::UNICODE => {
                    if let Some(value) = self.value_of(*entry, key) {
                        return self.decode(value);
                    }
                }
                PropertyType::STRING8 if narrow.is_none() => narrow = self.value_of(*entry, key),
                _ => {}
            }
        }
        if let Some(value) = narrow {
            return self.decode(value);
        }
        match self.legacy(key)? {
            Value::String8(octets) => Some(self.pages.legacy_text(octets)),
            _ => None,
        }
    }

    /// Several texts; of a single one, that one.
    pub fn texts<'k>(&self, key: impl Into<Key<'k>>) -> Vec<Cow<'a, str>> {
        let values = self.get(key).into_iter();
        values
            .flat_map(|value| value.each())
            .filter_map(|value| self.decode(value))
            .collect()
    }

    /// A whole number.
    pub fn long<'k>(&self, key: impl Into<Key<'k>>) -> Option<i32> {
        self.get(key)?.long()
    }

    /// Yes or no.
    pub fn boolean<'k>(&self, key: impl Into<Key<'k>>) -> Option<bool> {
        self.get(key)?.boolean()
    }

    /// A point in time.
    pub fn time<'k>(&self, key: impl Into<Key<'k>>) -> Option<Time> {
        self.get(key)?.time()
    }

    /// Octets.
    pub fn binary<'k>(&self, key: impl Into<Key<'k>>) -> Option<&'a [u8]> {
        self.get(key)?.binary()
    }

    /// An identifier.
    pub fn guid<'k>(&self, key: impl Into<Key<'k>>) -> Option<Guid> {
        self.get(key)?.guid()
    }

    /// What is said about the code pages of the texts here.
    pub fn code_pages(&self) -> CodePages {
        self.pages
    }

    pub(crate) fn new(octets: &'a [u8], pages: CodePages) -> Self {
        Self {
            octets,
            pages,
            ..Self::default()
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn set_pages(&mut self, pages: CodePages) {
        self.pages = pages;
    }

    /// What an attribute from before MAPI stands for. It counts where no list has the property.
    pub(crate) fn add_legacy(&mut self, id: u16, kind: PropertyType, value: Value<'a>) {
        self.legacy.push((PropertyTag { id, kind }, value));
    }

    /// Walks the list that begins here. Properties before a fault are kept.
    pub(crate) fn read(
        &mut self,
        cursor: &mut Cursor<'a>,
        limits: &Limits,
    ) -> Result<Walk, LimitExceeded> {
        let mut walk = Walk {
            declared: cursor.u32().unwrap_or(0),
            read: 0,
            unknown: None,
        };
        let likely = (walk.declared as usize).min(cursor.remaining() / 8);
        self.entries.reserve_exact(likely.min(limits.properties));
        while walk.read < walk.declared {
            let before = cursor.clone();
            match read_entry(cursor, limits) {
                Ok(entry) => {
                    self.entries.push(entry);
                    let count = self.entries.len();
                    LimitExceeded::check(Limit::Properties, count, limits.properties)?;
                }
                Err(Fault::Limit(exceeded)) => return Err(exceeded),
                Err(fault) => {
                    *cursor = before;
                    if let Fault::UnknownType(kind) = fault {
                        walk.unknown = Some(kind);
                    }
                    break;
                }
            }
            walk.read += 1;
        }
        Ok(walk)
    }

    fn decode(&self, value: Value<'a>) -> Option<Cow<'a, str>> {
        match value {
            Value::String8(octets) => Some(self.pages.text(octets)),
            value => value.text(self.pages.of_text()),
        }
    }

    fn written(&self, key: Key<'_>) -> Option<Value<'a>> {
        let mut entries = self.entries.iter().filter(|entry| entry.may_be(key));
        entries.find_map(|entry| self.value_of(*entry, key))
    }

    /// The value, if it is that of this property, as it may be.
    fn value_of(&self, entry: Entry, key: Key<'_>) -> Option<Value<'a>> {
        match key {
            Key::Id(_) => self.value(&mut self.cursor(entry), entry.tag),
            Key::Lid(..) | Key::String(..) => self.named_value(entry, key),
        }
    }

    fn legacy(&self, key: Key<'_>) -> Option<Value<'a>> {
        let found = self.legacy.iter().find(|(tag, _)| key == Key::Id(tag.id));
        found.map(|(_, value)| *value)
    }

    fn named_value(&self, entry: Entry, key: Key<'_>) -> Option<Value<'a>> {
        let mut cursor = self.cursor(entry);
        let name = WrittenName::read(&mut cursor)?;
        name.is(key).then(|| self.value(&mut cursor, entry.tag))?
    }

    fn property(&self, entry: Entry) -> Option<Property<'a>> {
        let mut cursor = self.cursor(entry);
        let name = match entry.tag.is_named() {
            true => Some(WrittenName::read(&mut cursor)?.to_name()),
            false => None,
        };
        let value = self.value(&mut cursor, entry.tag)?;
        let tag = entry.tag;
        Some(Property { tag, name, value })
    }

    fn cursor(&self, entry: Entry) -> Cursor<'a> {
        Cursor::at(self.octets, entry.at as usize)
    }

    /// It was read once within the bounds.
    fn value(&self, cursor: &mut Cursor<'a>, tag: PropertyTag) -> Option<Value<'a>> {
        Value::read(cursor, tag.kind, usize::MAX).ok()
    }
}

/// What became of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walk {
    /// How many properties it announces.
    pub(crate) declared: u32,
    /// How many there are.
    pub(crate) read: u32,
    /// Where it ended, if nobody knows the length of such values.
    pub(crate) unknown: Option<PropertyType>,
}

impl Walk {
    /// Whether all of it could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.read == self.declared
    }
}

fn read_entry(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<Entry, Fault> {
    let kind = PropertyType(cursor.u16().ok_or(Fault::Cut)?);
    let id = cursor.u16().ok_or(Fault::Cut)?;
    let tag = PropertyTag { id, kind };
    let at = u32::try_from(cursor.position()).map_err(|_| Fault::Cut)?;
    let mut hint = 0;
    if tag.is_named() {
        let name = WrittenName::read(cursor).ok_or(Fault::Cut)?;
        hint = name.lid().unwrap_or(SPELLED);
        LimitExceeded::check(Limit::NameOctets, name.octets(), limits.name_octets)
            .map_err(Fault::Limit)?;
    }
    Value::read(cursor, kind, limits.values)?;
    Ok(Entry { tag, at, hint })
}

/// Instead of a number: the name is a text.
const SPELLED: u32 = u32::MAX;
