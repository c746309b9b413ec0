//! Which messages are being tried, so that it is known after the process died of one.
//!
//! A mark is written and not synced: what the kernel has outlives a process, and no message ends the power. The mark of a
//! message that was tried alone tells for sure; of many that were under way together one may be at fault, so that each of them
//! is tried alone once, and nothing is counted against them.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use spool::QueueId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Marks {
    /// `None`: there is none, and a death leaves no trace.
    file: Option<File>,
    slots: Mutex<Slots>, // for an instant an attempt
    alone: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Slots {
    free: Vec<u64>,
    /// Slots that ever were in use.
    all: u64,
    suspects: HashSet<QueueId>,
}

/// A message that is being tried, until it is dropped.
#[derive(Debug)]
pub(super) struct Mark {
    marks: Arc<Marks>,
    slot: u64,
    id: QueueId,
    _alone: Option<OwnedSemaphorePermit>,
}

/// What the last process left: the messages that it was trying, and whether it is sure that it died of that one.
pub(super) type Left = BTreeMap<QueueId, bool>;

impl Marks {
    /// Without a file.
    pub(super) fn nowhere() -> Arc<Self> {
        Self::on(None, HashSet::new())
    }

    /// Reads what was left in the file at `path`, and begins anew.
    pub(super) fn open(path: &Path) -> io::Result<(Arc<Self>, Left)> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path)?;
        let mut octets = Vec::new();
        file.read_to_end(&mut octets)?;
        file.set_len(0)?;
        let left = left(&octets);
        let suspects = left.keys().copied().collect();
        Ok((Self::on(Some(file), suspects), left))
    }

    fn on(file: Option<File>, suspects: HashSet<QueueId>) -> Arc<Self> {
        let slots = Slots {
            suspects,
            ..Slots::default()
        };
        Arc::new(Self {
            file,
            slots: Mutex::new(slots),
            alone: Arc::new(Semaphore::new(1)),
        })
    }

    /// Marks a message that is about to be tried. `None`: it is to be tried alone, and another one is.
    pub(super) async fn begin(self: &Arc<Self>, id: QueueId) -> Option<Mark> {
        let is_suspect = self.lock().suspects.contains(&id);
        let alone = match is_suspect {
            false => None,
            true => {
                let turn = Arc::clone(&self.alone).acquire_owned();
                Some(timeout(TURN, turn).await.ok()?.ok()?)
            }
        };
        let mut slots = self.lock();
        let slot = slots.free.pop().unwrap_or_else(|| {
            slots.all += 1;
            slots.all - 1
        });
        drop(slots);
        self.write(slot, id.number(), u64::from(alone.is_some()));
        Some(Mark {
            marks: Arc::clone(self),
            slot,
            id,
            _alone: alone,
        })
    }

    /// What cannot be marked is tried all the same.
    fn write(&self, slot: u64, number: u64, alone: u64) {
        let mut octets = [0; SLOT];
        octets[..SLOT / 2].copy_from_slice(&number.to_le_bytes());
        octets[SLOT / 2..].copy_from_slice(&alone.to_le_bytes());
        if let Some(file) = &self.file {
            let _ = file.write_all_at(&octets, slot * SLOT as u64);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Mark {
    /// The process outlived it: nothing is held against it any more.
    fn drop(&mut self) {
        self.marks.write(self.slot, 0, 0);
        let mut slots = self.marks.lock();
        slots.suspects.remove(&self.id);
        slots.free.push(self.slot);
    }
}

/// A message has one mark for each side that it was on its way to.
fn left(octets: &[u8]) -> Left {
    let number = |octets: &[u8]| octets.try_into().map_or(0, u64::from_le_bytes);
    let mut left = Left::new();
    for slot in octets.chunks_exact(SLOT) {
        let (id, alone) = slot.split_at(SLOT / 2);
        if number(id) != 0 {
            let sure = left.entry(QueueId::from_number(number(id))).or_default();
            *sure |= number(alone) != 0;
        }
    }
    if left.len() == 1 {
        left.values_mut().for_each(|sure| *sure = true);
    }
    left
}

/// A number and whether it is alone.
const SLOT: usize = 16;
/// A suspect waits so long for its turn before others may have its place.
const TURN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> QueueId {
        QueueId::from_number(number)
    }

    /// Marks at `path` after a death, and what was found.
    fn reopened(path: &Path) -> (Arc<Marks>, Vec<(u64, bool)>) {
        let (marks, left) = Marks::open(path).expect("a file");
        let left = left.into_iter().map(|(id, sure)| (id.number(), sure));
        (marks, left.collect())
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_tried_alone_is_known_for_sure() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("marks");
        let (marks, left) = reopened(&path);
        assert_eq!(left, []);
        // The process dies: nothing is dropped in order.
        let die = |mark: Option<Mark>| std::mem::forget(mark.expect("its turn"));
        for number in [7, 8, 7] {
            die(marks.begin(id(number)).await);
        }
        drop(marks.begin(id(9)).await);
        let (marks, left) = reopened(&path);
        assert_eq!(left, [(7, false), (8, false)], "one of both, who knows");
        let first = marks.begin(id(7)).await;
        assert!(
            marks.begin(id(8)).await.is_none(),
            "not beside another suspect"
        );
        die(marks.begin(id(9)).await);
        die(first);
        let (marks, left) = reopened(&path);
        assert_eq!(left, [(7, true), (9, false)]);
        drop(marks.begin(id(7)).await.expect("its turn"));
        let (_, left) = reopened(&path);
        assert_eq!(left, [], "nobody was under way");
    }

    #[tokio::test]
    async fn the_only_one_under_way_is_known_for_sure() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("marks");
        let (marks, _) = reopened(&path);
        let mark = marks.begin(id(7)).await;
        assert_eq!(reopened(&path).1, [(7, true)]);
        drop(mark);
        std::fs::write(&path, [1; 15]).expect("a file");
        assert_eq!(reopened(&path).1, [], "half a mark is none");
    }
}
