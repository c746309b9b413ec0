//! What senders mark messages with: votes, categories, flags, secrecy ([MS-OXOMSG], [MS-OXCMSG], [MS-OXOFLAG]).

use super::attachment::Attachment;
use super::codepage::CodePage;
use super::guid::Guid;
use super::message::Message;
use super::octets::Octets;
use super::property::{Property, Value};
use super::tag;
use super::time::Civil;

/// How secret a message is (`PidTagSensitivity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// Personal.
    Personal = 1,
    /// Private.
    Private = 2,
    /// Confidential.
    Confidential = 3,
}

/// Marks of messages.
impl Message {
    /// With buttons to vote by.
    #[must_use]
    pub fn voting(self, options: &[&str]) -> Self {
        self.with(Property::number(Guid::COMMON, 0x8520, verb_stream(options)))
            .with(Property::number(Guid::COMMON, 0x8582, true))
    }

    /// A vote.
    #[must_use]
    pub fn vote(self, option: &str) -> Self {
        self.with(Property::number(Guid::COMMON, 0x8524, option))
    }

    /// In these categories.
    #[must_use]
    pub fn categories(self, categories: &[&str]) -> Self {
        let categories = categories.iter().map(|category| Value::from(*category));
        let many = Value::Many(categories.collect());
        self.with(Property::word(Guid::PUBLIC_STRINGS, "Keywords", many))
    }

    /// So secret.
    #[must_use]
    pub fn sensitive(self, sensitivity: Sensitivity) -> Self {
        self.with(Property::tag(tag::SENSITIVITY, sensitivity as i32))
    }

    /// Of high importance.
    #[must_use]
    pub fn important(self) -> Self {
        self.with(Property::tag(tag::IMPORTANCE, 2))
            .with(Property::tag(tag::PRIORITY, 1))
    }

    /// Flagged for the recipient, with a day until which something shall be done.
    #[must_use]
    pub fn flagged(self, request: &str, due: Civil) -> Self {
        self.with(Property::number(Guid::COMMON, 0x8530, request))
            .with(Property::number(Guid::COMMON, 0x8516, due))
            .with(Property::number(Guid::COMMON, 0x8517, due))
            .with(Property::tag(tag::REPLY_TIME, due))
            .with(Property::tag(tag::FLAG_STATUS, 2))
    }

    /// A message whose MIME entity is in an attachment, so that its signature holds ([MS-OXOSMIME] §2.1.3).
    #[must_use]
    pub fn signed(self, entity: &[u8]) -> Self {
        let part = Attachment::file("smime.p7m", entity).typed("multipart/signed");
        self.of_class("IPM.Note.SMIME.MultipartSigned").attach(part)
    }

    /// A message whose attachment is a CMS object, encrypted or signed (§2.1.2).
    #[must_use]
    pub fn enveloped(self, object: &[u8]) -> Self {
        let part = Attachment::file("smime.p7m", object).typed("application/pkcs7-mime");
        self.of_class("IPM.Note.SMIME").attach(part)
    }
}

/// PidLidVerbStream ([MS-OXOMSG] §2.2.1.74): "Reply to All", as every stream has, and the options.
fn verb_stream(options: &[&str]) -> Vec<u8> {
    let mut out = Octets::new();
    out.u16(0x0102).u32(options.len() as u32 + 1);
    verb(&mut out, "Reply to All", "IPM.Note", 0x66, false);
    for (number, option) in (1..).zip(options) {
        verb(&mut out, option, "IPM.Note", number, true);
    }
    out.u16(0x0104);
    for text in std::iter::once(&"Reply to All").chain(options) {
        for _ in 0..2 {
            out.u8(text.encode_utf16().count() as u8).utf16(text);
        }
    }
    out.finish()
}

fn verb(out: &mut Octets, name: &str, class: &str, number: u32, votes: bool) {
    let text = |text: &str, out: &mut Octets| {
        let octets = CodePage::Windows1252.encode(text);
        out.u8(octets.len() as u8).raw(&octets);
    };
    out.u32(if votes { 4 } else { 2 });
    text(name, out);
    text(class, out);
    text("", out);
    text(name, out);
    out.u32(0).u8(0).u32(0).u32(1);
    // Prompt before sending a vote.
    out.u32(if votes { 2 } else { 0 });
    out.u32(2).u32(number).u32(u32::MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_twice() {
        let stream = verb_stream(&["Ja", "Nein"]);
        assert_eq!(stream[..6], [2, 1, 3, 0, 0, 0]);
        let old = stream.windows(4).filter(|w| w == b"Nein").count();
        let wide = [b'N', 0, b'e', 0, b'i', 0, b'n', 0];
        let new = stream.windows(8).filter(|w| **w == wide).count();
        assert_eq!((old, new), (2, 2));
        assert!(stream.ends_with(&wide));
    }
}
