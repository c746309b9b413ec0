//! MAPI properties and lists of them ([MS-OXTNEF] §2.1.3.4).

use super::codepage::CodePage;
use super::guid::Guid;
use super::octets::{Octets, length, utf16};
use super::time::Civil;

/// One property.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// What it is called.
    pub name: Name,
    /// What it says.
    pub value: Value,
}

/// What a property is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A number below 0x8000 ([`super::tag`]).
    Tag(u16),
    /// A number in a set.
    Number(Guid, u32),
    /// A word in a set.
    Word(Guid, String),
}

/// What a property says, with its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// PtypInteger16.
    I16(i16),
    /// PtypInteger32.
    I32(i32),
    /// PtypFloating32.
    F32(f32),
    /// PtypFloating64.
    F64(f64),
    /// PtypCurrency, in ten-thousandths.
    Currency(i64),
    /// PtypFloatingTime: days since 30 December 1899.
    AppTime(f64),
    /// PtypErrorCode.
    Error(u32),
    /// PtypBoolean.
    Bool(bool),
    /// PtypObject: its interface and its octets.
    Object(Guid, Vec<u8>),
    /// PtypInteger64.
    I64(i64),
    /// Text in the form that the message has: PtypString or PtypString8.
    Text(String),
    /// PtypString8 with these octets and a NUL.
    String8(Vec<u8>),
    /// PtypString.
    Unicode(String),
    /// PtypTime, UTC.
    Time(Civil),
    /// PtypGuid.
    Guid(Guid),
    /// PtypBinary.
    Binary(Vec<u8>),
    /// Several of one type, at least one. There are no multi-valued booleans, errors or objects.
    Many(Vec<Value>),
}

/// How [`Value::Text`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    /// As PtypString.
    Unicode,
    /// As PtypString8 in this code page.
    In(CodePage),
}

impl Property {
    /// A property by its tag.
    pub fn tag(tag: u16, value: impl Into<Value>) -> Self {
        Self::new(Name::Tag(tag), value)
    }

    /// A property by its number in a set.
    pub fn number(set: Guid, number: u32, value: impl Into<Value>) -> Self {
        Self::new(Name::Number(set, number), value)
    }

    /// A property by its word in a set.
    pub fn word(set: Guid, word: &str, value: impl Into<Value>) -> Self {
        Self::new(Name::Word(set, word.to_owned()), value)
    }

    fn new(name: Name, value: impl Into<Value>) -> Self {
        let value = value.into();
        Self { name, value }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::I32(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Civil> for Value {
    fn from(time: Civil) -> Self {
        Self::Time(time)
    }
}

impl From<Vec<u8>> for Value {
    fn from(octets: Vec<u8>) -> Self {
        Self::Binary(octets)
    }
}

/// The octets of a list. Named properties get numbers from 0x8000 on.
pub fn list(properties: &[Property], strings: Strings) -> Vec<u8> {
    let mut out = Octets::new();
    let count = u32::try_from(properties.len()).expect("a list is short");
    out.u32(count);
    let mut named = 0x8000;
    for property in properties {
        out.u16(property.value.kind(strings));
        name(&property.name, &mut named, &mut out);
        property.value.write(strings, &mut out);
    }
    out.finish()
}

fn name(name: &Name, named: &mut u16, out: &mut Octets) {
    let (set, kind) = match name {
        Name::Tag(tag) => {
            out.u16(*tag);
            return;
        }
        Name::Number(set, _) => (set, 0),
        Name::Word(set, _) => (set, 1),
    };
    out.u16(*named).raw(&set.0).u32(kind);
    *named += 1;
    match name {
        Name::Tag(_) => out,
        Name::Number(_, number) => out.u32(*number),
        Name::Word(_, word) => out.sized(&[utf16(word), vec![0, 0]].concat()),
    };
}

impl Value {
    /// Its type ([MS-OXCDATA] §2.11.1).
    pub fn kind(&self, strings: Strings) -> u16 {
        match self {
            Self::I16(_) => 0x02,
            Self::I32(_) => 0x03,
            Self::F32(_) => 0x04,
            Self::F64(_) => 0x05,
            Self::Currency(_) => 0x06,
            Self::AppTime(_) => 0x07,
            Self::Error(_) => 0x0A,
            Self::Bool(_) => 0x0B,
            Self::Object(..) => 0x0D,
            Self::I64(_) => 0x14,
            Self::Text(_) if strings != Strings::Unicode => 0x1E,
            Self::String8(_) => 0x1E,
            Self::Text(_) | Self::Unicode(_) => 0x1F,
            Self::Time(_) => 0x40,
            Self::Guid(_) => 0x48,
            Self::Binary(_) => 0x102,
            Self::Many(values) => 0x1000 | values.first().map_or(0x1F, |value| value.kind(strings)),
        }
    }

    fn write(&self, strings: Strings, out: &mut Octets) {
        match self {
            Self::Many(values) => {
                out.u32(u32::try_from(values.len()).expect("they are few"));
                values.iter().for_each(|value| value.one(strings, out));
            }
            // Of these even a single one is counted.
            Self::Text(_)
            | Self::String8(_)
            | Self::Unicode(_)
            | Self::Binary(_)
            | Self::Object(..) => {
                out.u32(1);
                self.one(strings, out);
            }
            _ => self.one(strings, out),
        }
    }

    fn one(&self, strings: Strings, out: &mut Octets) {
        match self {
            Self::I16(number) => out.raw(&number.to_le_bytes()).pad(),
            Self::I32(number) => out.i32(*number),
            Self::F32(number) => out.raw(&number.to_le_bytes()),
            Self::F64(number) | Self::AppTime(number) => out.raw(&number.to_le_bytes()),
            Self::Currency(number) | Self::I64(number) => out.raw(&number.to_le_bytes()),
            Self::Error(code) => out.u32(*code),
            Self::Bool(truth) => out.u16(u16::from(*truth)).pad(),
            Self::Object(interface, octets) => {
                out.u32(16 + length(octets)).raw(&interface.0);
                out.raw(octets).pad()
            }
            Self::Text(text) => match strings {
                Strings::Unicode => out.sized(&[utf16(text), vec![0, 0]].concat()),
                Strings::In(page) => out.sized(&[page.encode(text), vec![0]].concat()),
            },
            Self::String8(octets) => out.sized(&[octets.as_slice(), &[0]].concat()),
            Self::Unicode(text) => out.sized(&[utf16(text), vec![0, 0]].concat()),
            Self::Time(time) => out.u64(time.file_time()),
            Self::Guid(guid) => out.raw(&guid.0),
            Self::Binary(octets) => out.sized(octets),
            Self::Many(values) => panic!("no list within a list: {values:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: Value) -> Vec<u8> {
        list(&[Property::tag(0x1234, value)], Strings::Unicode)
    }

    #[test]
    fn every_type_has_its_number_and_its_padding() {
        let check = |value: Value, kind: u16, expected: &[u8]| {
            let head = [
                vec![1, 0, 0, 0],
                kind.to_le_bytes().to_vec(),
                vec![0x34, 0x12],
            ];
            let expected = [head.concat(), expected.to_vec()].concat();
            assert_eq!(written(value.clone()), expected, "{value:?}");
        };
        check(Value::I16(-2), 0x02, &[0xFE, 0xFF, 0, 0]);
        check(Value::I32(-2), 0x03, &[0xFE, 0xFF, 0xFF, 0xFF]);
        check(Value::F32(1.0), 0x04, &[0, 0, 0x80, 0x3F]);
        check(Value::F64(1.0), 0x05, &[0, 0, 0, 0, 0, 0, 0xF0, 0x3F]);
        check(
            Value::Currency(10_000),
            0x06,
            &[0x10, 0x27, 0, 0, 0, 0, 0, 0],
        );
        check(Value::AppTime(0.0), 0x07, &[0; 8]);
        check(Value::Error(0x8004_010F), 0x0A, &[0x0F, 0x01, 0x04, 0x80]);
        check(Value::Bool(true), 0x0B, &[1, 0, 0, 0]);
        check(Value::I64(1), 0x14, &[1, 0, 0, 0, 0, 0, 0, 0]);
        check(
            Value::String8(b"ab".to_vec()),
            0x1E,
            &[1, 0, 0, 0, 3, 0, 0, 0, b'a', b'b', 0, 0],
        );
        check("a".into(), 0x1F, &[1, 0, 0, 0, 4, 0, 0, 0, b'a', 0, 0, 0]);
        check(Value::Time(Civil::date(1601, 1, 1)), 0x40, &[0; 8]);
        check(Value::Guid(Guid::TASK), 0x48, &Guid::TASK.0);
        check(
            Value::Binary(vec![7; 5]),
            0x102,
            &[1, 0, 0, 0, 5, 0, 0, 0, 7, 7, 7, 7, 7, 0, 0, 0],
        );
        let object = [
            [1, 0, 0, 0, 17, 0, 0, 0].as_slice(),
            &Guid::IID_STREAM.0,
            &[9, 0, 0, 0],
        ];
        check(
            Value::Object(Guid::IID_STREAM, vec![9]),
            0x0D,
            &object.concat(),
        );
    }

    #[test]
    fn each_of_many_is_padded() {
        let check = |values: Vec<Value>, kind: u16, expected: &[u8]| {
            let found = written(Value::Many(values));
            assert_eq!(found[4..6], kind.to_le_bytes());
            assert_eq!(found[8..], *expected);
        };
        check(
            vec![Value::I16(1), Value::I16(2)],
            0x1002,
            &[2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
        );
        check(
            vec![Value::Binary(vec![1]), Value::Binary(vec![])],
            0x1102,
            &[2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        );
    }

    #[test]
    fn names_stand_between_number_and_value() {
        let number = Property::number(Guid::COMMON, 0x8503, true);
        let word = Property::word(Guid::PUBLIC_STRINGS, "Ke", 5);
        let found = list(&[number, word], Strings::Unicode);
        let expected = [
            &[2, 0, 0, 0, 0x0B, 0, 0x00, 0x80][..],
            &Guid::COMMON.0,
            &[0, 0, 0, 0, 0x03, 0x85, 0, 0, 1, 0, 0, 0],
            &[0x03, 0, 0x01, 0x80],
            &Guid::PUBLIC_STRINGS.0,
            &[1, 0, 0, 0, 6, 0, 0, 0, b'K', 0, b'e', 0, 0, 0, 0, 0],
            &[5, 0, 0, 0],
        ];
        assert_eq!(found, expected.concat());
    }

    #[test]
    fn text_is_written_in_the_form_of_the_message() {
        let property = [Property::tag(0x0037, "ü")];
        let old = list(&property, Strings::In(CodePage::Windows1252));
        assert_eq!(old[4..6], [0x1E, 0]);
        assert_eq!(old[12..], [2, 0, 0, 0, 0xFC, 0, 0, 0]);
    }
}
