//! From what is believed to the snapshot in force: as a patch where few changed, else all of it.

use std::sync::Arc;

use book::PeopleError;
use routing::{Snapshot, UnixTime};

use super::Keeper;
use super::aside::{Aside, Done, Gathered};
use crate::directory::circle::Circle;
use crate::directory::desk::Desk;
use crate::directory::patch::{self, Before, Patched};
use crate::directory::shelf::{Said, ShelfError, Shelved};
use crate::directory::sideless::Sideless;
use crate::directory::source::Stamp;
use crate::directory::whole::{self, Conflicts};
use crate::event;
use crate::limits::DIRECTORY_CIRCLE;

/// What the snapshot in force was built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Built {
    /// The generation of each mirror.
    pub(super) generations: Vec<u64>,
    /// The identity of each; nought where there is none.
    pub(super) mirrors: Vec<u64>,
    /// Nobody is in it but by what is believed. Else a change cannot be followed to all whom it concerns.
    pub(super) is_of_mirrors: bool,
}

impl Keeper {
    /// What was believed after the snapshot was stored comes in force before anything is read, if the program ended
    /// between. Then everybody is gathered all the same, as after every start.
    pub(super) fn catch_up(&mut self, now: UnixTime) {
        let Some(origin) = self
            .origin
            .take()
            .filter(|_| self.snapshot.len() > self.at_once)
        else {
            return;
        };
        let (base, stamps) = (Arc::clone(&self.snapshot), vec![None; self.desks.len()]);
        self.built = Some(origin);
        self.patch(&base, &stamps, now);
        self.built = None;
    }

    /// Whether something is believed that is not in force.
    pub(super) fn is_behind(&self) -> bool {
        let built = self.built.as_ref().map(|built| &built.generations);
        built != Some(&self.generations())
    }

    /// What is believed comes in force.
    pub(super) fn build(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        if self.aside.as_ref().is_some_and(Aside::is_gathering) {
            return; // it brings all that can be brought
        }
        let base = Arc::clone(&self.snapshot);
        if self.patch(&base, stamps, now) {
            return;
        }
        if self.snapshot.len() > self.at_once && self.can_serve(now) {
            self.gather_aside(stamps, now);
        } else {
            self.gather(stamps, now);
        }
    }

    /// Puts what changed since `base` was built over it; `false` if that is too much, or cannot be known.
    pub(super) fn patch(
        &mut self,
        base: &Snapshot,
        stamps: &[Option<Stamp>],
        now: UnixTime,
    ) -> bool {
        let Some(built) = self.built.clone().filter(|built| built.is_of_mirrors) else {
            return false;
        };
        self.desks.iter_mut().for_each(Desk::open_if_closed);
        let patched = self.patched(&built, base, stamps, now);
        let built = self.built_now(true);
        self.desks.iter_mut().for_each(Desk::look_away);
        let Ok(Some(patched)) = patched else {
            return false; // who gathers everybody meets the same fault
        };
        let Ok(snapshot) = patched.snapshot else {
            return false;
        };
        self.built = Some(built);
        if patched.changed {
            self.patched_at.get_or_insert(now);
        }
        self.publish(snapshot, patched.changed, &patched.conflicts);
        true
    }

    fn patched(
        &self,
        built: &Built,
        base: &Snapshot,
        stamps: &[Option<Stamp>],
        now: UnixTime,
    ) -> Result<Option<Patched>, PeopleError<ShelfError>> {
        let views: Vec<_> = self.desks.iter().map(Desk::view).collect();
        let mut changed = Vec::new();
        for (number, view) in views.iter().enumerate() {
            let (generation, mirror) = (built.generations[number], built.mirrors[number]);
            let since = view.map(|view| match view.identity()? == mirror || generation == 0 {
                true => view.changed_since(generation),
                false => Ok(None),
            });
            match since
                .transpose()
                .map_err(|error| ShelfError { number, error })?
            {
                Some(Some(since)) => changed.push(since),
                // A mirror that is not there, and never was.
                None if generation == 0 => changed.push(Vec::new()),
                Some(None) | None => return Ok(None),
            }
        }
        if changed.iter().map(Vec::len).sum::<usize>() > DIRECTORY_CIRCLE {
            return Ok(None);
        }
        let Some(circle) = Circle::around(&views, changed)? else {
            return Ok(None);
        };
        let before = Before {
            base,
            in_force: &self.snapshot,
        };
        let reads = self.reads(stamps, now, true);
        let sources: Vec<_> = self.config.directories.iter().zip(views).collect();
        patch::patch(&sources, &circle, before, now, reads).map(Some)
    }

    /// Gathers everybody. A mirror that turns out to be of no use is set aside; what its source gave before stays until
    /// it is read again.
    fn gather(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        for _ in 0..=self.desks.len() {
            self.desks.iter_mut().for_each(Desk::open_if_closed);
            let reads = self.reads(stamps, now, true);
            let shelves: Vec<_> = self
                .desks
                .iter_mut()
                .enumerate()
                .map(|(number, desk)| desk.shelf(number, &self.snapshot, None))
                .collect();
            let is_of_mirrors = is_of_mirrors(&shelves, &self.snapshot);
            let whole = whole::build(&shelves, &self.snapshot, now, reads);
            drop(shelves);
            self.built = Some(self.built_now(is_of_mirrors));
            self.desks.iter_mut().for_each(Desk::look_away);
            match whole {
                Ok(whole) => {
                    self.tell_sideless(whole.sideless);
                    return match whole.snapshot {
                        Ok(snapshot) => self.publish(snapshot, whole.changed, &whole.conflicts),
                        Err(error) => self.too_large(&error.to_string()),
                    };
                }
                Err(PeopleError::Source(error)) => self.give_up(&error, now),
                Err(error) => return self.too_large(&error.to_string()),
            }
        }
    }

    /// Gathers everybody in a thread of its own; what is in force serves meanwhile.
    fn gather_aside(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        self.desks.iter_mut().for_each(Desk::open_if_closed);
        let reads = self.reads(stamps, now, true);
        self.desks.iter_mut().for_each(Desk::look_away);
        let files = self
            .desks
            .iter()
            .map(|desk| desk.file().to_owned())
            .collect();
        let gathering = Aside::gather(&self.config, files, &self.snapshot, now, reads);
        match gathering {
            Ok(aside) => self.aside = Some(aside),
            Err(_) => self.gather(stamps, now), // no thread is to be had
        }
    }

    /// What was done beside, if it is done.
    pub(super) fn come_back(&mut self, stamps: &[Option<Stamp>], now: UnixTime) {
        let Some(aside) = self.aside.take_if(|aside| aside.is_done()) else {
            return;
        };
        match aside.join() {
            Some(Done::Gathered(Ok(gathered))) => self.take_gathered(*gathered, stamps, now),
            Some(Done::Gathered(Err(PeopleError::Source(error)))) => {
                self.give_up(&error, now);
                self.gather(stamps, now);
            }
            Some(Done::Gathered(Err(error))) => {
                self.built = Some(self.built_now(false));
                self.too_large(&error.to_string());
            }
            Some(Done::Stored(stored)) => self.take_stored(stored, stamps, now),
            None => self.built = None, // a fault of ours: all is gathered anew
        }
    }

    pub(super) fn take_gathered(
        &mut self,
        gathered: Gathered,
        stamps: &[Option<Stamp>],
        now: UnixTime,
    ) {
        self.built = Some(gathered.built);
        let whole = gathered.whole;
        self.tell_sideless(whole.sideless);
        let snapshot = match whole.snapshot {
            Ok(snapshot) => snapshot,
            Err(error) => return self.too_large(&error.to_string()),
        };
        // What was believed meanwhile comes in force with it, or else next.
        if self.is_behind() && self.patch(&snapshot, stamps, now) {
            (self.stored, self.patched_at) = (super::Stored::Behind, None);
            if whole.changed {
                self.events
                    .emit(event::directory::published(&self.snapshot));
            }
            return;
        }
        self.publish(snapshot, whole.changed, &whole.conflicts);
    }

    pub(super) fn publish(&mut self, snapshot: Snapshot, changed: bool, conflicts: &Conflicts) {
        if snapshot.patches() == 0 {
            self.patched_at = None;
        }
        self.snapshot = Arc::new(snapshot);
        self.in_force.store(Arc::clone(&self.snapshot));
        if changed {
            self.stored = super::Stored::Behind;
            self.events
                .emit(event::directory::published(&self.snapshot));
            if conflicts.total > 0 {
                self.events.emit(event::directory::conflicts(
                    &conflicts.kept,
                    conflicts.total,
                ));
            }
        }
    }

    /// Each system without a side is told once, until others are without one.
    fn tell_sideless(&mut self, sideless: Sideless) {
        if !sideless.is_like(&self.sideless) {
            for system in sideless.systems() {
                self.events.emit(event::directory::sideless(system));
            }
        }
        self.sideless = sideless;
    }

    /// What was read is not in force.
    fn too_large(&mut self, why: &str) {
        for watched in &mut self.watched {
            watched.is_read = false;
        }
        self.events.emit(event::directory::too_large(why));
    }

    fn give_up(&mut self, fault: &ShelfError, now: UnixTime) {
        let desk = &mut self.desks[fault.number];
        desk.give_up(&fault.error);
        self.events.emit(event::directory::copy_unusable(
            desk.file(),
            &fault.error.to_string(),
        ));
        let watched = &mut self.watched[fault.number];
        (watched.is_read, watched.failed_at) = (false, Some(now));
    }

    /// What the desks believe.
    fn built_now(&self, is_of_mirrors: bool) -> Built {
        let identity = |desk: &Desk| desk.view()?.identity().ok();
        Built {
            generations: self.generations(),
            mirrors: self
                .desks
                .iter()
                .map(|desk| identity(desk).unwrap_or(0))
                .collect(),
            is_of_mirrors,
        }
    }

    fn generations(&self) -> Vec<u64> {
        self.desks.iter().map(Desk::generation).collect()
    }
}

/// Whether a source that has no mirror gives anybody.
pub(super) fn is_of_mirrors(shelves: &[Shelved<'_>], former: &Snapshot) -> bool {
    let are_left = shelves
        .iter()
        .filter(|shelf| matches!(shelf.said, Said::Formerly(_)))
        .map(|shelf| shelf.source.name.as_str());
    let left: Vec<&str> = are_left.collect();
    left.is_empty()
        || former.iter().all(|view| {
            view.source()
                .is_none_or(|source| !left.contains(&&**source))
        })
}
