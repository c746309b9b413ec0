//! What is known of the whole: names and values.

use rusqlite::types::{FromSql, ToSql};
use rusqlite::{Connection, OptionalExtension};

pub(crate) const FINGERPRINT: &str = "fingerprint";
pub(crate) const CURSOR: &str = "cursor";
/// The kind of an unfinished full reading.
pub(crate) const UNFINISHED: &str = "unfinished";
/// What the numbers of addresses and names are made with.
pub(crate) const SECRET: &str = "secret";
/// The last generation of which it is not known any more what it changed.
pub(crate) const FORGOTTEN: &str = "forgotten";
/// Grows with each proposal that is believed.
pub(crate) const GENERATION: &str = "generation";
/// Believed entries, and those of them that are people.
pub(crate) const ENTRIES: &str = "entries";
pub(crate) const PEOPLE: &str = "people";
pub(crate) const READ_AT: &str = "read_at";
pub(crate) const FAILURE: &str = "failure";
pub(crate) const FAILED_AT: &str = "failed_at";
pub(crate) const FAILING_SINCE: &str = "failing_since";
pub(crate) const NEXT_TRY: &str = "next_try";
pub(crate) const CURSOR_AT: &str = "cursor_at";
/// The cursor as it was when its age was last noted.
pub(crate) const CURSOR_NOTED: &str = "cursor_noted";

pub(crate) fn get<T: FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<Option<T>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// A number that is nought until it is first set.
pub(crate) fn number(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    Ok(get::<i64>(connection, name)?.map_or(0, |number| number.max(0) as u64))
}

pub(crate) fn set(connection: &Connection, name: &str, value: impl ToSql) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute((name, value))
        .map(drop)
}

pub(crate) fn set_number(connection: &Connection, name: &str, value: u64) -> rusqlite::Result<()> {
    set(connection, name, i64::try_from(value).unwrap_or(i64::MAX))
}

pub(crate) fn remove(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM meta WHERE name = ?1")?
        .execute([name])
        .map(drop)
}
