//! Rows in the order of their keys, a few of them in memory at a time.

use std::vec;

use rusqlite::{Connection, Row, params};

use crate::MirrorError;
use crate::limits::ROWS_AT_ONCE;

/// All rows that a statement gives. It takes the key after which to go on and how many to give at most; its first column
/// is the key.
pub(crate) struct Pages<'v, T> {
    connection: &'v Connection,
    sql: &'static str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
    page: vec::IntoIter<(String, T)>,
    after: String,
    is_last: bool,
}

impl<'v, T> Pages<'v, T> {
    pub(crate) fn new(
        connection: &'v Connection,
        sql: &'static str,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Self {
        Self {
            connection,
            sql,
            read,
            page: Vec::new().into_iter(),
            after: String::new(),
            is_last: false,
        }
    }

    fn turn(&mut self) -> Result<(), MirrorError> {
        let mut statement = self.connection.prepare_cached(self.sql)?;
        let read = self.read;
        let rows = statement.query_map(params![self.after, ROWS_AT_ONCE as i64], |row| {
            Ok((row.get(0)?, read(row)?))
        })?;
        let page: Vec<(String, T)> = rows.collect::<rusqlite::Result<_>>()?;
        self.is_last = page.len() < ROWS_AT_ONCE;
        if let Some((last, _)) = page.last() {
            self.after.clone_from(last);
        }
        self.page = page.into_iter();
        Ok(())
    }
}

impl<T> Iterator for Pages<'_, T> {
    type Item = Result<(String, T), MirrorError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.next() {
                return Some(Ok(row));
            }
            if self.is_last {
                return None;
            }
            if let Err(error) = self.turn() {
                self.is_last = true;
                return Some(Err(error));
            }
        }
    }
}
