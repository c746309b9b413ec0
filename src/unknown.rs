//! Unknown recipients that were refused: who they were taken for, and how often.
//!
//! A wrong address in a form letter, a printer or an address book is refused every day, and the person meant never hears of
//! it. So each is counted. Strangers choose these names, so the list is bounded, and built so that a harvest of guessed names
//! passes through it without taking the places of those that are asked for again and again: see `tally`.

mod file;
mod form;
mod nearest;
mod remainder;
mod tally;

pub(crate) use file::Unusable;
pub(crate) use nearest::{Nearest, find};
pub(crate) use tally::{Sought, Sum};

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use routing::Address;

use crate::directory::now;
use crate::event::{self, Events};
use crate::limits::UNKNOWN_KEPT;
use tally::Tally;

/// The list of a gateway that runs.
#[derive(Debug)]
pub(crate) struct Unknown {
    /// `None`: it is not kept.
    path: Option<PathBuf>,
    kept: Mutex<Kept>, // an instant a refusal
}

#[derive(Debug)]
struct Kept {
    tally: Tally,
    is_written: bool,
    /// The last failure to write was told.
    is_told: bool,
}

impl Unknown {
    /// Goes on from what an earlier process left in `state_dir`.
    pub(crate) fn open(state_dir: &Path, events: &Events) -> Self {
        let path = file::path(state_dir);
        let tally = match file::read(&path) {
            Ok(read) => {
                if read.damaged > 0 {
                    let lines = read.damaged;
                    events.emit(event::directory::unknown_damaged(&path, lines));
                }
                read.tally
            }
            Err(error) if error.is_missing() => Tally::new(UNKNOWN_KEPT, now()),
            Err(error) => {
                events.emit(event::directory::unknown_unusable(&path, &error));
                file::set_aside(&path);
                Tally::new(UNKNOWN_KEPT, now())
            }
        };
        Self::with(Some(path), tally)
    }

    /// One that no file keeps.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self::with(None, Tally::new(UNKNOWN_KEPT, now()))
    }

    fn with(path: Option<PathBuf>, tally: Tally) -> Self {
        Self {
            path,
            kept: Mutex::new(Kept {
                tally,
                is_written: true,
                is_told: false,
            }),
        }
    }

    /// One more request for somebody whom nobody knows.
    pub(crate) fn refused(&self, address: &Address, client: IpAddr) {
        let now = now();
        let mut kept = self.lock();
        kept.tally.count(address.canonical(), client, now);
        kept.is_written = false;
    }

    /// The first of the list, and what all of it says.
    pub(crate) fn first(&self, limit: usize) -> (Sum, Vec<Sought>) {
        let kept = self.lock();
        (kept.tally.sum(), kept.tally.first(limit))
    }

    /// Forgets these; gives how many were on the list.
    pub(crate) fn forget(&self, wanted: &Forget) -> usize {
        let mut kept = self.lock();
        kept.is_written = false;
        wanted.from(&mut kept.tally)
    }

    /// Writes the list, if it is another than was written. Blocks.
    pub(crate) fn save(&self, events: &Events) {
        let Some(path) = &self.path else { return };
        let tally = {
            let mut kept = self.lock();
            if std::mem::replace(&mut kept.is_written, true) {
                return;
            }
            kept.tally.drop_old(now());
            kept.tally.clone()
        };
        let written = file::write(path, &tally);
        let mut kept = self.lock();
        match written {
            Ok(()) => kept.is_told = false,
            Err(error) => {
                kept.is_written = false;
                if !std::mem::replace(&mut kept.is_told, true) {
                    events.emit(event::directory::unknown_unwritable(path, &error));
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an operator wants forgotten.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Forget {
    /// The whole list.
    All {},
    /// These addresses, as they are compared.
    Addresses(Vec<String>),
}

impl Forget {
    fn from(&self, tally: &mut Tally) -> usize {
        match self {
            Self::All {} => tally.clear(now()),
            Self::Addresses(addresses) => addresses
                .iter()
                .filter(|address| tally.forget(address))
                .count(),
        }
    }
}

/// The list of a gateway that does not run.
pub(crate) fn stored(state_dir: &Path, limit: usize) -> Result<(Sum, Vec<Sought>), file::Unusable> {
    let tally = or_empty(file::read(&file::path(state_dir)))?;
    Ok((tally.sum(), tally.first(limit)))
}

/// Takes some off the list of a gateway that does not run.
pub(crate) fn forget_stored(state_dir: &Path, wanted: &Forget) -> Result<usize, file::Unusable> {
    let path = file::path(state_dir);
    let mut tally = or_empty(file::read(&path))?;
    let count = wanted.from(&mut tally);
    if count > 0 {
        file::write(&path, &tally).map_err(file::Unusable::Io)?;
    }
    Ok(count)
}

fn or_empty(read: Result<file::Read, file::Unusable>) -> Result<Tally, file::Unusable> {
    match read {
        Ok(read) => Ok(read.tally),
        Err(error) if error.is_missing() => Ok(Tally::new(UNKNOWN_KEPT, now())),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
