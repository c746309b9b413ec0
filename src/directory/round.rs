//! One reading of all sources by hand: what each gave, and the snapshot that follows.

use std::path::PathBuf;
use std::sync::Arc;

use book::PeopleError;
use mirror::Facts;
use routing::{Listing, Snapshot, SourceRead, UnixTime};
use sources::Progress;
use tempfile::TempDir;

use super::complaint::Complaint;
use super::desk::{Desk, MIRRORS, Purpose, Reading};
use super::guard::Held;
use super::rows::Filled;
use super::source::{SourceError, Stamp};
use super::touched::TouchedPeople;
use super::whole;
use crate::config::{Config, Directory};

/// What came of reading every source.
#[derive(Debug)]
pub(crate) struct Round {
    /// Source by source, in the order of the configuration.
    pub(crate) parts: Vec<Part>,
    /// The first disagreements between records.
    pub(crate) conflicts: Vec<String>,
    /// All of them.
    pub(crate) conflicts_total: usize,
    /// The recipients that follow; the former ones with newer times if nothing else changed.
    pub(crate) snapshot: Result<Snapshot, RoundError>,
    /// Whether the recipients changed.
    pub(crate) changed: bool,
}

/// Why no snapshot follows.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoundError {
    /// The sources hold more than fits.
    #[error("{0}")]
    Build(#[from] routing::BuildError),
    /// A mirror.
    #[error("{0}")]
    Mirror(String),
}

/// What came of one source.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: Arc<str>,
    /// Where it is.
    pub(crate) place: String,
    pub(crate) standing: Standing,
    /// The state of the file before it was read; `None` where it could not even be looked at.
    pub(crate) stamp: Option<Stamp>,
    /// The digest of its content.
    pub(crate) content: Option<String>,
    /// Names the change that it proposes.
    pub(crate) digest: Option<String>,
    /// Recipients in the file.
    pub(crate) people: usize,
    /// The first lines that could not be used.
    pub(crate) problems: Vec<Complaint>,
    /// All of them.
    pub(crate) problems_total: usize,
    /// What was wrong with its mirror, which was begun anew.
    pub(crate) damage: Option<String>,
    /// Whom it would touch, if it is held back and somebody only looks.
    pub(crate) touched: TouchedPeople,
    /// A running gateway reads it.
    pub(crate) is_theirs: bool,
    /// When and how it was read, as its mirror has it.
    pub(crate) facts: Option<Facts>,
    /// How often something new of it was believed.
    pub(super) generation: u64,
}

/// Whether a source counts as it is now.
#[derive(Debug)]
pub(crate) enum Standing {
    /// It does.
    Read,
    /// It is not believed; what it last gave counts.
    HeldBack(Held),
    /// It gives nothing; what it last gave counts.
    Failed(SourceError),
}

impl Round {
    /// Reads everything. `former` is what is in force. Of a source that a running gateway reads, only what that found is
    /// looked at.
    pub(crate) fn take(
        config: &Config,
        former: &Snapshot,
        now: UnixTime,
        purpose: Purpose,
        force: &[String],
    ) -> Self {
        Self::take_telling(config, former, now, purpose, force, &mut |_, _| {})
    }

    /// The same, saying of each server how far it is read.
    pub(crate) fn take_telling(
        config: &Config,
        former: &Snapshot,
        now: UnixTime,
        purpose: Purpose,
        force: &[String],
        told: &mut dyn FnMut(&str, Progress),
    ) -> Self {
        let reading = Reading {
            config,
            former,
            now,
            purpose,
            force,
        };
        let (mirrors, _scratch) = mirrors(config, purpose);
        let sources = &config.directories;
        let mut desks: Vec<Desk> = sources.iter().map(|s| Desk::new(&mirrors, s)).collect();
        let parts: Vec<Part> = sources
            .iter()
            .zip(&mut desks)
            .map(|(source, desk)| {
                desk.read_telling(source, &reading, &mut |progress| {
                    told(&source.name, progress);
                })
            })
            .collect();
        let reads = parts.iter().map(|part| part.read_at(former, now)).collect();
        let shelves: Vec<_> = desks
            .iter_mut()
            .zip(&parts)
            .enumerate()
            .map(|(number, (desk, part))| desk.shelf(number, former, Some(&part.standing)))
            .collect();
        let mut round = Self {
            parts: Vec::new(),
            conflicts: Vec::new(),
            conflicts_total: 0,
            snapshot: Ok(former.clone()),
            changed: false,
        };
        match whole::build(&shelves, former, now, reads) {
            Ok(whole) => {
                round.conflicts = whole.conflicts.kept;
                round.conflicts_total = whole.conflicts.total;
                round.changed = whole.changed;
                round.snapshot = whole.snapshot.map_err(RoundError::from);
            }
            Err(error) => round.snapshot = Err(RoundError::from(error)),
        }
        round.parts = parts;
        round
    }
}

impl<E: std::fmt::Display> From<PeopleError<E>> for RoundError {
    fn from(error: PeopleError<E>) -> Self {
        Self::Mirror(error.to_string())
    }
}

/// Where the mirrors are. Whoever only looks before the gateway ever ran leaves nothing behind.
fn mirrors(config: &Config, purpose: Purpose) -> (PathBuf, Option<TempDir>) {
    let own = config.state_dir.join(MIRRORS);
    let scratch = match purpose {
        Purpose::Look if !own.is_dir() => tempfile::tempdir().ok(),
        Purpose::Look | Purpose::Keep | Purpose::Sync => None,
    };
    let place = scratch
        .as_ref()
        .map_or(own, |scratch| scratch.path().to_owned());
    (place, scratch)
}

impl Part {
    pub(super) fn begin(source: &Directory) -> Self {
        Self {
            name: source.name.as_str().into(),
            place: source.place.to_string(),
            standing: Standing::Read,
            stamp: source.path().and_then(|path| Stamp::of(path).ok()),
            content: None,
            digest: None,
            people: 0,
            problems: Vec::new(),
            problems_total: 0,
            damage: None,
            touched: TouchedPeople::default(),
            is_theirs: false,
            facts: None,
            generation: 0,
        }
    }

    /// What the lines of its file give.
    pub(super) fn take_lines(&mut self, listing: &Listing) {
        self.people = listing.recipients.len();
        self.problems = listing.problems.iter().map(Complaint::from).collect();
        self.problems_total = listing.problems_total;
    }

    /// What the rows of its file give.
    pub(super) fn take_rows(&mut self, filled: Filled) {
        self.people = filled.people;
        self.problems = filled.complaints;
        self.problems_total = filled.complaints_total;
    }

    fn read_at(&self, former: &Snapshot, now: UnixTime) -> SourceRead {
        let read_at = match self.standing {
            Standing::Read => Some(now),
            Standing::HeldBack(_) | Standing::Failed(_) => read_before(former, &self.name),
        };
        SourceRead {
            name: self.name.clone(),
            read_at,
        }
    }
}

/// When a source was last read.
pub(super) fn read_before(former: &Snapshot, name: &str) -> Option<UnixTime> {
    let mut sources = former.sources();
    sources.find(|source| *source.name == *name)?.read_at
}
