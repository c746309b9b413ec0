//! One object as a search gives it (RFC 4511 §4.5.2).

use book::Attributes;
use lber::structure::StructureTag;
use ldap3::controls::RawControl;

use super::ber;
use crate::SourceError;

/// An object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its distinguished name.
    pub dn: String,
    /// Its attributes; `dn` is one of them.
    pub attributes: Attributes,
    /// What the server says about it beside it.
    pub controls: Vec<RawControl>,
    /// Attributes that are past a bound of ours and were left out.
    pub left_out: Vec<String>,
}

impl Object {
    pub(super) fn read(tag: StructureTag, controls: Vec<RawControl>) -> Result<Self, SourceError> {
        let [dn, list] = exactly(ber::parts(tag)?)?;
        let mut object = Self {
            dn: ber::text(dn)?,
            attributes: Attributes::default(),
            controls,
            left_out: Vec::new(),
        };
        let dn = object.dn.clone();
        object.add("dn", &[dn.into_bytes()]);
        for attribute in ber::parts(list)? {
            let [name, values] = exactly(ber::parts(attribute)?)?;
            let name = ber::text(name)?;
            let values = ber::parts(values)?.into_iter().map(ber::octets);
            let values = values.collect::<Result<Vec<_>, _>>()?;
            object.add(&name, &values);
        }
        Ok(object)
    }

    fn add(&mut self, name: &str, values: &[Vec<u8>]) {
        let values = values.iter().map(Vec::as_slice);
        if self.attributes.extend(name, values).is_err() {
            self.left_out.push(name.chars().take(255).collect());
        }
    }

    /// The value of a control of this type.
    pub fn control(&self, oid: &str) -> Option<&[u8]> {
        let mut controls = self.controls.iter();
        controls
            .find(|control| control.ctype == oid)?
            .val
            .as_deref()
    }
}

fn exactly<const N: usize>(parts: Vec<StructureTag>) -> Result<[StructureTag; N], SourceError> {
    parts
        .try_into()
        .map_err(|_| SourceError::malformed("an object of a search has another shape"))
}

#[cfg(test)]
mod tests {
    use book::limits::VALUE_OCTETS_MAX;

    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut octets = vec![tag, 0x84];
        octets.extend((content.len() as u32).to_be_bytes());
        octets.extend(content);
        octets
    }

    fn read(dn: &[u8], name: &[u8], values: &[&[u8]]) -> Result<Object, SourceError> {
        let values: Vec<u8> = values.iter().flat_map(|value| tlv(4, value)).collect();
        let attribute = [tlv(4, name), tlv(0x31, &values)].concat();
        let list = tlv(0x30, &tlv(0x30, &attribute));
        let entry = tlv(0x64, &[tlv(4, dn), list].concat());
        Object::read(ber::element(&entry).unwrap(), Vec::new())
    }

    #[test]
    fn an_object_is_read() {
        let object = read(b"cn=a", b"Mail", &[b"a@contoso.com", b"\xff"]).unwrap();
        assert_eq!(object.dn, "cn=a");
        assert_eq!(object.attributes.text("dn"), Some("cn=a"));
        assert_eq!(object.attributes.octets("mail").count(), 2);
        assert!(object.left_out.is_empty());
        let empty = read(b"", b"member", &[]).unwrap();
        assert!(empty.attributes.has("member"));
    }

    #[test]
    fn what_is_past_a_bound_is_left_out_and_named() {
        let long = vec![b'x'; VALUE_OCTETS_MAX + 1];
        let object = read(b"cn=a", b"jpegPhoto", &[&long]).unwrap();
        assert_eq!(object.left_out, ["jpegPhoto"]);
        assert!(!object.attributes.has("jpegPhoto"));
    }

    #[test]
    fn an_object_of_another_shape_is_an_error() {
        assert!(read(b"\xff", b"mail", &[]).is_err());
        assert!(read(b"cn=a", b"\xff", &[]).is_err());
        for octets in [
            b"\x64\x00".as_slice(),
            b"\x64\x04\x04\x00\x04\x00",
            b"\x64\x06\x04\x00\x30\x02\x30\x00",
        ] {
            let tag = ber::element(octets).unwrap();
            assert!(Object::read(tag, Vec::new()).is_err(), "{octets:x?}");
        }
    }
}
