//! The snapshot on disk: with each change while it is small, else after a while, and in one piece.

use std::io;

use routing::UnixTime;

use super::aside::{Aside, Done, Stored as Piece};
use super::origin::Origin;
use super::{Keeper, Stored};
use crate::directory::source::Stamp;
use crate::directory::whole::Conflicts;
use crate::event;
use crate::limits::{DIRECTORY_RETRY, SNAPSHOT_PATCHES, SNAPSHOT_TIMES_INTERVAL};

impl Keeper {
    pub(super) fn store(&mut self, now: UnixTime) {
        if self.aside.is_some() {
            return;
        }
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
        if self.snapshot.len() > self.at_once {
            self.store_aside(now);
        } else {
            self.store_now(now);
        }
    }

    /// Small as it is, it is made one piece with each change.
    fn store_now(&mut self, now: UnixTime) {
        if self.snapshot.patches() > 0 {
            match self.snapshot.folded() {
                Ok(folded) => self.put_in_place(folded),
                Err(_) => self.built = None, // a part of the file is damaged: all are gathered anew
            }
        }
        let written = self.snapshot.write(&self.file);
        if written.is_ok() {
            self.origin().note(&self.snapshot, self.built.as_ref());
        }
        self.note_stored(written, now);
    }

    fn store_aside(&mut self, now: UnixTime) {
        let is_new = self
            .patched_at
            .is_some_and(|then| now.since(then) < SNAPSHOT_TIMES_INTERVAL);
        if is_new && self.snapshot.patches() <= SNAPSHOT_PATCHES {
            return;
        }
        let (built, file) = (self.built.clone(), self.file.clone());
        match Aside::store(&self.snapshot, built, file, self.origin()) {
            Ok(aside) => self.aside = Some(aside),
            Err(error) => self.note_stored(Err(error), now),
        }
    }

    /// It is on disk in one piece, which takes the place of the patched one.
    pub(super) fn take_stored(&mut self, piece: Piece, stamps: &[Option<Stamp>], now: UnixTime) {
        let folded = match piece.folded {
            Ok(folded) => folded,
            Err(error) => return self.note_stored(Err(error), now),
        };
        self.note_stored(Ok(()), now);
        if self.built == piece.built {
            return self.put_in_place(folded);
        }
        self.stored = Stored::Behind;
        // What came in force meanwhile is a patch again.
        let (Some(built), since) = (self.built.clone(), self.patched_at) else {
            return;
        };
        self.built = piece.built;
        if self.patch(&folded, stamps, now) {
            self.patched_at = Some(now);
        } else {
            (self.built, self.patched_at) = (Some(built), since);
        }
    }

    fn put_in_place(&mut self, folded: routing::Snapshot) {
        let reads: Vec<_> = self.snapshot.sources().collect();
        let folded = folded.confirmed(&reads);
        self.publish(folded, false, &Conflicts::default());
    }

    fn note_stored(&mut self, written: io::Result<()>, now: UnixTime) {
        self.stored = match written {
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

    /// The last times go to disk, so that a restart knows how old the snapshot really is, and a patch with them.
    pub(super) fn store_at_the_end(&self) {
        if matches!(self.snapshot.write_times(&self.file), Ok(true)) {
            return;
        }
        // It was told before, if it cannot be written.
        let folded = self.snapshot.folded();
        if let Ok(folded) = folded
            && folded.write(&self.file).is_ok()
        {
            self.origin().note(&folded, self.built.as_ref());
        }
    }

    fn origin(&self) -> Origin {
        Origin::beside(&self.file, &self.config)
    }

    /// Whatever is done beside is not waited for, unless it writes the file.
    pub(super) fn leave(&mut self) {
        if let Some(aside) = self.aside.take()
            && !aside.is_gathering()
            && let Some(Done::Stored(piece)) = aside.join()
            && let Ok(folded) = piece.folded
            && self.built == piece.built
        {
            self.put_in_place(folded);
        }
    }
}
