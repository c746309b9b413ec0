//! Who writes a mirror.

use std::path::Path;

use routing::UnixTime;
use rusqlite::Connection;

use crate::facts::Outcome;
use crate::file::{self, Right};
use crate::index::Indexing;
use crate::log::Log;
use crate::proposal::{Proposal, Tally};
use crate::schema::{self, Form};
use crate::{Extent, Facts, MirrorError, Round, View, facts, meta};

/// What one source says, for whoever reads the source. There is one at a time; [`View`] reads beside it.
#[derive(Debug)]
pub struct Mirror {
    view: View,
    _right: Right,
}

impl Mirror {
    /// Opens the file, or makes it. `fingerprint` names all that its content depends on besides the source itself, such
    /// as the server, the filter and the rules: what was read under another one is still believed, but the source is
    /// read anew.
    pub fn open(file: &Path, fingerprint: &str) -> Result<Self, MirrorError> {
        let right = Right::take(file)?;
        Self::open_with(right, file, fingerprint)
    }

    /// As [`Self::open`]; but where the file is damaged, it is set aside and a new one begun, which believes nobody and
    /// is to be read in full. What was wrong is told.
    pub fn open_or_renew(
        file: &Path,
        fingerprint: &str,
    ) -> Result<(Self, Option<MirrorError>), MirrorError> {
        match Self::open_with(Right::take(file)?, file, fingerprint) {
            Ok(mirror) => Ok((mirror, None)),
            Err(damage) if damage.is_damage() => {
                let right = Right::take(file)?;
                file::set_aside(file)?;
                let mirror = Self::open_with(right, file, fingerprint)?;
                Ok((mirror, Some(damage)))
            }
            Err(error) => Err(error),
        }
    }

    fn open_with(right: Right, file: &Path, fingerprint: &str) -> Result<Self, MirrorError> {
        let (mut connection, form) = file::open_to_write(file)?;
        check(&connection)?;
        schema::set(&connection)?;
        match form {
            Form::New => schema::make(&mut connection)?,
            Form::Older(_) => schema::renew(&mut connection)?,
            Form::Ours => {}
        }
        let transaction = connection.transaction()?;
        let known: Option<String> = meta::get(&transaction, meta::FINGERPRINT)?;
        if known.as_deref() != Some(fingerprint) {
            meta::remove(&transaction, meta::CURSOR)?;
            meta::remove(&transaction, meta::UNFINISHED)?;
            meta::set(&transaction, meta::FINGERPRINT, fingerprint)?;
        }
        transaction.commit()?;
        Ok(Self {
            view: View::of(connection),
            _right: right,
        })
    }

    /// Puts a damaged file, which may hold the cause, aside, where only the next damaged one overwrites it. A new one
    /// believes nobody and is to be read in full.
    pub fn set_aside(file: &Path) -> Result<(), MirrorError> {
        let _right = Right::take(file)?;
        file::set_aside(file)?;
        Ok(())
    }

    /// What is believed and proposed.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Where the source goes on: what the last page that was committed left. `None`: it is to be read in full.
    pub fn cursor(&self) -> Result<Option<String>, MirrorError> {
        Ok(meta::get(self.connection(), meta::CURSOR)?)
    }

    /// The kind of a full reading that was not finished, which [`Extent::Rest`] goes on with.
    pub fn unfinished(&self) -> Result<Option<Extent>, MirrorError> {
        Extent::unfinished(self.connection())
    }

    /// Begins to read, or goes on with a round that was not finished.
    pub fn round(&mut self, extent: Extent) -> Result<Round<'_>, MirrorError> {
        Round::begin(self.view.connection_mut(), extent)
    }

    /// What would change if all that the source says now were believed.
    pub fn proposal(&self) -> Result<Proposal, MirrorError> {
        self.view.proposal()
    }

    /// Believes what is proposed, all of it or nothing, and gives the generation that follows: the former one if there
    /// was nothing new. To believe for the first time that there is nobody is new, too.
    pub fn believe(&mut self) -> Result<u64, MirrorError> {
        let connection = self.view.connection();
        let transaction = connection.unchecked_transaction()?; // what is said between is ours: there is one writer
        let generation = meta::number(&transaction, meta::GENERATION)?;
        let mut index = Indexing::begin(&transaction)?;
        let mut log = Log::begin(&transaction, generation + 1);
        let tally = Tally::taken(&self.view, |touched| {
            index.replace(touched.before.as_ref(), touched.after.as_ref())?;
            log.note(&touched.key, touched.before.as_ref())
        })?;
        if tally.is_nothing() && generation > 0 {
            return Ok(generation);
        }
        index.write()?;
        log.close()?;
        transaction.execute_batch(BELIEVE)?;
        meta::set_number(&transaction, meta::GENERATION, generation + 1)?;
        meta::set_number(&transaction, meta::ENTRIES, tally.entries_after())?;
        meta::set_number(&transaction, meta::PEOPLE, tally.people_after())?;
        transaction.commit()?;
        Ok(generation + 1)
    }

    /// When and how the source was last read.
    pub fn facts(&self) -> Result<Facts, MirrorError> {
        self.view.facts()
    }

    /// Notes that the source was read to the end of what it has, and is believed.
    pub fn succeeded(
        &mut self,
        now: UnixTime,
        next_try: Option<UnixTime>,
    ) -> Result<(), MirrorError> {
        facts::note(self.view.connection_mut(), now, Outcome::Believed, next_try)
    }

    /// Notes that the source was read to the end of what it has, but that is held back: what is believed ages.
    pub fn held_back(
        &mut self,
        now: UnixTime,
        next_try: Option<UnixTime>,
    ) -> Result<(), MirrorError> {
        facts::note(self.view.connection_mut(), now, Outcome::HeldBack, next_try)
    }

    /// Notes that the source could not be read, and why.
    pub fn failed(
        &mut self,
        now: UnixTime,
        why: &str,
        next_try: Option<UnixTime>,
    ) -> Result<(), MirrorError> {
        facts::note(
            self.view.connection_mut(),
            now,
            Outcome::Failed(why),
            next_try,
        )
    }

    fn connection(&self) -> &Connection {
        self.view.connection()
    }
}

/// Whether SQLite finds its own structures whole.
fn check(connection: &Connection) -> Result<(), MirrorError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(MirrorError::Damaged(found)),
    }
}

/// In the order of the keys, so that the pages of a first reading are filled one after the other.
const BELIEVE: &str = "
INSERT OR REPLACE INTO believed (key, entry) SELECT key, entry FROM proposed WHERE gone = 0 ORDER BY key;
DELETE FROM believed WHERE key IN (SELECT key FROM proposed WHERE gone = 1);
DELETE FROM missing WHERE key IN (SELECT key FROM proposed WHERE gone = 1);
DELETE FROM proposed;
";

#[cfg(test)]
mod tests;
