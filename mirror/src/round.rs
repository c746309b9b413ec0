//! One reading of a source.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use book::{Entry, Key};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use crate::limits::{CURSOR_OCTETS_MAX, KEYS_AT_ONCE, MISSING_ROUNDS_MAX};
use crate::sealed::{seal, unseal};
use crate::{MirrorError, meta};

/// How much of a source a round reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// All of it: who is neither put nor seen before the end is gone.
    Full,
    /// All of it, from a source that may leave somebody out: who is missing is gone only after
    /// [`MISSING_ROUNDS_MAX`] such readings without it.
    Sweep,
    /// The rest of a full reading or a sweep that was not finished.
    Rest,
    /// What changed since the cursor.
    Changes,
}

/// One reading of a source, page by page. Dropped before its end it leaves what was committed.
#[derive(Debug)]
pub struct Round<'m> {
    connection: &'m mut Connection,
    /// Never [`Extent::Rest`], but what that goes on with.
    extent: Extent,
}

impl Extent {
    /// What is unfinished in a file.
    pub(crate) fn unfinished(connection: &Connection) -> Result<Option<Self>, MirrorError> {
        let name: Option<String> = meta::get(connection, meta::UNFINISHED)?;
        Ok(match name.as_deref() {
            Some(FULL) => Some(Self::Full),
            Some(SWEEP) => Some(Self::Sweep),
            Some(_) | None => None,
        })
    }

    fn is_of_all(self) -> bool {
        self != Self::Changes
    }
}

impl<'m> Round<'m> {
    pub(crate) fn begin(
        connection: &'m mut Connection,
        extent: Extent,
    ) -> Result<Self, MirrorError> {
        let unfinished = Extent::unfinished(connection)?;
        let goes_on = extent == Extent::Rest;
        let extent = match extent {
            Extent::Rest => unfinished.ok_or(MirrorError::NothingUnfinished)?,
            other => other,
        };
        let mut round = Self { connection, extent };
        if !goes_on && (extent.is_of_all() || unfinished.is_some()) {
            round.forget_unfinished()?;
        }
        Ok(round)
    }

    /// The source has this entry, as it is here.
    pub fn put(&mut self, entry: &Entry) -> Result<(), MirrorError> {
        let (key, octets) = (entry.key.as_str(), seal(entry)?);
        self.meet(key)?;
        let believed = self.has(SAME_AS_BELIEVED, key, &octets)?;
        if believed {
            self.execute("DELETE FROM proposed WHERE key = ?1", params![key])?;
        } else if !self.has(SAME_AS_PROPOSED, key, &octets)? {
            self.execute(PROPOSE, params![key, octets])?;
        }
        Ok(())
    }

    /// The source has this entry, as it was.
    pub fn seen(&mut self, key: &Key) -> Result<(), MirrorError> {
        let key = key.as_str();
        self.meet(key)?;
        self.execute(
            "DELETE FROM proposed WHERE key = ?1 AND gone = 1 AND entry IS NULL",
            params![key],
        )?;
        self.execute(
            "UPDATE proposed SET gone = 0 WHERE key = ?1 AND gone = 1",
            params![key],
        )
    }

    /// The source has it no more.
    pub fn gone(&mut self, key: &Key) -> Result<(), MirrorError> {
        self.begin_transaction()?;
        remove(self.connection, key.as_str())
    }

    /// What the source last said of an entry.
    pub fn entry(&self, key: &Key) -> Result<Option<Entry>, MirrorError> {
        let mut statement = self.connection.prepare_cached(LAST_SAID)?;
        let last = statement.query_row([key.as_str()], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, bool>(1)?))
        });
        match last.optional()? {
            Some((Some(octets), false)) => unseal(key.as_str(), &octets).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// Makes everything since the last time durable, together with where to go on. `None` where a round that broke
    /// off here can only begin again.
    pub fn commit(&mut self, cursor: Option<&str>) -> Result<(), MirrorError> {
        self.begin_transaction()?;
        self.set_cursor(cursor)?;
        if self.extent.is_of_all() && cursor.is_some() {
            let name = if self.extent == Extent::Sweep {
                SWEEP
            } else {
                FULL
            };
            meta::set(self.connection, meta::UNFINISHED, name)?;
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Ends the round: everything was read. Of a full one, who was neither put nor seen is gone.
    pub fn finish(mut self, cursor: Option<&str>) -> Result<(), MirrorError> {
        self.begin_transaction()?;
        if self.extent.is_of_all() {
            let met = self.met()?;
            self.miss(BELIEVED_AFTER, &met)?;
            self.miss(NEW_AFTER, &met)?;
            self.forget_unfinished()?;
        }
        self.set_cursor(cursor)?;
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Ends a reading of all as one of changes: who was not met is still there. For a source that says only at its end
    /// which of the two it was (RFC 4533 §3.3.1).
    pub fn finish_changes(mut self, cursor: Option<&str>) -> Result<(), MirrorError> {
        if self.extent.is_of_all() {
            self.forget_unfinished()?;
            self.extent = Extent::Changes;
        }
        self.finish(cursor)
    }

    fn set_cursor(&mut self, cursor: Option<&str>) -> Result<(), MirrorError> {
        match cursor {
            Some(cursor) if cursor.len() > CURSOR_OCTETS_MAX => Err(MirrorError::Cursor),
            Some(cursor) => Ok(meta::set(self.connection, meta::CURSOR, cursor)?),
            None => Ok(meta::remove(self.connection, meta::CURSOR)?),
        }
    }

    /// A page is written in one transaction, which begins with its first row: nobody waits while its source is asked.
    fn begin_transaction(&mut self) -> Result<(), MirrorError> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    fn forget_unfinished(&mut self) -> Result<(), MirrorError> {
        self.begin_transaction()?;
        meta::remove(self.connection, meta::UNFINISHED)?;
        self.execute("DELETE FROM seen", [])
    }

    fn meet(&mut self, key: &str) -> Result<(), MirrorError> {
        self.begin_transaction()?;
        if self.extent.is_of_all() {
            self.execute("INSERT INTO seen (key) VALUES (?1)", [key])?;
        }
        self.execute("DELETE FROM missing WHERE key = ?1", [key])
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), MirrorError> {
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Whether a row is this one. Its octets are compared where they lie.
    fn has(&self, sql: &str, key: &str, octets: &[u8]) -> Result<bool, MirrorError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([key])?;
        Ok(match rows.next()? {
            Some(row) => matches!(row.get_ref(0)?, ValueRef::Blob(found) if found == octets),
            None => false,
        })
    }

    /// Whom this reading has met, each by a number that nobody can foresee. Two with one number, which is not to be
    /// expected among a million, would only keep somebody until the next reading.
    fn met(&self) -> Result<Met, MirrorError> {
        let mut met = Met::default();
        let mut statement = self.connection.prepare("SELECT key FROM seen")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            met.add(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
        }
        Ok(met)
    }

    /// Looks which of some keys were not met.
    fn miss(&mut self, sql: &str, met: &Met) -> Result<(), MirrorError> {
        let mut after = String::new();
        loop {
            let keys = keys_after(self.connection, sql, &after)?;
            let Some(last) = keys.last() else {
                return Ok(());
            };
            after.clone_from(last);
            for key in keys.iter().filter(|key| !met.has(key)) {
                if self.extent == Extent::Full || is_missed_enough(self.connection, key)? {
                    remove(self.connection, key)?;
                }
            }
        }
    }
}

/// Keys that were met.
#[derive(Default)]
struct Met {
    numbers: HashSet<u64>,
    secret: RandomState,
}

impl Met {
    fn add(&mut self, key: &str) {
        self.numbers.insert(self.secret.hash_one(key));
    }

    fn has(&self, key: &str) -> bool {
        self.numbers.contains(&self.secret.hash_one(key))
    }
}

/// What was never believed is forgotten, the rest is proposed to be gone.
fn remove(connection: &Connection, key: &str) -> Result<(), MirrorError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM believed WHERE key = ?1")?;
    let sql = match statement.exists([key])? {
        true => {
            "INSERT INTO proposed (key, gone) VALUES (?1, 1) ON CONFLICT (key) DO UPDATE SET gone = 1 WHERE gone = 0"
        }
        false => "DELETE FROM proposed WHERE key = ?1",
    };
    connection.prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// Counts one more sweep without somebody, and says whether that is one too many.
fn is_missed_enough(connection: &Connection, key: &str) -> Result<bool, MirrorError> {
    let mut statement = connection.prepare_cached(MISS)?;
    let rounds: u32 = statement.query_row([key], |row| row.get(0))?;
    Ok(rounds >= MISSING_ROUNDS_MAX)
}

fn keys_after(connection: &Connection, sql: &str, after: &str) -> Result<Vec<String>, MirrorError> {
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map(params![after, KEYS_AT_ONCE as i64], |row| row.get(0))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK"); // an open transaction ends with the connection, too
        }
    }
}

const FULL: &str = "full";
const SWEEP: &str = "sweep";

const SAME_AS_BELIEVED: &str = "SELECT entry FROM believed WHERE key = ?1";
const SAME_AS_PROPOSED: &str = "SELECT entry FROM proposed WHERE key = ?1 AND gone = 0";
const PROPOSE: &str = "INSERT OR REPLACE INTO proposed (key, entry, gone) VALUES (?1, ?2, 0)";
const MISS: &str = "INSERT INTO missing (key, rounds) VALUES (?1, 1)
ON CONFLICT (key) DO UPDATE SET rounds = rounds + 1 RETURNING rounds";
const LAST_SAID: &str = "SELECT entry, gone, 0 AS place FROM proposed WHERE key = ?1
UNION ALL SELECT entry, 0, 1 FROM believed WHERE key = ?1 ORDER BY place LIMIT 1";
const BELIEVED_AFTER: &str = "SELECT key FROM believed WHERE key > ?1 ORDER BY key LIMIT ?2";
const NEW_AFTER: &str = "SELECT key FROM proposed WHERE key > ?1
AND NOT EXISTS (SELECT 1 FROM believed WHERE believed.key = proposed.key) ORDER BY key LIMIT ?2";

#[cfg(test)]
mod tests;
