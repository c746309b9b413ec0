//! What a MAPI property is: its tag, its name, its value (MS-OXCDATA §2.9, §2.11.1).

use std::fmt;

use crate::named::Name;
use crate::property_id;
use crate::value::Value;

/// One property of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Property<'a> {
    /// Its number and type.
    pub tag: PropertyTag,
    /// What it is called, if its number alone says nothing.
    pub name: Option<Name>,
    /// What it holds.
    pub value: Value<'a>,
}

/// Number and type. From 0x8000 on the number means nothing and the property has a [`Name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyTag {
    /// The number; [`property_id`] has names for those that matter.
    pub id: u16,
    /// The type of its value.
    pub kind: PropertyType,
}

impl PropertyTag {
    /// The number from which on properties have names.
    pub const FIRST_NAMED: u16 = 0x8000;

    /// Whether a name says what it is.
    pub const fn is_named(self) -> bool {
        self.id >= Self::FIRST_NAMED
    }
}

/// As in MS-OXPROPS: `PidTagSubject (0x0037001F)`.
impl fmt::Display for PropertyTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, kind) = (self.id, self.kind.0);
        match property_id::name(id) {
            Some(name) => write!(f, "{name} (0x{id:04X}{kind:04X})"),
            None => write!(f, "0x{id:04X}{kind:04X}"),
        }
    }
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyType(pub u16);

macro_rules! types {
    ($($constant:ident = $value:literal $name:literal;)+) => {
        impl PropertyType {
            $(#[doc = $name] pub const $constant: Self = Self($value);)+

            /// The name of one value's type in MS-OXCDATA; `None`: unknown.
            pub const fn name(self) -> Option<&'static str> {
                match self.base().0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }
        }
    };
}

types! {
    NULL = 0x0001 "PtypNull";
    SHORT = 0x0002 "PtypInteger16";
    LONG = 0x0003 "PtypInteger32";
    FLOAT = 0x0004 "PtypFloating32";
    DOUBLE = 0x0005 "PtypFloating64";
    CURRENCY = 0x0006 "PtypCurrency";
    APP_TIME = 0x0007 "PtypFloatingTime";
    ERROR = 0x000A "PtypErrorCode";
    BOOLEAN = 0x000B "PtypBoolean";
    OBJECT = 0x000D "PtypObject";
    I8 = 0x0014 "PtypInteger64";
    STRING8 = 0x001E "PtypString8";
    UNICODE = 0x001F "PtypString";
    SYS_TIME = 0x0040 "PtypTime";
    GUID = 0x0048 "PtypGuid";
    BINARY = 0x0102 "PtypBinary";
}

impl PropertyType {
    /// Set where there are several values.
    const MULTI: u16 = 0x1000;

    /// Whether there are several values.
    pub const fn is_multi_valued(self) -> bool {
        self.0 & Self::MULTI != 0
    }

    /// The type of one value.
    pub const fn base(self) -> Self {
        Self(self.0 & !Self::MULTI)
    }

    /// The type of several values.
    pub const fn multi(self) -> Self {
        Self(self.0 | Self::MULTI)
    }
}

impl fmt::Debug for PropertyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.is_multi_valued()) {
            (Some(name), false) => f.write_str(name),
            (Some(name), true) => write!(f, "several {name}"),
            (None, _) => write!(f, "type 0x{:04X}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_types_are_shown_as_the_specifications_write_them() {
        let tag = |id, kind| PropertyTag { id, kind };
        let subject = tag(0x0037, PropertyType::UNICODE);
        assert_eq!(subject.to_string(), "PidTagSubject (0x0037001F)");
        let other = tag(0x7ABC, PropertyType::BINARY.multi());
        assert_eq!(other.to_string(), "0x7ABC1102");
        assert_eq!(format!("{:?}", other.kind), "several PtypBinary");
        assert_eq!(other.kind.base(), PropertyType::BINARY);
        assert_eq!(format!("{:?}", PropertyType(0x99)), "type 0x0099");
        assert!(!tag(0x7FFF, PropertyType::LONG).is_named());
        assert!(tag(0x8000, PropertyType::LONG).is_named());
    }
}
