//! The id that all copies of a meeting share ([MS-OXOCAL] 2.2.1.27, 2.2.1.28).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use jiff::Timestamp;
use jiff::civil::Date;

use super::blob_error::BlobError;
use super::minutes::file_time;
use super::reader::Reader;

/// A global object id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalObjectId {
    octets: Vec<u8>,
    instance: Option<Date>,
    created: Option<Timestamp>,
    uid: Option<String>,
}

/// What iCalendar calls a UID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Uid {
    /// Another calendar made it; it goes back as it came.
    Foreign(String),
    /// The id itself, in hexadecimal.
    Own(String),
}

impl GlobalObjectId {
    /// Reads an id. Its first 16 octets tell it from others; data that is cut short is taken as it is.
    pub fn read(octets: &[u8]) -> Result<Self, BlobError> {
        let mut reader = Reader::new(octets);
        let prefix: [u8; 16] = reader.array()?;
        if prefix != PREFIX {
            return Err(BlobError::Unknown {
                field: "Byte Array ID",
                found: u64::from(prefix[0]),
            });
        }
        let [high, low, month, day] = reader.array()?;
        let instance = instance(u16::from_be_bytes([high, low]), month, day);
        let created = match reader.u64()? {
            0 => None,
            ticks => file_time(ticks),
        };
        reader.take(8)?;
        let size = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        let rest = reader.rest();
        let data = rest.get(..size).unwrap_or(rest);
        Ok(Self {
            octets: octets.to_vec(),
            instance,
            created,
            uid: foreign(data),
        })
    }

    /// The day of the one instance that is meant; none for the series or a single meeting.
    pub fn instance(&self) -> Option<Date> {
        self.instance
    }

    /// When it was made.
    pub fn created(&self) -> Option<Timestamp> {
        self.created
    }

    /// The UID: the same for a series and all its instances.
    pub fn uid(&self) -> Uid {
        match &self.uid {
            Some(uid) => Uid::Foreign(uid.clone()),
            None => Uid::Own(hexadecimal(&self.clean())),
        }
    }

    /// The id without the instance, as in PidLidCleanGlobalObjectId.
    pub fn clean(&self) -> Vec<u8> {
        let mut clean = self.octets.clone();
        if let Some(date) = clean.get_mut(INSTANCE) {
            date.fill(0);
        }
        clean
    }
}

impl Uid {
    /// The UID of octets that should be a global object id, and may be anything.
    pub fn of(octets: &[u8]) -> Self {
        match GlobalObjectId::read(octets) {
            Ok(id) => id.uid(),
            Err(_) => Self::Own(hexadecimal(octets)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Foreign(text) | Self::Own(text) => text,
        }
    }
}

fn instance(year: u16, month: u8, day: u8) -> Option<Date> {
    let year = i16::try_from(year).ok()?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    date.ok().filter(|_| year > 0)
}

/// [MS-OXCICAL] 2.1.3.1.1.20.26 keeps UIDs of others behind this mark.
fn foreign(data: &[u8]) -> Option<String> {
    let text = data.strip_prefix(FOREIGN)?;
    let text = text.split(|octet| *octet == 0).next()?;
    let text = String::from_utf8_lossy(text).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn hexadecimal(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 0xf)]);
    let digits = octets
        .iter()
        .flat_map(|octet| [digit(octet >> 4), digit(*octet)]);
    digits.collect()
}

const PREFIX: [u8; 16] = [
    0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08,
];
const INSTANCE: std::ops::Range<usize> = 16..20;
const FOREIGN: &[u8] = b"vCal-Uid\x01\0\0\0";

#[cfg(test)]
mod tests;
