//! A TNEF stream: signature, key, attributes (MS-OXTNEF §2.1).

use crate::attribute::{Attribute, AttributeId, HEADER_OCTETS, Integrity, Level, checksum};
use crate::limits;

/// What every stream begins with, as a little-endian number.
pub const SIGNATURE: u32 = 0x223E_9F78;

/// The octets before the first attribute: signature and key.
const PREAMBLE_OCTETS: usize = 4 + 2;

/// The attributes of a stream, one after another. It ends where no attribute can begin any more; [`Stream::ending`] then
/// says why.
#[derive(Debug, Clone)]
pub struct Stream<'a> {
    octets: usize,
    rest: &'a [u8],
    key: u16,
    taken: usize,
    most: usize,
    ending: Option<Ending>,
}

/// Why octets are no TNEF at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Fewer octets than signature and key need.
    #[error("{octets} octets are too few for TNEF")]
    TooShort {
        /// How many there are.
        octets: usize,
    },
    /// It begins with something else.
    #[error("it begins with {found:#010x} and not with the signature of TNEF")]
    NoSignature {
        /// The first four octets, little-endian.
        found: u32,
    },
}

/// Why a stream ended where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// After its last octet.
    Complete,
    /// Before octets that are no attribute.
    Junk {
        /// How many they are.
        octets: usize,
    },
    /// After as many attributes as its reader allows.
    TooManyAttributes {
        /// What was not looked at.
        octets: usize,
    },
}

impl<'a> Stream<'a> {
    /// Demands the signature and reads the key. It gives at most [`limits::ATTRIBUTES_MAX`] attributes.
    pub fn open(octets: &'a [u8]) -> Result<Self, StreamError> {
        Self::bounded(octets, limits::ATTRIBUTES_MAX)
    }

    /// The same, with at most so many attributes.
    pub fn bounded(octets: &'a [u8], most: usize) -> Result<Self, StreamError> {
        let Some((preamble, rest)) = octets.split_first_chunk::<PREAMBLE_OCTETS>() else {
            return Err(StreamError::TooShort {
                octets: octets.len(),
            });
        };
        let [a, b, c, d, low, high] = *preamble;
        match u32::from_le_bytes([a, b, c, d]) {
            SIGNATURE => Ok(Self {
                octets: octets.len(),
                rest,
                key: u16::from_le_bytes([low, high]),
                taken: 0,
                most,
                ending: None,
            }),
            found => Err(StreamError::NoSignature { found }),
        }
    }

    /// The number by which its writer tells attachments apart; it means nothing to others.
    pub fn key(&self) -> u16 {
        self.key
    }

    /// How many octets of the input were taken.
    pub fn position(&self) -> usize {
        self.octets - self.rest.len()
    }

    /// Why there are no more attributes; `None` while there may be.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    fn finish(&mut self) -> Option<Attribute<'a>> {
        let octets = self.rest.len();
        self.ending.get_or_insert(match octets {
            0 => Ending::Complete,
            _ if self.taken >= self.most => Ending::TooManyAttributes { octets },
            _ => Ending::Junk { octets },
        });
        None
    }
}

impl<'a> Iterator for Stream<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let attribute = match first(self.rest) {
            Some(attribute) if self.taken < self.most => attribute,
            _ => return self.finish(),
        };
        self.rest = self.rest.get(attribute.octets()..)?;
        self.taken += 1;
        Some(attribute)
    }
}

impl std::iter::FusedIterator for Stream<'_> {}

/// The attribute at the beginning of `octets`; `None`: none can begin here.
fn first(octets: &[u8]) -> Option<Attribute<'_>> {
    let (header, rest) = octets.split_first_chunk::<HEADER_OCTETS>()?;
    let [level, i0, i1, i2, i3, l0, l1, l2, l3] = *header;
    let level = Level::of(level)?;
    let id = AttributeId(u32::from_le_bytes([i0, i1, i2, i3]));
    let declared = u32::from_le_bytes([l0, l1, l2, l3]);
    let length = usize::try_from(declared).unwrap_or(usize::MAX);
    let (data, integrity) = match rest.split_at_checked(length) {
        Some((data, after)) => (data, integrity(data, after)),
        None => (rest, Integrity::Truncated { declared }),
    };
    Some(Attribute {
        level,
        id,
        data,
        integrity,
    })
}

fn integrity(data: &[u8], after: &[u8]) -> Integrity {
    let Some((stated, _)) = after.split_first_chunk::<2>() else {
        return Integrity::PartialChecksum {
            present: after.len(),
        };
    };
    match (u16::from_le_bytes(*stated), checksum(data)) {
        (stated, computed) if stated == computed => Integrity::Intact,
        (stated, computed) => Integrity::WrongChecksum { stated, computed },
    }
}
