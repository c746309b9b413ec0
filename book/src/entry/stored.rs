//! The form in which an entry is stored: one octet for the form, then JSON with names of one letter.
//!
//! Names are only ever added, with a default that means what their absence meant. A reader passes over names that it
//! does not know, so that a gateway that was set back one version still reads what the newer one wrote.

use super::Entry;
use crate::limits::STORED_OCTETS_MAX;

/// Why stored octets are no entry.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// Nothing, or past the bound.
    #[error("it has no octets, or more than {STORED_OCTETS_MAX}")]
    Length,
    /// Written by a version that changed the form.
    #[error("it is of form {0:?}, which is not known")]
    Form(char),
    /// Damaged.
    #[error("it is damaged: {0}")]
    Json(#[from] serde_json::Error),
}

impl Entry {
    /// The entry as it is stored.
    pub fn to_stored(&self) -> Result<Vec<u8>, StoredError> {
        let mut octets = vec![FORM];
        serde_json::to_writer(&mut octets, self)?;
        match octets.len() <= STORED_OCTETS_MAX {
            true => Ok(octets),
            false => Err(StoredError::Length),
        }
    }

    /// An entry from what [`Self::to_stored`] gave.
    pub fn from_stored(octets: &[u8]) -> Result<Self, StoredError> {
        match octets {
            _ if octets.len() > STORED_OCTETS_MAX => Err(StoredError::Length),
            [] => Err(StoredError::Length),
            [FORM, json @ ..] => Ok(serde_json::from_slice(json)?),
            [other, ..] => Err(StoredError::Form((*other).into())),
        }
    }
}

/// This form.
const FORM: u8 = b'1';

/// An address as its text.
pub(super) mod one {
    use routing::Address;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::entry) fn serialize<S: Serializer>(
        value: &Address,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(in crate::entry) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Address, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Address::parse(&text).map_err(D::Error::custom)
    }
}

/// An address that may be absent.
pub(super) mod address {
    use routing::Address;
    use serde::{Deserializer, Serializer};

    pub(in crate::entry) fn serialize<S: Serializer>(
        value: &Option<Address>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(address) => to.collect_str(address),
            None => to.serialize_none(),
        }
    }

    pub(in crate::entry) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Address>, D::Error> {
        super::one::deserialize(from).map(Some)
    }
}

/// A list of addresses.
pub(super) mod addresses {
    use routing::Address;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::entry) fn serialize<S: Serializer>(
        list: &[Address],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(Address::to_string))
    }

    pub(in crate::entry) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Address>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let addresses = texts.iter().map(|text| Address::parse(text));
        addresses
            .collect::<Result<_, _>>()
            .map_err(D::Error::custom)
    }
}

/// A list of addresses of other worlds.
pub(super) mod foreign {
    use routing::ForeignAddress;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::entry) fn serialize<S: Serializer>(
        list: &[ForeignAddress],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(ForeignAddress::to_string))
    }

    pub(in crate::entry) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<ForeignAddress>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let addresses = texts.iter().map(|text| ForeignAddress::parse(text));
        addresses
            .collect::<Option<_>>()
            .ok_or_else(|| D::Error::custom("an address of an unknown kind"))
    }
}

#[cfg(test)]
mod tests;
