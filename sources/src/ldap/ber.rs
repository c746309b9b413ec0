//! Pieces of a message whose shape is not certain (X.690): what is missing is told, never supposed.

use lber::structure::{PL, StructureTag};

use crate::SourceError;

/// The elements of a constructed one.
pub fn parts(tag: StructureTag) -> Result<Vec<StructureTag>, SourceError> {
    match tag.payload {
        PL::C(parts) => Ok(parts),
        PL::P(_) => Err(SourceError::malformed("a list was expected")),
    }
}

/// The octets of a primitive one.
pub fn octets(tag: StructureTag) -> Result<Vec<u8>, SourceError> {
    match tag.payload {
        PL::P(octets) => Ok(octets),
        PL::C(_) => Err(SourceError::malformed("a value was expected")),
    }
}

/// The text of a primitive one.
pub fn text(tag: StructureTag) -> Result<String, SourceError> {
    String::from_utf8(octets(tag)?).map_err(|_| SourceError::malformed("a name is no UTF-8 text"))
}

/// The value of an INTEGER or ENUMERATED that is not negative and no longer than ours.
pub fn integer(tag: StructureTag) -> Result<u64, SourceError> {
    let octets = octets(tag)?;
    let fits = !octets.is_empty() && octets.len() <= 8 && octets[0] & 0x80 == 0;
    match fits {
        true => Ok(octets
            .iter()
            .fold(0, |number, octet| number << 8 | u64::from(*octet))),
        false => Err(SourceError::malformed("a number is negative or too long")),
    }
}

/// The value of a BOOLEAN.
pub fn boolean(tag: StructureTag) -> Result<bool, SourceError> {
    match octets(tag)?[..] {
        [octet] => Ok(octet != 0),
        _ => Err(SourceError::malformed("a truth value has not one octet")),
    }
}

/// The one element that these octets are.
pub fn element(octets: &[u8]) -> Result<StructureTag, SourceError> {
    match lber::parse::parse_tag(octets) {
        Ok(([], tag)) => Ok(tag),
        _ => Err(SourceError::malformed("the value of a control is damaged")),
    }
}

/// The octets of an element.
pub fn encoded(tag: StructureTag) -> Vec<u8> {
    let mut octets = bytes::BytesMut::new();
    match lber::write::encode_into(&mut octets, tag) {
        Ok(()) => octets.to_vec(),
        Err(error) => unreachable!("memory takes what is written: {error}"),
    }
}
