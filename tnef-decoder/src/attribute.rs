//! One attribute of a stream (MS-OXTNEF §2.1.3).

use std::fmt;

/// A piece of the message or of an attachment, as the stream has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// What it belongs to.
    pub level: Level,
    /// What it is.
    pub id: AttributeId,
    /// Its content, not interpreted.
    pub data: &'a [u8],
    /// Whether the content is what its writer meant.
    pub integrity: Integrity,
}

impl Attribute<'_> {
    /// How many octets of the stream it is.
    pub fn octets(&self) -> usize {
        let checksum = match self.integrity {
            Integrity::Intact | Integrity::WrongChecksum { .. } => 2,
            Integrity::PartialChecksum { present } => present,
            Integrity::Truncated { .. } => 0,
        };
        HEADER_OCTETS + self.data.len() + checksum
    }
}

/// Level, id and length.
pub(crate) const HEADER_OCTETS: usize = 1 + 4 + 4;

/// What an attribute belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The message.
    Message,
    /// The attachment that the last [`AttributeId::ATTACH_REND_DATA`] began.
    Attachment,
}

impl Level {
    /// `None`: no attribute begins with this octet.
    pub(crate) const fn of(octet: u8) -> Option<Self> {
        match octet {
            1 => Some(Self::Message),
            2 => Some(Self::Attachment),
            _ => None,
        }
    }
}

/// What is known about an attribute's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Integrity {
    /// Complete, and the checksum is right.
    Intact,
    /// Complete, but its checksum is another.
    WrongChecksum {
        /// As written.
        stated: u16,
        /// As it should be.
        computed: u16,
    },
    /// Complete, but the stream ends within the checksum.
    PartialChecksum {
        /// Octets of the checksum that are there: 0 or 1.
        present: usize,
    },
    /// The stream ends within the content.
    Truncated {
        /// Octets it should have.
        declared: u32,
    },
}

/// The sum of all octets, modulo 65,536.
pub fn checksum(data: &[u8]) -> u16 {
    // Sums of 32 bits over pieces of fixed length become vector instructions.
    let (blocks, rest) = data.as_chunks::<SUM_BLOCK>();
    let of = |octets: &[u8]| octets.iter().map(|octet| u32::from(*octet)).sum::<u32>();
    let sum = blocks
        .iter()
        .fold(of(rest), |sum, block| sum.wrapping_add(of(block)));
    sum as u16
}

/// Octets summed in one piece.
const SUM_BLOCK: usize = 256;

/// An attribute's number, with the type it had before MAPI in its upper half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub u32);

macro_rules! ids {
    ($($constant:ident = $value:literal $name:literal;)+) => {
        impl AttributeId {
            $(#[doc = $name] pub const $constant: Self = Self($value);)+

            /// Its name in MS-OXTNEF; `None`: unknown.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }

            /// The known number with the same lower half, which alone tells attributes apart: some writers have another type.
            pub(crate) const fn known(self) -> Self {
                match self.0 & 0xffff {
                    $(lower if lower == $value & 0xffff => Self($value),)+
                    _ => self,
                }
            }
        }
    };
}

ids! {
    OWNER = 0x0006_0000 "attOwner";
    SENT_FOR = 0x0006_0001 "attSentFor";
    DELEGATE = 0x0006_0002 "attDelegate";
    DATE_START = 0x0003_0006 "attDateStart";
    DATE_END = 0x0003_0007 "attDateEnd";
    AID_OWNER = 0x0005_0008 "attAidOwner";
    REQUEST_RES = 0x0004_0009 "attRequestRes";
    ORIGINAL_MESSAGE_CLASS = 0x0007_0600 "attOriginalMessageClass";
    FROM = 0x0000_8000 "attFrom";
    SUBJECT = 0x0001_8004 "attSubject";
    DATE_SENT = 0x0003_8005 "attDateSent";
    DATE_RECEIVED = 0x0003_8006 "attDateRecd";
    MESSAGE_STATUS = 0x0006_8007 "attMessageStatus";
    MESSAGE_CLASS = 0x0007_8008 "attMessageClass";
    MESSAGE_ID = 0x0001_8009 "attMessageID";
    PARENT_ID = 0x0001_800A "attParentID";
    CONVERSATION_ID = 0x0001_800B "attConversationID";
    BODY = 0x0002_800C "attBody";
    PRIORITY = 0x0004_800D "attPriority";
    ATTACH_DATA = 0x0006_800F "attAttachData";
    ATTACH_TITLE = 0x0001_8010 "attAttachTitle";
    ATTACH_META_FILE = 0x0006_8011 "attAttachMetaFile";
    ATTACH_CREATE_DATE = 0x0003_8012 "attAttachCreateDate";
    ATTACH_MODIFY_DATE = 0x0003_8013 "attAttachModifyDate";
    DATE_MODIFIED = 0x0003_8020 "attDateModified";
    ATTACH_TRANSPORT_FILENAME = 0x0006_9001 "attAttachTransportFilename";
    ATTACH_REND_DATA = 0x0006_9002 "attAttachRendData";
    MESSAGE_PROPERTIES = 0x0006_9003 "attMsgProps";
    RECIPIENT_TABLE = 0x0006_9004 "attRecipTable";
    ATTACHMENT = 0x0006_9005 "attAttachment";
    TNEF_VERSION = 0x0008_9006 "attTnefVersion";
    OEM_CODEPAGE = 0x0006_9007 "attOemCodepage";
}

impl AttributeId {
    /// The type its content had before MAPI.
    pub const fn legacy_type(self) -> LegacyType {
        match self.0 >> 16 {
            0 => LegacyType::Triples,
            1 => LegacyType::String,
            2 => LegacyType::Text,
            3 => LegacyType::Date,
            4 => LegacyType::Short,
            5 => LegacyType::Long,
            6 => LegacyType::Byte,
            7 => LegacyType::Word,
            8 => LegacyType::DoubleWord,
            other => LegacyType::Other(other as u16),
        }
    }
}

impl fmt::Display for AttributeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "attribute {:#010x}", self.0),
        }
    }
}

/// The type of an attribute's content by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegacyType {
    /// An address in three parts.
    Triples,
    /// Text in the OEM code page, with a NUL at its end.
    String,
    /// The same, longer.
    Text,
    /// Seven 16-bit numbers, in a time zone that is not told.
    Date,
    /// 16 bits.
    Short,
    /// 32 bits.
    Long,
    /// Octets.
    Byte,
    /// 16-bit words.
    Word,
    /// 32-bit words.
    DoubleWord,
    /// None of these.
    Other(u16),
}
