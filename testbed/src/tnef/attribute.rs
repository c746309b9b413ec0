//! Attributes and the stream of them ([MS-OXTNEF] §2.1.1 to §2.1.3), right or wrong by request.

use super::octets::{Octets, length};

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it belongs to: 1 the message, 2 an attachment; others are wrong.
    pub level: u8,
    /// Its number ([`id`]).
    pub id: u32,
    /// Its content.
    pub data: Vec<u8>,
    /// What stands after the content.
    pub checksum: Checksum,
}

/// What stands after an attribute's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// The sum of the content.
    Right,
    /// Another number.
    Wrong,
    /// Nothing: what follows begins at once.
    Missing,
}

impl Attribute {
    /// An attribute of the message.
    pub fn message(id: u32, data: impl Into<Vec<u8>>) -> Self {
        Self::new(1, id, data)
    }

    /// An attribute of the attachment begun last.
    pub fn attachment(id: u32, data: impl Into<Vec<u8>>) -> Self {
        Self::new(2, id, data)
    }

    fn new(level: u8, id: u32, data: impl Into<Vec<u8>>) -> Self {
        let data = data.into();
        Self {
            level,
            id,
            data,
            checksum: Checksum::Right,
        }
    }

    fn write(&self, out: &mut Octets) {
        out.u8(self.level).u32(self.id).u32(length(&self.data));
        out.raw(&self.data);
        match self.checksum {
            Checksum::Right => out.u16(sum(&self.data)),
            Checksum::Wrong => out.u16(sum(&self.data).wrapping_add(1)),
            Checksum::Missing => out,
        };
    }
}

/// A whole stream.
///
/// ```
/// use testbed::tnef::attribute::{Attribute, Stream, id};
///
/// let stream = Stream::new(7).with(Attribute::message(id::SUBJECT, *b"Hello\0"));
/// assert!(stream.bytes().starts_with(&[0x78, 0x9f, 0x3e, 0x22, 7, 0]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// 0x223E9F78, or another by which it is no TNEF.
    pub signature: u32,
    /// The key, arbitrary.
    pub key: u16,
    /// In the order in which they are written.
    pub attributes: Vec<Attribute>,
    /// What follows the last attribute.
    pub junk: Vec<u8>,
    /// Octets cut off at the end.
    pub cut: usize,
}

impl Stream {
    /// An empty stream.
    pub fn new(key: u16) -> Self {
        Self {
            signature: SIGNATURE,
            key,
            attributes: Vec::new(),
            junk: Vec::new(),
            cut: 0,
        }
    }

    /// With one attribute more.
    #[must_use]
    pub fn with(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// With every attribute of this number altered.
    #[must_use]
    pub fn altered(mut self, id: u32, alter: impl Fn(&mut Attribute)) -> Self {
        self.attributes
            .iter_mut()
            .filter(|attribute| attribute.id == id)
            .for_each(alter);
        self
    }

    /// With the last attribute's checksum so.
    #[must_use]
    pub fn ending_in(mut self, checksum: Checksum) -> Self {
        if let Some(last) = self.attributes.last_mut() {
            last.checksum = checksum;
        }
        self
    }

    /// With each attachment's attributes in the other order, except that the first stays first.
    #[must_use]
    pub fn with_data_before_names(mut self) -> Self {
        let attributes = std::mem::take(&mut self.attributes);
        for attribute in attributes {
            match self.attributes.iter().rposition(|a| a.id == id::REND_DATA) {
                Some(begin) if attribute.id != id::REND_DATA => {
                    self.attributes.insert(begin + 1, attribute);
                }
                _ => self.attributes.push(attribute),
            }
        }
        self
    }

    /// The octets.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Octets::new();
        out.u32(self.signature).u16(self.key);
        self.attributes.iter().for_each(|a| a.write(&mut out));
        let mut octets = out.raw(&self.junk).finish();
        octets.truncate(octets.len().saturating_sub(self.cut));
        octets
    }
}

fn sum(data: &[u8]) -> u16 {
    data.iter()
        .fold(0, |sum, &octet| sum.wrapping_add(u16::from(octet)))
}

/// What a stream begins with.
pub const SIGNATURE: u32 = 0x223E_9F78;

/// Numbers of attributes ([MS-OXTNEF] §2.1.3.1).
pub mod id {
    /// attTnefVersion.
    pub const TNEF_VERSION: u32 = 0x0008_9006;
    /// attOemCodepage.
    pub const OEM_CODE_PAGE: u32 = 0x0006_9007;
    /// attMessageClass.
    pub const MESSAGE_CLASS: u32 = 0x0007_8008;
    /// attFrom.
    pub const FROM: u32 = 0x0000_8000;
    /// attSentFor.
    pub const SENT_FOR: u32 = 0x0006_0001;
    /// attOwner.
    pub const OWNER: u32 = 0x0006_0000;
    /// attSubject.
    pub const SUBJECT: u32 = 0x0001_8004;
    /// attDateSent.
    pub const DATE_SENT: u32 = 0x0003_8005;
    /// attDateRecd.
    pub const DATE_RECEIVED: u32 = 0x0003_8006;
    /// attMessageID.
    pub const MESSAGE_ID: u32 = 0x0001_8009;
    /// attBody.
    pub const BODY: u32 = 0x0002_800C;
    /// attPriority.
    pub const PRIORITY: u32 = 0x0004_800D;
    /// attDateModified.
    pub const DATE_MODIFIED: u32 = 0x0003_8020;
    /// attDateStart.
    pub const DATE_START: u32 = 0x0003_0006;
    /// attDateEnd.
    pub const DATE_END: u32 = 0x0003_0007;
    /// attAidOwner.
    pub const AID_OWNER: u32 = 0x0005_0008;
    /// attRequestRes.
    pub const REQUEST_RES: u32 = 0x0004_0009;
    /// attMsgProps.
    pub const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    /// attRecipTable.
    pub const RECIPIENT_TABLE: u32 = 0x0006_9004;
    /// attAttachRendData.
    pub const REND_DATA: u32 = 0x0006_9002;
    /// attAttachData.
    pub const ATTACH_DATA: u32 = 0x0006_800F;
    /// attAttachTitle.
    pub const ATTACH_TITLE: u32 = 0x0001_8010;
    /// attAttachMetaFile.
    pub const ATTACH_META_FILE: u32 = 0x0006_8011;
    /// attAttachCreateDate.
    pub const ATTACH_CREATE_DATE: u32 = 0x0003_8012;
    /// attAttachModifyDate.
    pub const ATTACH_MODIFY_DATE: u32 = 0x0003_8013;
    /// attAttachTransportFilename.
    pub const ATTACH_TRANSPORT_FILENAME: u32 = 0x0006_9001;
    /// attAttachment.
    pub const ATTACHMENT: u32 = 0x0006_9005;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Attribute {
        Attribute::message(id::SUBJECT, *b"ab\0")
    }

    #[test]
    fn an_attribute_has_level_number_length_data_and_sum() {
        let expected = [
            0x78, 0x9F, 0x3E, 0x22, 0x34, 0x12, 1, 0x04, 0x80, 0x01, 0x00, 3, 0, 0, 0, b'a', b'b',
            0, 0xC3, 0x00,
        ];
        assert_eq!(Stream::new(0x1234).with(subject()).bytes(), expected);
    }

    #[test]
    fn the_sum_wraps() {
        let check = |data: &[u8], expected: u16| assert_eq!(sum(data), expected);
        check(b"", 0);
        check(&[255; 257], 65_535);
        check(&[255; 258], 254);
    }

    #[test]
    fn a_checksum_is_wrong_or_missing_by_request() {
        let stream = |checksum| {
            let stream = Stream::new(1).with(subject()).ending_in(checksum);
            stream.bytes()[18..].to_vec()
        };
        assert_eq!(stream(Checksum::Right), [0xC3, 0]);
        assert_eq!(stream(Checksum::Wrong), [0xC4, 0]);
        assert_eq!(stream(Checksum::Missing), [0u8; 0]);
    }

    #[test]
    fn an_end_has_junk_or_is_cut() {
        let whole = Stream::new(1).with(subject());
        let (mut junk, mut cut) = (whole.clone(), whole.clone());
        junk.junk = b"\r\n".to_vec();
        cut.cut = 4;
        assert_eq!(junk.bytes(), [whole.bytes(), b"\r\n".to_vec()].concat());
        assert_eq!(cut.bytes(), whole.bytes()[..16]);
    }

    #[test]
    fn data_come_before_names_within_each_attachment() {
        let ids = [
            id::SUBJECT,
            id::REND_DATA,
            id::ATTACH_TITLE,
            id::ATTACH_DATA,
            id::REND_DATA,
            id::ATTACH_DATA,
        ];
        let mut stream = Stream::new(1);
        stream.attributes = ids.map(|id| Attribute::attachment(id, [])).to_vec();
        let found: Vec<u32> = stream
            .with_data_before_names()
            .attributes
            .iter()
            .map(|a| a.id)
            .collect();
        let expected = [
            id::SUBJECT,
            id::REND_DATA,
            id::ATTACH_DATA,
            id::ATTACH_TITLE,
            id::REND_DATA,
            id::ATTACH_DATA,
        ];
        assert_eq!(found, expected);
    }
}
