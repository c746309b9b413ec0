//! What leads to an entry: its addresses, its name, and for a group what its members are called.
//!
//! In the file each is a number, of which nobody can foresee which texts share one; so a row has some thirty octets,
//! however long the text is. Whether an entry is really the one asked for, the entry itself says.

use std::fmt;

use book::{Entry, Key, Reference};
use routing::Address;
use rusqlite::Connection;
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use siphasher::sip::SipHasher13;

use crate::{MirrorError, meta};

/// As what a text leads to an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Role {
    /// It is one of its own addresses.
    Own,
    /// It is an address that follows from its names.
    Computed,
    /// It is its routing address.
    Routing,
    /// It is one of its X.500, Notes or GroupWise addresses, as [`Address::of_foreign`] writes it.
    Foreign,
    /// It is its name.
    Name,
    /// It is what a group calls one of its members.
    Member,
}

impl Role {
    /// All that are addresses.
    pub const ADDRESSES: [Self; 4] = [Self::Own, Self::Computed, Self::Routing, Self::Foreign];

    const ALL: [Self; 6] = [
        Self::Own,
        Self::Computed,
        Self::Routing,
        Self::Foreign,
        Self::Name,
        Self::Member,
    ];
}

/// Makes the numbers of one file.
pub(crate) struct Numbers(SipHasher13);

impl Numbers {
    /// Gives a new file its secret.
    pub(crate) fn make(connection: &Connection) -> Result<(), MirrorError> {
        let mut secret = [0; SECRET + SUM];
        aws_lc_rs::rand::fill(&mut secret[..SECRET])
            .map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
        let sum = crc32fast::hash(&secret[..SECRET]);
        secret[SECRET..].copy_from_slice(&sum.to_le_bytes());
        Ok(meta::set(connection, meta::SECRET, secret)?)
    }

    pub(crate) fn of(connection: &Connection) -> Result<Self, MirrorError> {
        let stored: Option<Vec<u8>> = meta::get(connection, meta::SECRET)?;
        let secret = stored.as_deref().and_then(|stored| {
            let (secret, sum) = stored.split_first_chunk::<SECRET>()?;
            (*sum == crc32fast::hash(secret).to_le_bytes()).then_some(secret)
        });
        let damaged = || MirrorError::Damaged("its index has no secret".into());
        Ok(Self(SipHasher13::new_with_key(secret.ok_or_else(damaged)?)))
    }

    /// Tells this file from every other one.
    pub(crate) fn identity(&self) -> u64 {
        self.0.hash(b"file")
    }

    /// The number of a text in a role. Those of one text lie side by side.
    pub(crate) fn of_text(&self, role: Role, text: &str) -> i64 {
        let hash = self.0.hash(text.as_bytes()) & MASK;
        (hash << ROLE_BITS) as i64 | role as i64
    }

    /// All numbers of an entry, each once, in their order.
    pub(crate) fn of_entry(&self, entry: &Entry) -> Vec<i64> {
        let mut all = Vec::new();
        for role in Role::ALL {
            texts(entry, role, |text| all.push(self.of_text(role, text)));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Numbers")
    }
}

/// The texts that lead to an entry in a role.
fn texts(entry: &Entry, role: Role, mut give: impl FnMut(&str)) {
    match role {
        Role::Own => entry
            .addresses()
            .for_each(|address| give(address.canonical())),
        Role::Computed => entry
            .computed
            .iter()
            .for_each(|address| give(address.canonical())),
        Role::Routing => entry
            .routing_address
            .iter()
            .for_each(|address| give(address.canonical())),
        Role::Foreign => entry
            .foreign
            .iter()
            .for_each(|name| give(Address::of_foreign(name).canonical())),
        Role::Name if entry.name.is_empty() => {}
        Role::Name => give(&folded(&entry.name)),
        Role::Member => entry.members.iter().for_each(|member| match member {
            Reference::Address(address) => give(address.canonical()),
            Reference::Object(name) => give(&folded(name)),
        }),
    }
}

/// Whether a text leads to an entry in a role.
pub(crate) fn leads(entry: &Entry, role: Role, text: &str) -> bool {
    let mut found = false;
    texts(entry, role, |own| found |= own == text);
    found
}

/// Names and keys are told apart whatever their case, as distinguished names are.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// A key as it lies in a row: a UUID in its sixteen octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Short {
    Uuid([u8; 16]),
    Text(Box<str>),
}

impl Short {
    pub(crate) fn of(key: &Key) -> Self {
        match octets(key.as_str()) {
            Some(uuid) if Key::from_uuid(&uuid) == *key => Self::Uuid(uuid),
            Some(_) | None => Self::Text(key.as_str().into()),
        }
    }

    pub(crate) fn read(value: ValueRef<'_>) -> Result<Key, MirrorError> {
        let key = match value {
            ValueRef::Blob(octets) => octets.try_into().ok().map(Key::from_uuid),
            ValueRef::Text(text) => std::str::from_utf8(text).ok().and_then(Key::from_text),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        };
        key.ok_or_else(|| MirrorError::Damaged("a key in its index is none".into()))
    }
}

impl ToSql for Short {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Uuid(octets) => ToSqlOutput::Borrowed(ValueRef::Blob(octets)),
            Self::Text(text) => ToSqlOutput::Owned(Value::Text(text.to_string())),
        })
    }
}

fn octets(text: &str) -> Option<[u8; 16]> {
    let mut octets = [0; 16];
    let mut digits = text.bytes().filter(|octet| *octet != b'-');
    if text.len() != UUID_CHARS {
        return None;
    }
    for octet in &mut octets {
        let mut digit = || char::from(digits.next()?).to_digit(16);
        *octet = u8::try_from(digit()? << 4 | digit()?).ok()?;
    }
    Some(octets)
}

/// Bits of a number that say in which role.
const ROLE_BITS: u32 = 3;
/// SQLite keeps numbers below 2^47 in six octets.
const MASK: u64 = (1 << (47 - ROLE_BITS)) - 1;
const SECRET: usize = 16;
const SUM: usize = 4;
const UUID_CHARS: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_short_form() {
        let check = |text: &str, is_short: bool| {
            let key = Key::from_text(text).unwrap();
            let short = Short::of(&key);
            assert_eq!(matches!(short, Short::Uuid(_)), is_short, "{text}");
            let value = short.to_sql().unwrap();
            let value = match &value {
                ToSqlOutput::Borrowed(value) => *value,
                ToSqlOutput::Owned(value) => value.into(),
                _ => unreachable!(),
            };
            assert_eq!(Short::read(value).unwrap(), key);
        };
        check("00112233-4455-6677-8899-aabbccddeeff", true);
        check("0011223344556677-8899-aabbccddeeff--", false);
        check("00112233-4455-6677-8899-aabbccddeefg", false);
        check("00112233445566778899aabbccddeeff", false);
        check("0112233-4455-6677-8899-aabbccddeeffÄ", false);
        check("anna@contoso.com", false);
    }

    #[test]
    fn a_number_takes_six_octets_and_says_its_role() {
        let numbers = Numbers(SipHasher13::new_with_key(&[7; SECRET]));
        for text in ["a", "b", "anna@contoso.com", ""] {
            let first = numbers.of_text(Role::Own, text);
            assert!((0..1 << 47).contains(&first));
            for (place, role) in Role::ALL.into_iter().enumerate() {
                assert_eq!(numbers.of_text(role, text), first + place as i64);
            }
        }
        assert_ne!(
            numbers.of_text(Role::Own, "a"),
            numbers.of_text(Role::Own, "b")
        );
    }
}
