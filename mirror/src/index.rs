//! Which entries are believed to have an address or a name, kept together with what is believed.

use book::Entry;
use rusqlite::{Connection, params};

use crate::MirrorError;
use crate::handle::{Numbers, Role, Short};
use crate::limits::HANDLES_AT_ONCE;
use crate::pages::Pages;
use crate::sealed::unseal;

/// Brings the index to what is to be believed. Rows are written in their order, many at a time: one after the other by
/// chance each would be a page to read and to write.
pub(crate) struct Indexing<'c> {
    connection: &'c Connection,
    numbers: Numbers,
    waiting: Vec<(i64, Short, bool)>,
}

impl<'c> Indexing<'c> {
    pub(crate) fn begin(connection: &'c Connection) -> Result<Self, MirrorError> {
        Ok(Self {
            connection,
            numbers: Numbers::of(connection)?,
            waiting: Vec::new(),
        })
    }

    /// What was believed of one object, and what is to be.
    pub(crate) fn replace(
        &mut self,
        before: Option<&Entry>,
        after: Option<&Entry>,
    ) -> Result<(), MirrorError> {
        let Some(key) = before.or(after).map(|entry| Short::of(&entry.key)) else {
            return Ok(());
        };
        let numbers = |entry: Option<&Entry>| {
            entry.map_or_else(Vec::new, |entry| self.numbers.of_entry(entry))
        };
        let (before, after) = (numbers(before), numbers(after));
        let only = |one: &[i64], other: &[i64], is_new: bool| -> Vec<_> {
            let only = one
                .iter()
                .filter(|number| other.binary_search(number).is_err());
            only.map(|number| (*number, key.clone(), is_new)).collect()
        };
        self.waiting.extend(only(&before, &after, false));
        self.waiting.extend(only(&after, &before, true));
        match self.waiting.len() >= HANDLES_AT_ONCE {
            true => self.write(),
            false => Ok(()),
        }
    }

    pub(crate) fn write(&mut self) -> Result<(), MirrorError> {
        self.waiting.sort_unstable();
        for (number, key, is_new) in self.waiting.drain(..) {
            let sql = if is_new { INSERT } else { DELETE };
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.execute(params![number, key])?;
        }
        Ok(())
    }
}

/// Makes the index of a file that had none.
pub(crate) fn make(connection: &Connection) -> Result<(), MirrorError> {
    let mut indexing = Indexing::begin(connection)?;
    for row in Pages::new(connection, BELIEVED, |row| row.get::<_, Vec<u8>>(1)) {
        let (key, octets) = row?;
        indexing.replace(None, Some(&unseal(&key, &octets)?))?;
    }
    indexing.write()
}

/// The keys of entries to which a text may lead in some roles, each once.
pub(crate) fn keys(
    connection: &Connection,
    numbers: &Numbers,
    text: &str,
    roles: &[Role],
) -> Result<Vec<book::Key>, MirrorError> {
    let mut keys = Vec::new();
    let mut statement = connection.prepare_cached(KEYS)?;
    for role in roles {
        let mut rows = statement.query([numbers.of_text(*role, text)])?;
        while let Some(row) = rows.next()? {
            keys.push(Short::read(row.get_ref(0)?)?);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

const INSERT: &str = "INSERT OR IGNORE INTO handles (handle, key) VALUES (?1, ?2)";
const DELETE: &str = "DELETE FROM handles WHERE handle = ?1 AND key = ?2";
const KEYS: &str = "SELECT key FROM handles WHERE handle = ?1";
const BELIEVED: &str = "SELECT key, entry FROM believed WHERE key > ?1 ORDER BY key LIMIT ?2";

#[cfg(test)]
mod tests;
