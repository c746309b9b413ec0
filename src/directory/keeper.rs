//! Keeps the snapshot up to date: notices what changed, reads, stores, and tells the operator.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use routing::{Snapshot, SourceRead, UnixTime};

use super::SNAPSHOT_FILE;
use super::approval::{approved, discharge};
use super::round::{Part, Round, Standing};
use super::source::{SourceError, Stamp};
use crate::config::Config;
use crate::event::{self, Events};
use crate::limits::{DIRECTORY_RETRY, SNAPSHOT_TIMES_INTERVAL};

/// All that is known between two looks. Takes and gives time, reads files, never waits.
#[derive(Debug)]
pub(super) struct Keeper {
    config: Arc<Config>,
    events: Events,
    file: PathBuf,
    snapshot: Arc<Snapshot>,
    watched: Vec<Watched>,
    /// Whether everything is to be read whatever the files look like.
    due: bool,
    /// Whether all of what was stored is known to be whole.
    checked: bool,
    stored: Stored,
    stale: bool,
}

/// What is known of one source.
#[derive(Debug, Default)]
struct Watched {
    /// The file as it was last read, `None` where it could not be; unset before the first time.
    seen: Option<Option<Stamp>>,
    /// The file as it was at the last look, if that was new: it is read once it stays so.
    pending: Option<Option<Stamp>>,
    is_read: bool,
    /// When a file that could not be read was last tried.
    failed_at: Option<UnixTime>,
    /// The digest of a content held back.
    held: Option<String>,
    /// The content whose problems were told.
    told: Option<String>,
    /// What was told of its standing.
    trouble: Option<String>,
}

/// How the file on disk stands to the snapshot in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// The same, with times of then.
    At(UnixTime),
    /// Another, to be written.
    Behind,
    /// It could not be written then.
    Failed(UnixTime),
}

impl Keeper {
    /// Opens what was stored; the first look checks all of it.
    pub(super) fn open(config: Arc<Config>, events: Events) -> Self {
        let file = config.state_dir.join(SNAPSHOT_FILE);
        let stored = Snapshot::open(&file).map_err(|error| {
            if !error.is_missing() {
                events.emit(event::directory::store_unusable(&file, &error.to_string()));
            }
        });
        let (snapshot, stored) = match stored {
            Ok(snapshot) => (snapshot, Stored::At(UnixTime::from_seconds(0))),
            Err(()) => (Snapshot::never_read(), Stored::Behind),
        };
        let watched = config
            .directories
            .iter()
            .map(|_| Watched::default())
            .collect();
        Self {
            config,
            events,
            file,
            snapshot: Arc::new(snapshot),
            watched,
            due: true,
            checked: false,
            stored,
            stale: false,
        }
    }

    /// Whether what was stored can answer until the sources are read: it knows all of them and is not too old.
    pub(super) fn can_serve(&self, now: UnixTime) -> bool {
        let known: HashSet<Arc<str>> = self.snapshot.sources().map(|source| source.name).collect();
        let sources = &self.config.directories;
        sources.iter().all(|source| known.contains(&*source.name))
            && self
                .snapshot
                .age(now)
                .is_some_and(|age| age <= self.config.routing.stale_after)
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Another configuration: everything is read again. Sources it no longer names are gone.
    pub(super) fn reload(mut self, config: Arc<Config>) -> Self {
        self.watched = config
            .directories
            .iter()
            .map(|_| Watched::default())
            .collect();
        (self.config, self.due) = (config, true);
        self
    }

    /// One look at everything.
    pub(super) fn look(mut self, now: UnixTime) -> Self {
        self.check();
        let stamps: Vec<_> = self
            .config
            .directories
            .iter()
            .map(|source| Stamp::of(&source.path).ok())
            .collect();
        if self.is_due(&stamps, now) {
            self.read(now);
        } else {
            self.confirm(&stamps, now);
        }
        self.store(now);
        self.watch_age(now);
        self
    }

    /// The last times go to disk, so that a restart knows how old the snapshot really is.
    pub(super) fn close(self) -> Self {
        if self.snapshot.write_times(&self.file).is_err() {
            let _ = self.snapshot.write(&self.file); // told before, if it cannot be written
        }
        self
    }

    /// Checks what was only opened. Nobody was told anything wrong by it: what is damaged defers.
    fn check(&mut self) {
        if std::mem::replace(&mut self.checked, true) {
            return;
        }
        if let Err(error) = self.snapshot.check() {
            self.events.emit(event::directory::store_unusable(
                &self.file,
                &error.to_string(),
            ));
            (self.snapshot, self.stored) = (Arc::new(Snapshot::never_read()), Stored::Behind);
        }
    }

    fn is_due(&mut self, stamps: &[Option<Stamp>], now: UnixTime) -> bool {
        let sources = self.config.directories.iter().zip(stamps);
        let changed =
            self.watched
                .iter_mut()
                .zip(sources)
                .filter_map(|(watched, (source, stamp))| {
                    let held = watched.held.as_ref();
                    let released = held.is_some()
                        && approved(&self.config.state_dir, &source.name).as_ref() == held;
                    (watched.changed(*stamp) || watched.retries(now) || released).then_some(())
                });
        changed.count() > 0 || self.due // every source is looked at, whichever changed
    }

    fn read(&mut self, now: UnixTime) {
        let round = Round::take(&self.config, &self.snapshot, now, &[]);
        self.due = false;
        for (watched, part) in self.watched.iter_mut().zip(&round.parts) {
            watched.note(part, now, &self.events);
            if watched.is_read && approved(&self.config.state_dir, &part.name) == part.digest {
                discharge(&self.config.state_dir, &part.name);
            }
        }
        let changed = round.changed;
        match round.snapshot {
            Ok(snapshot) => self.snapshot = Arc::new(snapshot),
            Err(error) => {
                self.watched
                    .iter_mut()
                    .for_each(|watched| watched.is_read = false); // what was read is not in force
                return self
                    .events
                    .emit(event::directory::too_large(&error.to_string()));
            }
        }
        if changed {
            self.stored = Stored::Behind;
            self.events
                .emit(event::directory::published(&self.snapshot));
            if round.conflicts_total > 0 {
                let conflicts: Vec<String> =
                    round.conflicts.iter().map(ToString::to_string).collect();
                self.events.emit(event::directory::conflicts(
                    &conflicts,
                    round.conflicts_total,
                ));
            }
        }
    }

    /// Nothing changed: what is in force is true now, too, as far as its sources are there.
    fn confirm(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        let sources = self
            .config
            .directories
            .iter()
            .zip(&self.watched)
            .zip(stamps);
        let unchanged = sources
            .filter(|((_, watched), stamp)| watched.is_read && watched.seen == Some(**stamp));
        let reads: Vec<_> = unchanged
            .map(|((source, _), _)| SourceRead {
                name: source.name.as_str().into(),
                read_at: Some(now),
            })
            .collect();
        let newer = |known: SourceRead| {
            reads
                .iter()
                .any(|read| read.name == known.name && read.read_at > known.read_at)
        };
        if self.snapshot.sources().any(newer) {
            self.snapshot = Arc::new(self.snapshot.confirmed(&reads));
        }
    }

    fn store(&mut self, now: UnixTime) {
        let due = match self.stored {
            Stored::Behind => true,
            Stored::Failed(then) => now.since(then) >= DIRECTORY_RETRY,
            Stored::At(then) => {
                if now.since(then) < SNAPSHOT_TIMES_INTERVAL {
                    return;
                }
                // Another program's snapshot, a file that is gone or not ours to write: all are cured by a whole one.
                !self.snapshot.write_times(&self.file).unwrap_or(false)
            }
        };
        if !due {
            if !matches!(self.stored, Stored::Failed(_)) {
                self.stored = Stored::At(now);
            }
            return;
        }
        self.stored = match self.snapshot.write(&self.file) {
            Ok(()) => Stored::At(now),
            Err(error) => {
                if !matches!(self.stored, Stored::Failed(_)) {
                    self.events.emit(event::directory::store_unwritable(
                        &self.file,
                        &error.to_string(),
                    ));
                }
                Stored::Failed(now)
            }
        };
    }

    fn watch_age(&mut self, now: UnixTime) {
        let age = self
            .snapshot
            .age(now)
            .filter(|age| *age > self.config.routing.stale_after);
        match age {
            Some(age) if !self.stale => self.events.emit(event::directory::stale(age)),
            None if self.stale => self.events.emit(event::directory::fresh()),
            _ => {}
        }
        self.stale = age.is_some();
    }
}

impl Watched {
    /// Whether the file is another than was read, and has stayed so since the last look: nobody writes to it any more.
    fn changed(&mut self, stamp: Option<Stamp>) -> bool {
        if self.seen == Some(stamp) {
            self.pending = None;
            return false;
        }
        self.pending.replace(stamp) == Some(stamp)
    }

    /// A network drive fails and comes back without a trace in the file.
    fn retries(&self, now: UnixTime) -> bool {
        self.failed_at
            .is_some_and(|then| now.since(then) >= DIRECTORY_RETRY)
    }

    /// What a reading says of this source.
    fn note(&mut self, part: &Part, now: UnixTime, events: &Events) {
        self.pending = None;
        self.seen = Some(part.stamp);
        (self.held, self.failed_at) = (None, None);
        match &part.standing {
            Standing::Read => {}
            Standing::HeldBack(_) => self.held = part.digest.clone(),
            Standing::Failed(error) => {
                self.failed_at = Some(now);
                if matches!(error, SourceError::Changing) {
                    self.seen = None;
                }
            }
        }
        self.is_read = matches!(part.standing, Standing::Read);
        self.tell(part, events);
    }

    /// Tells its standing and its bad lines; once, until they are others.
    fn tell(&mut self, part: &Part, events: &Events) {
        let (name, path) = (&part.name, &part.path);
        let trouble = match &part.standing {
            Standing::Read => None,
            Standing::HeldBack(held) => Some(held.to_string()),
            Standing::Failed(error) => Some(error.to_string()),
        };
        if self.trouble != trouble {
            events.emit(match (&part.standing, &trouble) {
                (Standing::HeldBack(_), Some(why)) => event::directory::source_held_back(name, why),
                (_, Some(why)) => event::directory::source_failed(name, path, why),
                (_, None) => event::directory::source_back(name, part.people),
            });
        }
        self.trouble = trouble;
        if part.problems_total > 0 && self.told != part.digest {
            let (problems, total) = (&part.problems, part.problems_total);
            events.emit(event::directory::source_problems(
                name, path, problems, total,
            ));
        }
        self.told = part.digest.clone();
    }
}

#[cfg(test)]
mod tests;
