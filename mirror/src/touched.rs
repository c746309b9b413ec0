//! Everybody whom a proposal touches, one after the other.

use book::{Entry, Key};
use rusqlite::Row;

use crate::pages::Pages;
use crate::renamed::Renames;
use crate::sealed::unseal;
use crate::{Change, MirrorError, View};

/// Somebody whom a proposal touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touched {
    /// Who.
    pub key: Key,
    /// What becomes of it.
    pub change: Change,
    /// What is believed.
    pub before: Option<Entry>,
    /// What the source says now.
    pub after: Option<Entry>,
}

/// Everybody whom a proposal touches, in the order of their keys.
pub struct TouchedPeople<'v> {
    rows: Pages<'v, Raw>,
    renames: Renames,
}

impl std::fmt::Debug for TouchedPeople<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TouchedPeople").finish_non_exhaustive()
    }
}

/// A row as it lies.
pub(crate) struct Raw {
    pub(crate) before: Option<Vec<u8>>,
    /// `None`: it is gone.
    pub(crate) after: Option<Vec<u8>>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let is_gone: bool = row.get(3)?;
        Ok(Self {
            before: row.get(1)?,
            after: if is_gone { None } else { row.get(2)? },
        })
    }
}

impl<'v> TouchedPeople<'v> {
    pub(crate) fn of(view: &'v View) -> Result<Self, MirrorError> {
        Ok(Self {
            rows: Pages::new(view.connection(), TOUCHED, Raw::read),
            renames: Renames::of(view.connection())?,
        })
    }

    /// The next one, and its octets.
    pub(crate) fn next_raw(&mut self) -> Option<Result<(Touched, Raw), MirrorError>> {
        let row = self.rows.next()?;
        Some(row.and_then(|(key, raw)| Ok((self.touched(&key, &raw)?, raw))))
    }

    fn touched(&self, key: &str, raw: &Raw) -> Result<Touched, MirrorError> {
        let read = |octets: &Option<Vec<u8>>| {
            octets
                .as_ref()
                .map(|octets| unseal(key, octets))
                .transpose()
        };
        let (before, after) = (read(&raw.before)?, read(&raw.after)?);
        let change = match &before {
            None => Change::Added,
            Some(before) => {
                let renamed = if after.is_none() {
                    self.renames.renamed(before)
                } else {
                    None
                };
                Change::of(before, after.as_ref(), renamed)
            }
        };
        let key = before
            .as_ref()
            .or(after.as_ref())
            .map(|entry| entry.key.clone());
        Ok(Touched {
            key: key.ok_or_else(|| MirrorError::Damaged("a change of nobody".into()))?,
            change,
            before,
            after,
        })
    }
}

impl Iterator for TouchedPeople<'_> {
    type Item = Result<Touched, MirrorError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_raw()?.map(|(touched, _)| touched))
    }
}

const TOUCHED: &str = "SELECT p.key, b.entry, p.entry, p.gone FROM proposed p
LEFT JOIN believed b ON b.key = p.key WHERE p.key > ?1 ORDER BY p.key LIMIT ?2";
