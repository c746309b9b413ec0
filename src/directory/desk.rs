//! One source: its mirror, and whether what it says is believed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mirror::{Mirror, MirrorError, View};
use routing::{SideName, Snapshot, UnixTime};
use sources::Progress;
use tokio::runtime::Builder;

use super::approval::approved;
use super::guard::{Step, judge};
use super::round::{Part, Standing};
use super::server::Server;
use super::shelf::{Said, Shelved};
use super::source::{self, Content, SourceError};
use super::touched::TouchedPeople;
use super::{lines, network, rows};
use crate::config::{Config, Directory, Place, Words};

/// One source and its mirror.
#[derive(Debug)]
pub(super) struct Desk {
    source: Directory,
    /// The mirror's file.
    file: PathBuf,
    kept: Kept,
    /// Whoever keeps the mirror of a server is its own thread.
    is_elsewhere: bool,
    fingerprint: String,
    /// How often something new was believed, as last known.
    generation: u64,
    /// The digest of what is held back.
    held: Option<String>,
}

/// Who keeps the mirror.
#[derive(Debug)]
enum Kept {
    /// We do.
    Ours(Mirror),
    /// Another program, such as a running gateway.
    Theirs(View),
    /// It is not open, or cannot be used.
    Closed,
}

/// What is done with what a source says, if it is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The gateway keeps the mirrors, and believes.
    Keep,
    /// A command believes, unless a gateway runs that does.
    Sync,
    /// A command only looks.
    Look,
}

/// All that a reading needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) config: &'a Config,
    /// What is in force.
    pub(super) former: &'a Snapshot,
    pub(super) now: UnixTime,
    pub(super) purpose: Purpose,
    /// Sources believed whatever they lost, besides those approved in the state directory.
    pub(super) force: &'a [String],
}

/// The directory of the mirrors within `state_dir`.
pub(super) const MIRRORS: &str = "directory";

impl Desk {
    /// Opens nothing yet.
    pub(super) fn new(mirrors: &Path, source: &Directory) -> Self {
        Self {
            source: source.clone(),
            file: mirrors.join(format!("{}.sqlite", source.name)),
            kept: Kept::Closed,
            is_elsewhere: false,
            fingerprint: FILE.to_owned(),
            generation: 0,
            held: None,
        }
    }

    /// One whose mirror another thread keeps.
    pub(super) fn of_server(mirrors: &Path, source: &Directory) -> Self {
        let is_elsewhere = true;
        Self {
            is_elsewhere,
            ..Self::new(mirrors, source)
        }
    }

    pub(super) fn is_of_server(&self) -> bool {
        self.is_elsewhere
    }

    /// Reads the source, and judges what it says.
    pub(super) fn read(&mut self, source: &Directory, reading: &Reading<'_>) -> Part {
        self.read_telling(source, reading, &mut |_| {})
    }

    /// The same, saying how far it is.
    pub(super) fn read_telling(
        &mut self,
        source: &Directory,
        reading: &Reading<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Part {
        let mut part = Part::begin(source);
        let filled = match &source.place {
            Place::File(_) => self.fill(source, reading, &mut part),
            Place::Ldap(_) | Place::Graph(_) => self.ask_now(reading, &mut part, progress),
        };
        match filled {
            Ok(()) => self.settle(source, reading, &mut part),
            Err(error) => {
                self.note_failure(&error, reading.now, None);
                part.standing = Standing::Failed(error);
            }
        }
        part.facts = self.view().and_then(|view| view.facts().ok());
        part
    }

    /// Lets a server be read.
    pub(super) async fn ask(
        &mut self,
        server: &mut dyn Server,
        part: &mut Part,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), (SourceError, Option<Duration>)> {
        self.fingerprint = server.fingerprint();
        let failed = |error: MirrorError| (SourceError::from(error), None);
        let damage = self.open().map_err(failed)?;
        part.damage = damage.map(|damage| damage.to_string());
        let Kept::Ours(mirror) = &mut self.kept else {
            return Err(failed(MirrorError::Busy));
        };
        match server.round(mirror, progress).await {
            Ok(()) => Ok(()),
            Err(error) => {
                if error.is_damage {
                    part.damage = Some(error.why.clone());
                    self.set_aside();
                }
                let retry_after = error.retry_after;
                Err((error.into(), retry_after))
            }
        }
    }

    /// A command asks the server itself, unless a gateway runs that does. Who only looks, asks nobody.
    fn ask_now(
        &mut self,
        reading: &Reading<'_>,
        part: &mut Part,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), SourceError> {
        let server = network::servers().make(&self.source, reading.config);
        let (Some(make), Purpose::Keep | Purpose::Sync) = (server, reading.purpose) else {
            return self.look_at_mirror(part);
        };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        match runtime.block_on(self.ask(make().as_mut(), part, progress)) {
            Ok(()) => Ok(()),
            Err((SourceError::Mirror(MirrorError::Busy), _)) => {
                self.kept = Kept::Theirs(View::open(&self.file)?);
                self.take_theirs(part)
            }
            Err((error, _)) => Err(error),
        }
    }

    /// What was last read of a server.
    fn look_at_mirror(&mut self, part: &mut Part) -> Result<(), SourceError> {
        match View::open(&self.file) {
            Ok(view) => self.kept = Kept::Theirs(view),
            Err(error) if error.is_missing() => return Err(SourceError::NeverRead),
            Err(error) => return Err(error.into()),
        }
        self.take_theirs(part)
    }

    /// Judges what the source says, and believes it or holds it back.
    pub(super) fn settle(&mut self, source: &Directory, reading: &Reading<'_>, part: &mut Part) {
        match self.judge(source, reading, part) {
            Ok(standing) => part.standing = standing,
            Err(error) => {
                if error.is_damage() {
                    part.damage = Some(error.to_string());
                    self.set_aside();
                }
                part.standing = Standing::Failed(error.into());
            }
        }
        self.held = match part.standing {
            Standing::HeldBack(_) => part.digest.clone(),
            Standing::Read | Standing::Failed(_) => None,
        };
    }

    /// The digest of what is held back.
    pub(super) fn held(&self) -> Option<String> {
        self.held.clone()
    }

    /// Notes in the mirror that the source could not be read, for whoever asks how it is.
    pub(super) fn note_failure(
        &mut self,
        error: &SourceError,
        now: UnixTime,
        next_try: Option<UnixTime>,
    ) {
        if let Kept::Ours(mirror) = &mut self.kept {
            // A mirror that cannot be written is told by the failure itself.
            let _ = mirror.failed(now, &error.to_string(), next_try);
        }
    }

    /// Another thread has read the source into the mirror.
    pub(super) fn take_report(&mut self, part: &Part) {
        self.generation = part.generation;
        self.look_away();
    }

    /// A view that is kept open keeps what the writer does from coming to the file.
    pub(super) fn look_away(&mut self) {
        if matches!(self.kept, Kept::Theirs(_)) {
            self.kept = Kept::Closed;
        }
    }

    /// The words of the source that count.
    pub(super) fn shelf<'a>(
        &'a mut self,
        number: usize,
        former: &'a Snapshot,
        standing: Option<&Standing>,
    ) -> Shelved<'a> {
        let is_to_be_believed = matches!(standing, Some(Standing::Read));
        self.open_if_closed();
        let said = match self.view() {
            Some(view) if is_to_be_believed => Said::Now(view),
            Some(view) if generation(view) > 0 => Said::Believed(view),
            Some(_) | None => Said::Formerly(former),
        };
        Shelved {
            number,
            source: &self.source,
            said,
        }
    }

    /// How often something new was believed.
    pub(super) fn generation(&self) -> u64 {
        self.view().map_or(self.generation, generation)
    }

    /// When it was last read to its end, as far as its mirror knows.
    pub(super) fn read_at(&self) -> Option<UnixTime> {
        self.view()?.facts().ok()?.read_at
    }

    /// A mirror that cannot be read is of no use: what it held is read anew. Until then the snapshot in force serves.
    pub(super) fn give_up(&mut self, error: &MirrorError) {
        self.kept = Kept::Closed;
        if error.is_damage() {
            self.set_aside();
        }
    }

    /// Its file, for whoever is told of it.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn view(&self) -> Option<&View> {
        match &self.kept {
            Kept::Ours(mirror) => Some(mirror.view()),
            Kept::Theirs(view) => Some(view),
            Kept::Closed => None,
        }
    }

    /// Looks into the mirror, if it is there.
    pub(super) fn open_if_closed(&mut self) {
        let is_closed = matches!(self.kept, Kept::Closed);
        if is_closed
            && (self.is_elsewhere || matches!(self.open(), Err(MirrorError::Busy)))
            && let Ok(view) = View::open(&self.file)
        {
            self.generation = generation(&view);
            self.kept = Kept::Theirs(view);
        }
    }

    fn set_aside(&mut self) {
        self.kept = Kept::Closed;
        // If it cannot be set aside either, opening it says why.
        let _ = Mirror::set_aside(&self.file);
    }

    /// Makes the mirror ours. Gives what was wrong with a former one.
    fn open(&mut self) -> Result<Option<MirrorError>, MirrorError> {
        if matches!(self.kept, Kept::Ours(_)) {
            return Ok(None);
        }
        if let Some(mirrors) = self.file.parent() {
            fs::create_dir_all(mirrors)?;
        }
        let (mirror, damage) = Mirror::open_or_renew(&self.file, &self.fingerprint)?;
        self.kept = Kept::Ours(mirror);
        Ok(damage)
    }

    fn fill(
        &mut self,
        source: &Directory,
        reading: &Reading<'_>,
        part: &mut Part,
    ) -> Result<(), SourceError> {
        match self.open() {
            Ok(damage) => part.damage = damage.map(|damage| damage.to_string()),
            // Whoever keeps it reads the source, too.
            Err(MirrorError::Busy) if reading.purpose != Purpose::Keep => {
                self.kept = Kept::Theirs(View::open(&self.file)?);
                return self.take_theirs(part);
            }
            Err(error) => return Err(error.into()),
        }
        let sides: Vec<SideName> = reading
            .config
            .sides
            .iter()
            .map(|side| SideName::from(&*side.name))
            .collect();
        let read = source::read(source, &sides)?;
        part.content = Some(read.digest);
        match self.put(&read.content, reading.config, part) {
            Err(error) if error.is_damage() => {
                part.damage = Some(error.to_string());
                self.give_up(&error);
                self.open()?;
                Ok(self.put(&read.content, reading.config, part)?)
            }
            other => Ok(other?),
        }
    }

    /// Puts what a file holds into the mirror.
    fn put(
        &mut self,
        content: &Content,
        config: &Config,
        part: &mut Part,
    ) -> Result<(), MirrorError> {
        let Kept::Ours(mirror) = &mut self.kept else {
            return Err(MirrorError::Busy);
        };
        match (content, &self.source.words) {
            (Content::Lines(listing), _) => {
                lines::fill(mirror, listing)?;
                part.take_lines(listing);
            }
            (Content::Table(table), Words::Preset(preset)) => {
                let setting = self.source.setting(config);
                part.take_rows(rows::fill(mirror, table, preset, &setting)?);
            }
            (Content::Table(_), Words::Csv | Words::Ldif(_)) => {}
        }
        Ok(())
    }

    /// What the keeper of the mirror last noted.
    fn take_theirs(&mut self, part: &mut Part) -> Result<(), SourceError> {
        let Kept::Theirs(view) = &self.kept else {
            return Ok(());
        };
        let facts = view.facts()?;
        part.people = facts.people as usize;
        part.is_theirs = true;
        match facts.failure {
            Some(failure) => Err(SourceError::Noted(failure.why)),
            None => Ok(()),
        }
    }

    fn judge(
        &mut self,
        source: &Directory,
        reading: &Reading<'_>,
        part: &mut Part,
    ) -> Result<Standing, MirrorError> {
        let Some(view) = self.view() else {
            return Ok(Standing::Read);
        };
        let proposal = view.proposal()?;
        let step = match generation(view) {
            0 => Step::from_former(&source.name, view, reading.former)?,
            _ => Step::of(&proposal),
        };
        let held = judge(source, step);
        let digest = proposal.digest.to_string();
        let is_believed = held.is_none()
            || reading.force.contains(&source.name)
            || approved(&reading.config.state_dir, &source.name).as_ref() == Some(&digest);
        part.digest = Some(digest);
        if held.is_some() && reading.purpose == Purpose::Look {
            part.touched = TouchedPeople::of(view)?;
        }
        if let (Kept::Ours(mirror), Purpose::Keep | Purpose::Sync) =
            (&mut self.kept, reading.purpose)
        {
            if is_believed {
                mirror.believe()?;
                mirror.succeeded(reading.now, None)?;
            } else {
                mirror.held_back(reading.now, None)?;
            }
            if part.content.is_none() {
                part.people = mirror.facts()?.people as usize;
            }
        }
        Ok(match held {
            Some(held) if !is_believed => Standing::HeldBack(held),
            Some(_) | None => Standing::Read,
        })
    }
}

/// A mirror that cannot say has believed nothing.
fn generation(view: &View) -> u64 {
    view.facts().map_or(0, |facts| facts.generation)
}

/// Files are read in full each time, so nothing in their mirrors depends on a setting.
const FILE: &str = "file";
