//! What takes long among many people, and is done in a thread of its own: to gather all of them, and to store them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use book::PeopleError;
use mirror::{MirrorError, View};
use routing::{Snapshot, SourceRead, UnixTime};

use super::building::{Built, is_of_mirrors};
use super::origin::Origin;
use crate::config::Config;
use crate::directory::shelf::{Said, ShelfError, Shelved};
use crate::directory::whole::{self, Whole};

/// Something under way.
#[derive(Debug)]
pub(super) struct Aside {
    task: Task,
    thread: JoinHandle<Done>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Gather,
    Store,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Done {
    Gathered(Result<Box<Gathered>, PeopleError<ShelfError>>),
    Stored(Stored),
}

/// All people, as they were when it began.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) whole: Whole,
    pub(super) built: Built,
}

/// A snapshot in one piece, and whether it is on disk.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) folded: io::Result<Snapshot>,
    pub(super) built: Option<Built>,
}

impl Aside {
    pub(super) fn gather(
        config: &Arc<Config>,
        mirrors: Vec<PathBuf>,
        former: &Arc<Snapshot>,
        now: UnixTime,
        reads: Vec<SourceRead>,
    ) -> io::Result<Self> {
        let (config, former) = (Arc::clone(config), Arc::clone(former));
        Self::begin(Task::Gather, move || {
            let gathered = gather(&config, &mirrors, &former, now, reads);
            Done::Gathered(gathered.map(Box::new))
        })
    }

    /// `built`: what the snapshot was built from.
    pub(super) fn store(
        snapshot: &Arc<Snapshot>,
        built: Option<Built>,
        file: PathBuf,
        origin: Origin,
    ) -> io::Result<Self> {
        let snapshot = Arc::clone(snapshot);
        Self::begin(Task::Store, move || {
            let store = || {
                let folded = snapshot.folded().map_err(io::Error::other)?;
                folded.write(&file)?;
                origin.note(&folded, built.as_ref());
                Ok(folded)
            };
            let folded = store();
            Done::Stored(Stored { folded, built })
        })
    }

    fn begin(task: Task, work: impl FnOnce() -> Done + Send + 'static) -> io::Result<Self> {
        let thread = thread::Builder::new().name("directory aside".into());
        Ok(Self {
            task,
            thread: thread.spawn(work)?,
        })
    }

    pub(super) fn is_gathering(&self) -> bool {
        self.task == Task::Gather
    }

    pub(super) fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for it; `None` if it ended by a fault of ours.
    pub(super) fn join(self) -> Option<Done> {
        self.thread.join().ok()
    }
}

fn gather(
    config: &Config,
    mirrors: &[PathBuf],
    former: &Snapshot,
    now: UnixTime,
    reads: Vec<SourceRead>,
) -> Result<Gathered, PeopleError<ShelfError>> {
    let mut views = Vec::new();
    for (number, file) in mirrors.iter().enumerate() {
        views.push(opened(file).map_err(|error| ShelfError { number, error })?);
    }
    let shelves = config.directories.iter().zip(&views).enumerate();
    let shelves: Vec<Shelved<'_>> = shelves
        .map(|(number, (source, view))| Shelved {
            number,
            source,
            said: match view {
                Some((view, generation)) if *generation > 0 => Said::Believed(view),
                Some(_) | None => Said::Formerly(former),
            },
        })
        .collect();
    let generation = |view: &Option<(View, u64)>| view.as_ref().map_or(0, |(_, number)| *number);
    let identity = |view: &Option<(View, u64)>| view.as_ref()?.0.identity().ok();
    let built = Built {
        generations: views.iter().map(generation).collect(),
        mirrors: views
            .iter()
            .map(|view| identity(view).unwrap_or(0))
            .collect(),
        is_of_mirrors: is_of_mirrors(&shelves, former),
    };
    let whole = whole::build(&shelves, former, now, reads)?;
    Ok(Gathered { whole, built })
}

/// A mirror and its generation; `None` if it is not there, or not one that can be read yet.
fn opened(file: &Path) -> Result<Option<(View, u64)>, MirrorError> {
    match View::open(file) {
        Ok(view) => {
            let generation = view.facts()?.generation;
            Ok(Some((view, generation)))
        }
        Err(error) if error.is_damage() => Err(error),
        Err(_) => Ok(None),
    }
}
