//! What was changed by believing: who, and what was believed before.

use book::{Entry, Key};
use rusqlite::{Connection, params};

use crate::limits::CHANGES_MAX;
use crate::sealed::{seal, unseal};
use crate::{MirrorError, meta};

/// Somebody of whom something else is believed now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// Who.
    pub key: Key,
    /// What was believed before, without the members of a group; `None`: nothing.
    pub before: Option<Entry>,
}

/// Notes what one generation changes.
pub(crate) struct Log<'c> {
    connection: &'c Connection,
    generation: i64,
    count: usize,
}

impl<'c> Log<'c> {
    pub(crate) fn begin(connection: &'c Connection, generation: u64) -> Self {
        Self {
            connection,
            generation: number(generation),
            count: 0,
        }
    }

    /// Past the bound nothing is noted.
    pub(crate) fn note(&mut self, key: &Key, before: Option<&Entry>) -> Result<(), MirrorError> {
        self.count += 1;
        if self.count > CHANGES_MAX {
            return Ok(());
        }
        let before = before.map(|entry| {
            let mut before = entry.clone();
            before.members = Vec::new();
            seal(&before)
        });
        let mut statement = self.connection.prepare_cached(NOTE)?;
        statement.execute(params![self.generation, key.as_str(), before.transpose()?])?;
        Ok(())
    }

    /// Forgets the oldest generations past the bound, each whole.
    pub(crate) fn close(self) -> Result<(), MirrorError> {
        let oldest: i64 = match self.count > CHANGES_MAX {
            true => self.generation,
            false => {
                let mut statement = self.connection.prepare_cached(OLDEST)?;
                let mut rows = statement.query([CHANGES_MAX as i64])?;
                match rows.next()? {
                    Some(row) => row.get(0)?,
                    None => return Ok(()),
                }
            }
        };
        self.connection.prepare_cached(FORGET)?.execute([oldest])?;
        Ok(meta::set(self.connection, meta::FORGOTTEN, oldest)?)
    }
}

/// Who changed since a generation, each once, in the order of their keys, and what was believed then. `None`: not all of
/// it is known any more.
pub(crate) fn since(
    connection: &Connection,
    generation: u64,
) -> Result<Option<Vec<Changed>>, MirrorError> {
    let now = meta::number(connection, meta::GENERATION)?;
    if generation < meta::number(connection, meta::FORGOTTEN)? || generation > now {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(SINCE)?;
    let rows = statement.query_map([number(generation)], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
    })?;
    let mut all: Vec<Changed> = Vec::new();
    for row in rows {
        let (text, octets) = row?;
        let before = octets.map(|octets| unseal(&text, &octets)).transpose()?;
        let key = Key::from_text(&text)
            .ok_or_else(|| MirrorError::Damaged("a change of nobody".into()))?;
        if all.last().is_none_or(|last| last.key != key) {
            all.push(Changed { key, before });
        }
    }
    Ok(Some(all))
}

fn number(generation: u64) -> i64 {
    i64::try_from(generation).unwrap_or(i64::MAX)
}

const NOTE: &str = "INSERT OR REPLACE INTO changes (generation, key, entry) VALUES (?1, ?2, ?3)";
/// The generation of the first change past the bound, from the newest on.
const OLDEST: &str =
    "SELECT generation FROM changes ORDER BY generation DESC, key DESC LIMIT 1 OFFSET ?1";
const FORGET: &str = "DELETE FROM changes WHERE generation <= ?1";
const SINCE: &str = "SELECT key, entry FROM changes WHERE generation > ?1 ORDER BY key, generation";

#[cfg(test)]
mod tests;
