//! Writes lists of properties (MS-OXTNEF §2.1.3.3.21).

use tnef_decoder::{Guid, PropertyType};

/// A list under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    count: u32,
    octets: Vec<u8>,
}

impl List {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A property whose value is written as it is.
    pub(crate) fn raw(self, id: u16, kind: PropertyType, value: &[u8]) -> Self {
        self.named_raw(id, kind, &[], value)
    }

    pub(crate) fn long(self, id: u16, value: i32) -> Self {
        self.raw(id, PropertyType::LONG, &value.to_le_bytes())
    }

    pub(crate) fn text(self, id: u16, text: &str) -> Self {
        self.raw(id, PropertyType::UNICODE, &sized(&wide(text)))
    }

    pub(crate) fn text8(self, id: u16, text: &[u8]) -> Self {
        let text = [text, &[0]].concat();
        self.raw(id, PropertyType::STRING8, &sized(&text))
    }

    pub(crate) fn binary(self, id: u16, octets: &[u8]) -> Self {
        self.raw(id, PropertyType::BINARY, &sized(octets))
    }

    pub(crate) fn object(self, id: u16, iid: Guid, octets: &[u8]) -> Self {
        let octets = [&iid.0[..], octets].concat();
        self.raw(id, PropertyType::OBJECT, &sized(&octets))
    }

    pub(crate) fn lid(self, guid: Guid, lid: u32, value: i32) -> Self {
        let name = [&guid.0[..], &[0; 4], &lid.to_le_bytes()].concat();
        self.named_raw(0x8001, PropertyType::LONG, &name, &value.to_le_bytes())
    }

    pub(crate) fn string_name(self, guid: Guid, name: &str, value: i32) -> Self {
        let name = [&guid.0[..], &1_u32.to_le_bytes(), &one(&wide(name))].concat();
        self.named_raw(0x8002, PropertyType::LONG, &name, &value.to_le_bytes())
    }

    /// The list with its count.
    pub(crate) fn octets(&self) -> Vec<u8> {
        [&self.count.to_le_bytes()[..], &self.octets].concat()
    }

    fn named_raw(mut self, id: u16, kind: PropertyType, name: &[u8], value: &[u8]) -> Self {
        self.count += 1;
        let tag = [kind.0.to_le_bytes(), id.to_le_bytes()].concat();
        self.octets.extend([&tag[..], name, value].concat());
        self
    }
}

/// A count of one, size, octets, filling.
pub(crate) fn sized(octets: &[u8]) -> Vec<u8> {
    [&1_u32.to_le_bytes()[..], &one(octets)].concat()
}

/// Size, octets, filling.
pub(crate) fn one(octets: &[u8]) -> Vec<u8> {
    let size = u32::try_from(octets.len()).expect("the tests write little");
    let filling = octets.len().next_multiple_of(4) - octets.len();
    [&size.to_le_bytes()[..], octets, &vec![0; filling]].concat()
}

/// UTF-16 with its NUL.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().chain([0]);
    units.flat_map(u16::to_le_bytes).collect()
}
