//! Space given back.
//!
//! A segment in which nothing is alive goes as a whole: it is used again or removed. What little is alive in a
//! segment that is mostly dead moves to the old log, in which only such octets are, so that what lives long is
//! not moved again and again beside what lives for a moment. A segment is emptied so only when at least three
//! quarters of it are dead: over any time, at most a third of what died is written again.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use crate::disk::{Access, read_full};
use crate::error::{ReadError, SpoolError};
use crate::id::QueueId;
use crate::index::{Index, Segment as Known, Spot};
use crate::item::{Body, Item, Seen, View};
use crate::limits;
use crate::lock;
use crate::log::{Age, Draughted, Log, Need, make_spare};
use crate::names;
use crate::segment::{Piece, Segment};
use crate::store::{Spool, Store};

/// An entry that was alive when its segment was read.
struct Survivor {
    id: QueueId,
    spot: Spot,
    item: Item,
}

impl Spool {
    /// Does up to `steps` pieces of the work that gives space back, and says how many there were.
    pub fn reclaim(&self, steps: usize) -> usize {
        let store = &*self.store;
        let is_done = |_: &usize| {
            store.remove_doomed() || store.retire() || store.empty_a_segment() || store.refill()
        };
        (0..steps).take_while(is_done).count()
    }
}

impl Store {
    /// Files of settled messages. What stays behind has no record, and goes when the spool is opened next.
    fn remove_doomed(&self) -> bool {
        let Some(name) = lock(&self.doomed).pop() else {
            return false;
        };
        let _ = self.disk.remove(&name);
        self.room.forget();
        true
    }

    /// Takes dead segments out of the log, then from the disk.
    fn retire(&self) -> bool {
        let mut log = lock(&self.log);
        let dead = self.dead(&log);
        if dead.is_empty() {
            return false;
        }
        let items = dead.iter().map(|&(generation, _)| Item::Retire {
            generation: generation.into(),
        });
        let records = [Draughted::new(items.collect(), Need::Settlement)];
        let mut result = Ok(());
        log.write(self, Age::Young, &records, |_, fate| {
            result = fate.map(|_| ());
        });
        if result.is_err() {
            return false;
        }
        for (generation, is_spotless) in dead {
            lock(&self.index).segments.remove(&generation);
            self.give_back(&mut log, generation.into(), is_spotless);
        }
        self.crowded.store(false, Ordering::Relaxed);
        self.room.forget();
        true
    }

    /// Sealed segments that nothing needs. A segment as young as the roster may hold settlements that count.
    fn dead(&self, log: &Log) -> Vec<(u32, bool)> {
        let index = lock(&self.index);
        let is_dead = |generation: u32, segment: &Known| {
            let is_covered = segment.old || u64::from(generation) < log.roster_generation;
            segment.sealed && segment.live == 0 && !segment.stuck && is_covered
        };
        let segments = index.segments.iter();
        let dead = segments.filter(|(generation, segment)| is_dead(**generation, segment));
        let dead = dead.map(|(generation, segment)| (*generation, segment.is_spotless));
        dead.take(RETIRED_AT_ONCE).collect()
    }

    /// A written segment is worth keeping: writing over it costs less than writing it for the first time.
    fn give_back(&self, log: &mut Log, generation: u64, is_spotless: bool) {
        let name = names::segment(generation);
        if !is_spotless || log.spares.len() >= limits::SPARES_KEPT {
            let _ = self.disk.remove(&name);
            return;
        }
        let number = log.number_spare();
        // Its name must be gone for good before it is written over.
        let is_spare = self.disk.rename(&name, &names::spare(number)).is_ok()
            && self.disk.sync_directory("").is_ok();
        match is_spare {
            true => log.spares.push(number),
            false => {
                let _ = self.disk.remove(&names::spare(number));
            }
        }
    }

    /// Moves what is alive in one mostly dead segment.
    fn empty_a_segment(&self) -> bool {
        if self.crowded.load(Ordering::Relaxed) {
            return false;
        }
        let victim = {
            let index = lock(&self.index);
            let is_victim = |segment: &&Known| segment.is_mostly_dead();
            let mut segments = index.segments.iter();
            segments
                .find(|(_, segment)| is_victim(segment))
                .map(|(generation, segment)| (*generation, segment.end))
        };
        let Some((generation, end)) = victim else {
            return false;
        };
        let moved = match self.survivors(generation, end) {
            Ok(survivors) => self.move_all(survivors),
            Err(_) => Ok(()),
        };
        if moved.is_err() {
            self.crowded.store(true, Ordering::Relaxed);
            return false;
        }
        // What could not be read stays where it is.
        if let Some(segment) = lock(&self.index).segments.get_mut(&generation) {
            segment.stuck = segment.live > 0;
        }
        true
    }

    /// What is alive in a segment, verified.
    fn survivors(&self, generation: u32, end: u64) -> Result<Vec<Survivor>, ReadError> {
        let name = names::segment(generation.into());
        let file = self.disk.open(&name, Access::Read)?;
        let mut octets = vec![0; usize::try_from(end).unwrap_or(usize::MAX)];
        let filled = read_full(&*file, &mut octets, 0)?;
        let segment = Segment {
            octets: &octets[..filled],
            uid: self.uid,
            generation: generation.into(),
            first_sequence: 0,
            least: end,
            limit: Some(end),
        };
        let mut survivors = Vec::new();
        segment.scan(|piece| {
            let Piece::Record(record) = piece else { return };
            for (extent, view) in View::all(record.payload).unwrap_or_default() {
                let spot = Spot {
                    segment: generation,
                    offset: u32::try_from(record.offset).unwrap_or(u32::MAX),
                    entry: extent.at,
                };
                survivors.extend(survivor(&lock(&self.index), spot, &view));
            }
        });
        Ok(survivors)
    }

    /// Writes survivors to the old log, little by little, so that nobody waits for long.
    fn move_all(&self, survivors: Vec<Survivor>) -> Result<(), SpoolError> {
        let mut survivors = survivors.into_iter().peekable();
        while survivors.peek().is_some() {
            let mut log = lock(&self.log);
            let mut records = Vec::new();
            let mut octets = 0;
            while octets < MOVED_AT_ONCE
                && let Some(survivor) = survivors.next()
            {
                let Some(item) = self.refreshed(survivor) else {
                    continue;
                };
                let record = Draughted::new(vec![item], Need::New);
                octets += record.octets();
                records.push(record);
            }
            let mut result = Ok(());
            log.write(self, Age::Old, &records, |record, fate| match fate {
                Ok(written) => {
                    self.apply(record, written);
                    self.moved.fetch_add(record.octets(), Ordering::Relaxed);
                }
                Err(error) => result = Err(error),
            });
            result?;
        }
        Ok(())
    }

    /// The entry as it is to be written now, if it is still alive where it was.
    fn refreshed(&self, survivor: Survivor) -> Option<Item> {
        let Survivor { id, spot, item } = survivor;
        let place = lock(&self.index).get(id)?;
        match item {
            Item::Add {
                id,
                meta,
                state,
                body,
            } if place.body == spot => {
                let state = match place.state {
                    Some(place) if place == spot => state,
                    // One that cannot be read keeps its message where it is.
                    Some(place) => Some(self.state(place).ok()?),
                    None => None,
                };
                Some(Item::Add {
                    id,
                    meta,
                    state,
                    body,
                })
            }
            Item::State { .. } if place.state == Some(spot) => Some(item),
            _ => None,
        }
    }

    /// Has segments ready before they are needed.
    fn refill(&self) -> bool {
        let number = {
            let mut log = lock(&self.log);
            if log.spares.len() >= limits::SPARES_KEPT {
                return false;
            }
            log.number_spare()
        };
        // Nobody waits while the disk finds room.
        if make_spare(self, number).is_err() {
            return false;
        }
        lock(&self.log).spares.push(number);
        self.crowded.store(false, Ordering::Relaxed);
        true
    }
}

impl Known {
    fn is_mostly_dead(&self) -> bool {
        let used = self.end.saturating_sub(limits::GROUP_ALIGNMENT);
        self.sealed && !self.stuck && self.live > 0 && self.live_octets * MOSTLY < used
    }
}

fn survivor(index: &Index, spot: Spot, view: &View<'_>) -> Option<Survivor> {
    let copy = Bytes::copy_from_slice;
    match *view {
        View::Add {
            id,
            meta,
            state,
            body,
        } => {
            let is_here = index.get(id)?.body == spot;
            let item = || Item::Add {
                id,
                meta: copy(meta),
                state: state.map(copy),
                body: match body {
                    Seen::Inline(octets) => Body::Inline(vec![copy(octets)]),
                    Seen::File { salt, octets } => Body::File { salt, octets },
                },
            };
            is_here.then(|| Survivor {
                id,
                spot,
                item: item(),
            })
        }
        View::State { id, state } => {
            let is_here = index.get(id)?.state == Some(spot);
            is_here.then(|| Survivor {
                id,
                spot,
                item: Item::State {
                    id,
                    state: copy(state),
                },
            })
        }
        View::Settle { .. } | View::Retire { .. } | View::Roster(_) => None,
    }
}

/// A segment is emptied when what is alive in it is less than one part of this many.
const MOSTLY: u64 = 4;
/// Octets moved while others wait.
const MOVED_AT_ONCE: u64 = 256 << 10;
/// Segments taken out of the log with one record.
const RETIRED_AT_ONCE: usize = 64;
