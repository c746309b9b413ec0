//! Values of properties (MS-OXCDATA §2.11.1) as TNEF writes them (MS-OXTNEF §2.1.3.3.21).

use std::borrow::Cow;

use crate::code_page::{self, CodePage};
use crate::cursor::Cursor;
use crate::guid::Guid;
use crate::limits::{Limit, LimitExceeded};
use crate::property::PropertyType;
use crate::time::Time;

/// What a property holds. Text and octets are parts of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// 16 bits.
    Short(i16),
    /// 32 bits.
    Long(i32),
    /// A floating-point number of 32 bits.
    Float(f32),
    /// A floating-point number of 64 bits.
    Double(f64),
    /// An amount of money, times 10,000.
    Currency(i64),
    /// Days since 1899-12-30, in no time zone.
    AppTime(f64),
    /// An error instead of a value.
    Error(u32),
    /// Yes or no.
    Boolean(bool),
    /// 64 bits.
    I8(i64),
    /// A point in time.
    SysTime(Time),
    /// An identifier.
    Guid(Guid),
    /// Text in a code page that another property names, without the NUL at its end.
    String8(&'a [u8]),
    /// Text in UTF-16, little-endian, without the NUL at its end.
    Unicode(&'a [u8]),
    /// Octets.
    Binary(&'a [u8]),
    /// A message, a storage or a stream.
    Object(Object<'a>),
    /// Several values of one type.
    Multi(Values<'a>),
}

/// An object within a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// How to read it.
    pub iid: Guid,
    /// The object.
    pub data: &'a [u8],
}

/// Why a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The octets end within it.
    Cut,
    /// Nobody knows how long values of this type are.
    UnknownType(PropertyType),
    /// There is too much of it.
    Limit(LimitExceeded),
}

impl<'a> Value<'a> {
    /// Text of either kind; `page` is for [`Value::String8`].
    pub fn text(&self, page: CodePage) -> Option<Cow<'a, str>> {
        match *self {
            Self::String8(octets) => Some(page.decode(octets)),
            Self::Unicode(octets) => Some(code_page::utf16(octets)),
            _ => None,
        }
    }

    /// A whole number that fits.
    pub fn long(&self) -> Option<i32> {
        match *self {
            Self::Short(number) => Some(number.into()),
            Self::Long(number) => Some(number),
            Self::Boolean(yes) => Some(yes.into()),
            Self::I8(number) => number.try_into().ok(),
            _ => None,
        }
    }

    /// Yes or no; a number is yes unless it is 0.
    pub fn boolean(&self) -> Option<bool> {
        self.long().map(|number| number != 0)
    }

    /// A point in time.
    pub fn time(&self) -> Option<Time> {
        match *self {
            Self::SysTime(time) => Some(time),
            _ => None,
        }
    }

    /// Octets, those of an object too.
    pub fn binary(&self) -> Option<&'a [u8]> {
        match *self {
            Self::Binary(octets) => Some(octets),
            Self::Object(object) => Some(object.data),
            _ => None,
        }
    }

    /// An identifier, also where octets hold it.
    pub fn guid(&self) -> Option<Guid> {
        match *self {
            Self::Guid(guid) => Some(guid),
            Self::Binary(octets) => octets.try_into().ok().map(Guid),
            _ => None,
        }
    }

    /// All values: those of a multi-valued property, or this one.
    pub fn each(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let (one, several) = match *self {
            Self::Multi(values) => (None, Some(values.iter())),
            one => (Some(one), None),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    /// The value that begins here.
    pub(crate) fn read(
        cursor: &mut Cursor<'a>,
        kind: PropertyType,
        values_max: usize,
    ) -> Result<Self, Fault> {
        if kind.is_multi_valued() {
            return Values::read(cursor, kind.base(), values_max).map(Self::Multi);
        }
        if !is_counted(kind) {
            return Self::read_one(cursor, kind);
        }
        // MS-OXTNEF §2.1.3.3.21: these count their values even where there is but one.
        let count = cursor.u32().ok_or(Fault::Cut)?;
        let mut first = Self::empty(kind);
        for at in 0..bounded(count, cursor, values_max)? {
            let value = Self::read_one(cursor, kind)?;
            if at == 0 {
                first = value;
            }
        }
        Ok(first)
    }

    fn read_one(cursor: &mut Cursor<'a>, kind: PropertyType) -> Result<Self, Fault> {
        if kind.name().is_none() {
            return Err(Fault::UnknownType(kind));
        }
        match is_counted(kind) {
            true => Self::read_sized(cursor, kind),
            false => Self::read_fixed(cursor, kind),
        }
        .ok_or(Fault::Cut)
    }

    fn read_sized(cursor: &mut Cursor<'a>, kind: PropertyType) -> Option<Self> {
        let size = cursor.u32()? as usize;
        let octets = cursor.take_padded(size)?;
        Some(match kind {
            PropertyType::STRING8 => Self::String8(without_nul(octets)),
            PropertyType::UNICODE => Self::Unicode(without_wide_nul(octets)),
            PropertyType::OBJECT => match octets.split_first_chunk() {
                Some((iid, data)) => Self::Object(Object {
                    iid: Guid(*iid),
                    data,
                }),
                None => Self::Binary(octets),
            },
            _ => Self::Binary(octets),
        })
    }

    /// Those of 16 bits fill four octets.
    fn read_fixed(cursor: &mut Cursor<'a>, kind: PropertyType) -> Option<Self> {
        Some(match kind {
            PropertyType::SHORT => Self::Short(cursor.u32()? as i16),
            PropertyType::BOOLEAN => Self::Boolean(cursor.u32()? as u16 != 0),
            PropertyType::LONG => Self::Long(i32::from_le_bytes(cursor.array()?)),
            PropertyType::ERROR => Self::Error(cursor.u32()?),
            PropertyType::FLOAT => Self::Float(f32::from_le_bytes(cursor.array()?)),
            PropertyType::DOUBLE => Self::Double(f64::from_le_bytes(cursor.array()?)),
            PropertyType::APP_TIME => Self::AppTime(f64::from_le_bytes(cursor.array()?)),
            PropertyType::CURRENCY => Self::Currency(i64::from_le_bytes(cursor.array()?)),
            PropertyType::I8 => Self::I8(i64::from_le_bytes(cursor.array()?)),
            PropertyType::SYS_TIME => Self::SysTime(Time(u64::from_le_bytes(cursor.array()?))),
            PropertyType::GUID => Self::Guid(cursor.guid()?),
            _ => Self::Null,
        })
    }

    fn empty(kind: PropertyType) -> Self {
        match kind {
            PropertyType::STRING8 => Self::String8(&[]),
            PropertyType::UNICODE => Self::Unicode(&[]),
            _ => Self::Binary(&[]),
        }
    }
}

/// The values of a multi-valued property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values<'a> {
    kind: PropertyType,
    count: usize,
    octets: &'a [u8],
}

impl<'a> Values<'a> {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The type of each.
    pub fn kind(&self) -> PropertyType {
        self.kind
    }

    /// One after another.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.octets);
        let kind = self.kind;
        (0..self.count).map_while(move |_| Value::read_one(&mut cursor, kind).ok())
    }

    fn read(cursor: &mut Cursor<'a>, kind: PropertyType, values_max: usize) -> Result<Self, Fault> {
        let count = cursor.u32().ok_or(Fault::Cut)?;
        // Values without octets could be counted without end.
        if kind == PropertyType::NULL {
            return Err(Fault::UnknownType(kind.multi()));
        }
        let count = bounded(count, cursor, values_max)?;
        let begin = cursor.position();
        for _ in 0..count {
            Value::read_one(cursor, kind)?;
        }
        let octets = cursor.since(begin);
        Ok(Self {
            kind,
            count,
            octets,
        })
    }
}

/// A count that the octets can hold, four of them each, and that its reader allows.
fn bounded(count: u32, cursor: &Cursor<'_>, most: usize) -> Result<usize, Fault> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > cursor.remaining() / 4 {
        return Err(Fault::Cut);
    }
    LimitExceeded::check(Limit::Values, count, most).map_err(Fault::Limit)?;
    Ok(count)
}

/// Whether a count, and a size before each value, precede the octets.
fn is_counted(kind: PropertyType) -> bool {
    matches!(
        kind,
        PropertyType::STRING8 | PropertyType::UNICODE | PropertyType::BINARY | PropertyType::OBJECT
    )
}

/// Text without the NULs at its end.
pub(crate) fn without_nul(octets: &[u8]) -> &[u8] {
    let end = octets.iter().rposition(|octet| *octet != 0);
    octets.get(..end.map_or(0, |end| end + 1)).unwrap_or(octets)
}

fn without_wide_nul(mut octets: &[u8]) -> &[u8] {
    while let Some(rest) = octets
        .strip_suffix(&[0, 0])
        .filter(|_| octets.len().is_multiple_of(2))
    {
        octets = rest;
    }
    octets
}
