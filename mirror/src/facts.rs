//! When and how a source was last read.

use routing::UnixTime;
use rusqlite::Connection;

use crate::limits::FAILURE_OCTETS_MAX;
use crate::{MirrorError, meta};

/// When and how a source was last read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// When it was last read to the end of what it has, and that was believed.
    pub read_at: Option<UnixTime>,
    /// Why it could not be read since.
    pub failure: Option<Failure>,
    /// When it is to be read next.
    pub next_try: Option<UnixTime>,
    /// Where it goes on; a source without one is read in full.
    pub cursor: Option<String>,
    /// When the cursor was last seen to be another one.
    pub cursor_at: Option<UnixTime>,
    /// Believed entries.
    pub entries: u64,
    /// Those of them that are people.
    pub people: u64,
    /// How often something new was believed.
    pub generation: u64,
}

/// Why a source cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What is wrong.
    pub why: String,
    /// The last time that it was tried.
    pub at: UnixTime,
    /// The first time that it failed.
    pub since: UnixTime,
}

impl Facts {
    pub(crate) fn of(connection: &Connection) -> Result<Self, MirrorError> {
        let time = |name: &str| -> Result<Option<UnixTime>, MirrorError> {
            let seconds: Option<i64> = meta::get(connection, name)?;
            Ok(seconds.map(|seconds| UnixTime::from_seconds(seconds.max(0) as u64)))
        };
        let failure = match (
            meta::get(connection, meta::FAILURE)?,
            time(meta::FAILED_AT)?,
            time(meta::FAILING_SINCE)?,
        ) {
            (Some(why), Some(at), Some(since)) => Some(Failure { why, at, since }),
            _ => None,
        };
        Ok(Self {
            read_at: time(meta::READ_AT)?,
            failure,
            next_try: time(meta::NEXT_TRY)?,
            cursor: meta::get(connection, meta::CURSOR)?,
            cursor_at: time(meta::CURSOR_AT)?,
            entries: meta::number(connection, meta::ENTRIES)?,
            people: meta::number(connection, meta::PEOPLE)?,
            generation: meta::number(connection, meta::GENERATION)?,
        })
    }
}

/// How an attempt to read a source ended.
#[derive(Clone, Copy)]
pub(crate) enum Outcome<'a> {
    /// What it says is believed.
    Believed,
    /// It was read, but what it says is held back.
    HeldBack,
    /// It could not be read.
    Failed(&'a str),
}

/// Notes how an attempt ended.
pub(crate) fn note(
    connection: &mut Connection,
    now: UnixTime,
    outcome: Outcome<'_>,
    next_try: Option<UnixTime>,
) -> Result<(), MirrorError> {
    let transaction = connection.transaction()?;
    match outcome {
        Outcome::Believed | Outcome::HeldBack => {
            if matches!(outcome, Outcome::Believed) {
                meta::set_number(&transaction, meta::READ_AT, now.seconds())?;
            }
            for name in [meta::FAILURE, meta::FAILED_AT, meta::FAILING_SINCE] {
                meta::remove(&transaction, name)?;
            }
        }
        Outcome::Failed(why) => {
            meta::set(&transaction, meta::FAILURE, cut(why))?;
            meta::set_number(&transaction, meta::FAILED_AT, now.seconds())?;
            if meta::get::<i64>(&transaction, meta::FAILING_SINCE)?.is_none() {
                meta::set_number(&transaction, meta::FAILING_SINCE, now.seconds())?;
            }
        }
    }
    match next_try {
        Some(next_try) => meta::set_number(&transaction, meta::NEXT_TRY, next_try.seconds())?,
        None => meta::remove(&transaction, meta::NEXT_TRY)?,
    }
    note_cursor(&transaction, now)?;
    Ok(transaction.commit()?)
}

/// The age of a cursor is the time since it was first seen.
fn note_cursor(connection: &Connection, now: UnixTime) -> Result<(), MirrorError> {
    let cursor: Option<String> = meta::get(connection, meta::CURSOR)?;
    let noted: Option<String> = meta::get(connection, meta::CURSOR_NOTED)?;
    match cursor {
        Some(cursor) if noted.as_ref() == Some(&cursor) => Ok(()),
        Some(cursor) => {
            meta::set(connection, meta::CURSOR_NOTED, cursor)?;
            Ok(meta::set_number(
                connection,
                meta::CURSOR_AT,
                now.seconds(),
            )?)
        }
        None => {
            meta::remove(connection, meta::CURSOR_NOTED)?;
            Ok(meta::remove(connection, meta::CURSOR_AT)?)
        }
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(FAILURE_OCTETS_MAX)]
}
