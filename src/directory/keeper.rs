//! Keeps the snapshot up to date: notices what changed, reads, stores, and tells the operator.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use routing::{Snapshot, SourceRead, UnixTime};

use super::SNAPSHOT_FILE;
use super::approval::{approved, discharge};
use super::desk::{Desk, MIRRORS, Purpose, Reading};
use super::network;
use super::post::Post;
use super::round::{Part, Standing, read_before};
use super::server::Servers;
use super::sideless::Sideless;
use super::source::{SourceError, Stamp};
use crate::config::{Config, Directory};
use crate::event::{self, Events};
use crate::limits::{DIRECTORY_AT_ONCE, DIRECTORY_RETRY};

mod aside;
mod building;
mod origin;
mod storing;

use aside::Aside;
use building::Built;
use origin::Origin;

/// All that is known between two looks. Takes and gives time, reads files, never waits.
#[derive(Debug)]
pub(super) struct Keeper {
    config: Arc<Config>,
    events: Events,
    file: PathBuf,
    snapshot: Arc<Snapshot>,
    watched: Vec<Watched>,
    desks: Vec<Desk>,
    servers: Servers,
    /// The threads of those sources that are servers.
    posts: Vec<Option<Post>>,
    /// The snapshot in force, for them.
    in_force: Arc<ArcSwap<Snapshot>>,
    /// What the desks believed when the snapshot was last built from them.
    built: Option<Built>,
    /// What the stored snapshot was built from, if that is known.
    origin: Option<Built>,
    /// The systems without a side that were told.
    sideless: Sideless,
    /// What is done beside.
    aside: Option<Aside>,
    /// When the first patch was put on what is stored.
    patched_at: Option<UnixTime>,
    /// Recipients up to which nothing is done beside.
    at_once: usize,
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
    /// When it last was.
    read_at: Option<UnixTime>,
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
        Self::open_with(config, events, network::servers())
    }

    /// With sources that are asked over a network.
    pub(super) fn open_with(config: Arc<Config>, events: Events, servers: Servers) -> Self {
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
        let snapshot = Arc::new(snapshot);
        let origin = Origin::beside(&file, &config).of(&snapshot);
        Self {
            config,
            events,
            file,
            in_force: Arc::new(ArcSwap::new(Arc::clone(&snapshot))),
            snapshot,
            watched: Vec::new(),
            desks: Vec::new(),
            servers,
            posts: Vec::new(),
            built: None,
            origin,
            sideless: Sideless::default(),
            aside: None,
            patched_at: None,
            at_once: DIRECTORY_AT_ONCE,
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
        // Their mirrors are opened anew, perhaps by others.
        self.posts.clear();
        self.desks.clear();
        self.leave();
        (self.config, self.due) = (config, true);
        (self.built, self.origin) = (None, None);
        self
    }

    /// One look at everything.
    pub(super) fn look(mut self, now: UnixTime) -> Self {
        self.check();
        self.begin();
        self.catch_up(now);
        self.hear(now);
        let stamps: Vec<_> = self
            .config
            .directories
            .iter()
            .map(|source| source.path().and_then(|path| Stamp::of(path).ok()))
            .collect();
        for number in self.due(&stamps, now) {
            self.read(number, now);
        }
        self.come_back(&stamps, now);
        if self.is_behind() {
            self.build(&stamps, now);
        } else {
            self.confirm(&stamps, now);
        }
        self.store(now);
        self.watch_age(now);
        self
    }

    /// Sits down at each source, and sends out those that read servers.
    fn begin(&mut self) {
        if !self.desks.is_empty() {
            return;
        }
        let (config, mirrors) = (
            Arc::clone(&self.config),
            self.config.state_dir.join(MIRRORS),
        );
        self.watched = Vec::new();
        self.in_force.store(Arc::clone(&self.snapshot));
        for source in &config.directories {
            let (mut post, mut desk) = (None, Desk::new(&mirrors, source));
            if let Some(make) = self.servers.make(source, &self.config) {
                desk = Desk::of_server(&mirrors, source);
                match Post::start(make, &config, source, &mirrors, &self.in_force) {
                    Ok(started) => post = Some(started),
                    Err(error) => self.lose(source, &error.to_string()),
                }
            }
            self.watched.push(Watched::default());
            self.posts.push(post);
            self.desks.push(desk);
        }
    }

    /// What the servers had to say since the last look.
    fn hear(&mut self, now: UnixTime) {
        for number in 0..self.posts.len() {
            while let Some(part) = self.posts[number].as_ref().and_then(Post::report) {
                self.desks[number].take_report(&part);
                self.take(number, &part, now);
            }
            if self.posts[number]
                .take_if(|post| !post.is_alive())
                .is_some()
            {
                let source = &self.config.directories[number];
                self.watched[number].is_read = false;
                self.lose(source, "its thread ended by a fault of ours");
            }
        }
    }

    fn lose(&self, source: &Directory, why: &str) {
        let place = source.place.to_string();
        self.events
            .emit(event::directory::source_failed(&source.name, &place, why));
    }

    /// What is in force goes to disk.
    pub(super) fn close(mut self) -> Self {
        self.posts.clear();
        self.leave();
        self.store_at_the_end();
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

    /// The sources that are to be read.
    fn due(&mut self, stamps: &[Option<Stamp>], now: UnixTime) -> Vec<usize> {
        let all = std::mem::take(&mut self.due);
        let sources = self.config.directories.iter().zip(stamps);
        let watched = self.watched.iter_mut().zip(sources).enumerate();
        let due = watched.filter_map(|(number, (watched, (source, stamp)))| {
            if self.desks[number].is_of_server() {
                return None;
            }
            let held = watched.held.as_ref();
            let released =
                held.is_some() && approved(&self.config.state_dir, &source.name).as_ref() == held;
            (watched.changed(*stamp) || watched.retries(now) || released || all).then_some(number)
        });
        due.collect()
    }

    fn read(&mut self, number: usize, now: UnixTime) {
        let reading = Reading {
            config: &self.config,
            former: &self.snapshot,
            now,
            purpose: Purpose::Keep,
            force: &[],
        };
        let desk = &mut self.desks[number];
        let part = desk.read(&self.config.directories[number], &reading);
        self.take(number, &part, now);
    }

    /// What came of reading a source.
    fn take(&mut self, number: usize, part: &Part, now: UnixTime) {
        if let Some(damage) = &part.damage {
            let file = self.desks[number].file();
            self.events
                .emit(event::directory::copy_unusable(file, damage));
            self.built = None; // the new one counts its generations anew
        }
        let watched = &mut self.watched[number];
        watched.note(part, now, &self.events);
        if watched.is_read && approved(&self.config.state_dir, &part.name) == part.digest {
            discharge(&self.config.state_dir, &part.name);
        }
    }

    /// When each source was last read. Who is unchanged since, is as good as read now.
    fn reads(&self, stamps: &[Option<Stamp>], now: UnixTime, all: bool) -> Vec<SourceRead> {
        let sources = self.config.directories.iter().zip(&self.desks);
        let watched = self.watched.iter().zip(stamps);
        let reads = sources
            .zip(watched)
            .filter_map(|((source, desk), (watched, stamp))| {
                let is_true_now = watched.is_read && watched.seen == Some(*stamp);
                let before = || read_before(&self.snapshot, &source.name).max(desk.read_at());
                (all || is_true_now).then(|| SourceRead {
                    name: source.name.as_str().into(),
                    read_at: if is_true_now { Some(now) } else { before() },
                })
            });
        reads.collect()
    }

    /// Nothing changed: what is in force is true now, too, as far as its sources are there.
    fn confirm(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        let reads = self.reads(stamps, now, false);
        let newer = |known: SourceRead| {
            reads
                .iter()
                .any(|read| read.name == known.name && read.read_at > known.read_at)
        };
        if self.snapshot.sources().any(newer) {
            self.snapshot = Arc::new(self.snapshot.confirmed(&reads));
        }
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
        if self.is_read {
            self.read_at = Some(now);
        }
        self.tell(part, events);
    }

    /// Tells its standing and its bad lines; once, until they are others.
    fn tell(&mut self, part: &Part, events: &Events) {
        let (name, place) = (&part.name, &part.place);
        let trouble = match &part.standing {
            Standing::Read => None,
            Standing::HeldBack(held) => Some(held.to_string()),
            Standing::Failed(error) => Some(error.to_string()),
        };
        if self.trouble != trouble {
            events.emit(match (&part.standing, &trouble) {
                (Standing::HeldBack(_), Some(why)) => event::directory::source_held_back(name, why),
                (_, Some(why)) => event::directory::source_failed(name, place, why),
                (_, None) => event::directory::source_back(name, part.people),
            });
        }
        self.trouble = trouble;
        if part.problems_total > 0 && self.told != part.content {
            let (problems, total) = (&part.problems, part.problems_total);
            events.emit(event::directory::source_problems(
                name, place, problems, total,
            ));
        }
        self.told = part.content.clone();
    }
}

#[cfg(test)]
mod tests;
