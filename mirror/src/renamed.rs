//! People whose entry is gone, but whose primary address another changed entry has now: a source that tells its people
//! apart by their addresses says in this way that they are called otherwise.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use book::Entry;
use routing::Address;
use rusqlite::Connection;

use crate::MirrorError;
use crate::change::{self, place};
use crate::pages::Pages;
use crate::sealed::unseal;

/// The primary addresses of those that are gone, and where they are found. Sixteen octets each: all of a million may go.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    places: HashMap<u64, Option<u64>>,
    secret: RandomState,
}

impl Renames {
    /// Looks through everything that is proposed.
    pub(crate) fn of(connection: &Connection) -> Result<Self, MirrorError> {
        let mut renames = Self::default();
        for row in Pages::new(connection, GONE, |row| row.get::<_, Vec<u8>>(1)) {
            let (key, octets) = row?;
            if let Some(primary) = unseal(&key, &octets)?.addresses().next() {
                renames.places.insert(renames.number(primary), None);
            }
        }
        if renames.places.is_empty() {
            return Ok(renames);
        }
        for row in Pages::new(connection, KEPT, |row| row.get::<_, Vec<u8>>(1)) {
            let (key, octets) = row?;
            renames.find(&unseal(&key, &octets)?);
        }
        Ok(renames)
    }

    /// Where somebody is found who is gone.
    pub(crate) fn renamed(&self, gone: &Entry) -> Option<change::Renamed> {
        let primary = gone.addresses().next()?;
        let found = (*self.places.get(&self.number(primary))?)?;
        Some(match found == self.secret.hash_one(place(gone)) {
            true => change::Renamed::There,
            false => change::Renamed::Elsewhere,
        })
    }

    fn find(&mut self, entry: &Entry) {
        let here = self.secret.hash_one(place(entry));
        for address in entry.addresses() {
            let number = self.number(address);
            if let Some(found) = self.places.get_mut(&number) {
                *found = Some(here);
            }
        }
    }

    fn number(&self, address: &Address) -> u64 {
        self.secret.hash_one(address.canonical())
    }
}

const GONE: &str = "SELECT p.key, b.entry FROM proposed p JOIN believed b ON b.key = p.key
WHERE p.gone = 1 AND p.key > ?1 ORDER BY p.key LIMIT ?2";
const KEPT: &str =
    "SELECT key, entry FROM proposed WHERE gone = 0 AND key > ?1 ORDER BY key LIMIT ?2";
