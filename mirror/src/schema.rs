//! The tables.

use rusqlite::Connection;

use crate::handle::Numbers;
use crate::limits::{CACHE_KIB, CHECKPOINT_PAGES, LOG_OCTETS_LEFT};
use crate::{MirrorError, index, meta};

/// The format that this program writes.
pub(crate) const VERSION: i64 = 2;
/// The oldest one that it brings up to date.
const OLDEST: i64 = 1;
/// Tells our files from those of other programs: "TWXM".
const APPLICATION: i64 = 0x5457_584d;

/// What a file is, before anything is written to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Nothing was ever written.
    New,
    /// Ours.
    Ours,
    /// Ours, without what was added since.
    Older(i64),
}

/// Looks whose the file is and of which format. Reads only.
pub(crate) fn form(connection: &Connection) -> Result<Form, MirrorError> {
    let number = |name: &str| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, name, |row| row.get(0))
    };
    let tables = "SELECT count(*) FROM sqlite_schema";
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION, VERSION) => Ok(Form::Ours),
        (APPLICATION, found @ OLDEST..VERSION) => Ok(Form::Older(found)),
        (APPLICATION, found) if found > VERSION => Err(MirrorError::Newer { found }),
        (0, 0) if connection.query_row(tables, [], |row| row.get::<_, i64>(0))? == 0 => {
            Ok(Form::New)
        }
        _ => Err(MirrorError::Foreign),
    }
}

/// What every connection that writes is set to.
pub(crate) fn set(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_OCTETS_LEFT)
}

/// Makes the tables, all or none.
pub(crate) fn make(connection: &mut Connection) -> Result<(), MirrorError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(INDEX)?;
    Numbers::make(&transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

/// Brings an older file up to date, all or nothing. Of what was changed before nothing is known.
pub(crate) fn renew(connection: &mut Connection) -> Result<(), MirrorError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(INDEX)?;
    Numbers::make(&transaction)?;
    index::make(&transaction)?;
    let generation = meta::number(&transaction, meta::GENERATION)?;
    meta::set_number(&transaction, meta::FORGOTTEN, generation)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

/// `believed`: what is in force. `proposed`: what the source says otherwise; an entry that it has no more is `gone`, and
/// then nothing but its key is needed. `seen`: whom an unfinished full reading has met. `missing`: for how many sweeps
/// somebody was not met.
const TABLES: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE believed (key TEXT PRIMARY KEY, entry BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE proposed (key TEXT PRIMARY KEY, entry BLOB, gone INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE missing (key TEXT PRIMARY KEY, rounds INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE seen (key TEXT NOT NULL) STRICT;
";

/// Since format 2. `handles`: which believed entries an address or a name leads to. `changes`: what was believed before,
/// of those of whom something else was believed lately; nothing of somebody new.
const INDEX: &str = "
CREATE TABLE handles (handle INTEGER NOT NULL, key ANY NOT NULL, PRIMARY KEY (handle, key)) STRICT, WITHOUT ROWID;
CREATE TABLE changes (generation INTEGER NOT NULL, key TEXT NOT NULL, entry BLOB, PRIMARY KEY (generation, key))
STRICT, WITHOUT ROWID;
";
