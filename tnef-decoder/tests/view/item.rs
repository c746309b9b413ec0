//! Writes the items the tests read.

use tnef_decoder::{AttributeId, Guid};

use crate::encoder::Encoder;

/// A list of properties under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    count: u32,
    octets: Vec<u8>,
}

/// What a property is called: a number, or a number in a set.
#[derive(Debug, Clone, Copy)]
pub(super) enum Called {
    Id(u16),
    Lid(Guid, u32),
    Named(Guid, &'static str),
}

impl From<u16> for Called {
    fn from(id: u16) -> Self {
        Self::Id(id)
    }
}

impl From<(Guid, u32)> for Called {
    fn from((set, lid): (Guid, u32)) -> Self {
        Self::Lid(set, lid)
    }
}

impl From<(Guid, &'static str)> for Called {
    fn from((set, name): (Guid, &'static str)) -> Self {
        Self::Named(set, name)
    }
}

impl List {
    pub(super) fn long(self, name: impl Into<Called>, value: i32) -> Self {
        self.property(0x0003, name, &value.to_le_bytes())
    }

    pub(super) fn boolean(self, name: impl Into<Called>, value: bool) -> Self {
        self.property(0x000B, name, &u32::from(value).to_le_bytes())
    }

    pub(super) fn double(self, name: impl Into<Called>, value: f64) -> Self {
        self.property(0x0005, name, &value.to_le_bytes())
    }

    /// As RFC 3339 has it.
    pub(super) fn time(self, name: impl Into<Called>, value: &str) -> Self {
        let at: jiff::Timestamp = value.parse().expect("a point in time");
        let time = tnef_decoder::Time::from_unix(at.as_second()).expect("after 1601");
        self.property(0x0040, name, &time.0.to_le_bytes())
    }

    pub(super) fn text(self, name: impl Into<Called>, value: &str) -> Self {
        self.property(0x001F, name, &[&one()[..], &sized(&wide(value))].concat())
    }

    pub(super) fn binary(self, name: impl Into<Called>, value: &[u8]) -> Self {
        self.property(0x0102, name, &[&one()[..], &sized(value)].concat())
    }

    pub(super) fn texts(self, name: impl Into<Called>, values: &[&str]) -> Self {
        let texts: Vec<u8> = values.iter().flat_map(|text| sized(&wide(text))).collect();
        self.property(0x101F, name, &[&count(values.len())[..], &texts].concat())
    }

    pub(super) fn binaries(self, name: impl Into<Called>, values: &[Vec<u8>]) -> Self {
        let all: Vec<u8> = values.iter().flat_map(|octets| sized(octets)).collect();
        self.property(0x1102, name, &[&count(values.len())[..], &all].concat())
    }

    /// A message within.
    pub(super) fn message(self, name: impl Into<Called>, stream: &[u8]) -> Self {
        let octets = [&Guid::I_MESSAGE.0[..], stream].concat();
        self.property(0x000D, name, &[&one()[..], &sized(&octets)].concat())
    }

    pub(super) fn octets(&self) -> Vec<u8> {
        [&self.count.to_le_bytes()[..], &self.octets].concat()
    }

    fn property(mut self, kind: u16, name: impl Into<Called>, value: &[u8]) -> Self {
        self.count += 1;
        let (id, name) = match name.into() {
            Called::Id(id) => (id, Vec::new()),
            Called::Lid(set, lid) => {
                let lid = lid.to_le_bytes();
                (0x8000, [&set.0[..], &[0; 4], &lid].concat())
            }
            Called::Named(set, name) => {
                let name = sized(&wide(name));
                (0x8000, [&set.0[..], &1u32.to_le_bytes(), &name].concat())
            }
        };
        self.octets.extend(kind.to_le_bytes());
        self.octets.extend(id.to_le_bytes());
        self.octets.extend(name);
        self.octets.extend(value);
        self
    }
}

/// A stream with a message of a class and with recipients.
pub(super) fn stream(class: &str, properties: List, recipients: &[List]) -> Encoder {
    let properties = properties.text(0x001A, class).octets();
    let mut table = count(recipients.len()).to_vec();
    table.extend(recipients.iter().flat_map(List::octets));
    Encoder::new(1)
        .message(AttributeId::TNEF_VERSION, &0x0001_0000u32.to_le_bytes())
        .message(AttributeId::MESSAGE_PROPERTIES, &properties)
        .message(AttributeId::RECIPIENT_TABLE, &table)
}

/// Somebody a message is for: 1 To, 2 Cc, 3 Bcc.
pub(super) fn recipient(kind: i32, name: &str, address: &str) -> List {
    List::default()
        .long(0x0C15, kind)
        .text(0x3001, name)
        .text(0x3002, "SMTP")
        .text(0x3003, address)
}

fn one() -> [u8; 4] {
    count(1)
}

fn count(count: usize) -> [u8; 4] {
    u32::try_from(count).expect("few").to_le_bytes()
}

fn wide(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().chain([0]);
    units.flat_map(u16::to_le_bytes).collect()
}

fn sized(octets: &[u8]) -> Vec<u8> {
    let padding = octets.len().next_multiple_of(4) - octets.len();
    [&count(octets.len())[..], octets, &[0; 3][..padding]].concat()
}
