//! Writes the streams the tests read.

use tnef_decoder::{AttributeId, SIGNATURE};

/// A stream under construction.
#[derive(Debug, Clone)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// Signature and key.
    pub(crate) fn new(key: u16) -> Self {
        Self([&SIGNATURE.to_le_bytes()[..], &key.to_le_bytes()[..]].concat())
    }

    /// An attribute of the message.
    pub(crate) fn message(self, id: AttributeId, data: &[u8]) -> Self {
        self.attribute(1, id, data)
    }

    /// An attribute of an attachment.
    pub(crate) fn attachment(self, id: AttributeId, data: &[u8]) -> Self {
        self.attribute(2, id, data)
    }

    /// Any octets.
    pub(crate) fn raw(mut self, octets: &[u8]) -> Self {
        self.0.extend_from_slice(octets);
        self
    }

    /// The stream without its last octets.
    pub(crate) fn cut(mut self, octets: usize) -> Self {
        self.0.truncate(self.0.len() - octets);
        self
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    fn attribute(self, level: u8, id: AttributeId, data: &[u8]) -> Self {
        let length = u32::try_from(data.len()).expect("the tests write little");
        let sum = data.iter().map(|octet| u32::from(*octet)).sum::<u32>();
        let checksum = (sum % 0x1_0000) as u16;
        self.raw(&[level])
            .raw(&id.0.to_le_bytes())
            .raw(&length.to_le_bytes())
            .raw(data)
            .raw(&checksum.to_le_bytes())
    }
}
