//! What a source tells its objects apart by.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::KEY_OCTETS_MAX;

/// A source's own identifier of an object, stable when the object is renamed or moved. Octets are written as text, so
/// that an administrator can search for them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Box<str>);

impl Key {
    /// From text, in lower case; `None` if it is empty, the nil UUID, or longer than [`KEY_OCTETS_MAX`].
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let is_nobody = text.is_empty() || text == NIL;
        (!is_nobody && text.len() <= KEY_OCTETS_MAX).then(|| Self(text.into()))
    }

    /// From the octets of an objectGUID, whose first three groups are little-endian ([MS-DTYP] 2.3.4.2).
    pub fn from_guid(octets: &[u8; 16]) -> Self {
        let mut ordered = *octets;
        ordered[0..4].reverse();
        ordered[4..6].reverse();
        ordered[6..8].reverse();
        Self::from_uuid(&ordered)
    }

    /// From the octets of a UUID in network order, as in the entryUUID of a sync control.
    pub fn from_uuid(octets: &[u8; 16]) -> Self {
        let mut text = String::with_capacity(36);
        for (place, octet) in octets.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push_str(&format!("{octet:02x}"));
        }
        Self(text.into())
    }

    /// From the value of an attribute: the octets of a GUID where the attribute holds such (objectGUID of Active Directory,
    /// GUID of eDirectory), else text.
    pub fn from_attribute(name: &str, value: &[u8]) -> Option<Self> {
        let holds_octets = ["objectGUID", "GUID"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name));
        match <&[u8; 16]>::try_from(value) {
            Ok(guid) if holds_octets => Some(Self::from_guid(guid)),
            _ => std::str::from_utf8(value).ok().and_then(Self::from_text),
        }
    }

    /// From what [`Self::as_str`] gave.
    pub(crate) fn known(text: &str) -> Self {
        Self(text.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What Exchange exports as the mailbox of those that have none.
const NIL: &str = "00000000-0000-0000-0000-000000000000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_written_as_windows_writes_it() {
        let octets: [u8; 16] = std::array::from_fn(|place| place as u8);
        let (guid, uuid) = (Key::from_guid(&octets), Key::from_uuid(&octets));
        assert_eq!(guid.as_str(), "03020100-0504-0706-0809-0a0b0c0d0e0f");
        assert_eq!(uuid.as_str(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
        assert_eq!(Key::from_attribute("objectguid", &octets), Some(guid));
    }

    #[test]
    fn a_key_is_text_of_bounded_length() {
        let of = |count: usize| Key::from_text(&"x".repeat(count));
        assert_eq!(of(0), None);
        assert_eq!(Key::from_text(NIL), None);
        assert!(of(KEY_OCTETS_MAX).is_some());
        assert_eq!(of(KEY_OCTETS_MAX + 1), None);
        let of = |name: &str, value: &[u8]| Key::from_attribute(name, value);
        assert_eq!(of("id", b"\xff\xfe"), None);
        assert_eq!(of("id", b" AbC ").unwrap().as_str(), "abc");
        assert_eq!(of("Guid", b"{x}").unwrap().as_str(), "{x}");
        // A text may be as long as a GUID.
        assert_eq!(
            of("dominounid", b"0123456789ABCDEF").unwrap().as_str(),
            "0123456789abcdef"
        );
    }
}
