//! A thread in front of the store: those who come at the same time share one sync.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::error::SpoolError;
use crate::limits;
use crate::lock;
use crate::store::Spool;

/// Writes what is submitted, group by group.
#[derive(Debug)]
pub struct Committer {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Who writes where there is no thread.
    writer: Option<Writer>,
}

/// The work of a committer without threads, done when its owner says so: time is his. Whoever waits when it is dropped
/// hears that the committer has stopped.
#[derive(Debug)]
pub struct Steps {
    shared: Arc<Shared>,
    spool: Spool,
}

/// Hears what is submitted.
struct Writer(Box<dyn Fn(Urgency) + Send + Sync>);

/// Whether somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A client waits for its reply.
    Now,
    /// It may wait a moment for company: settlements.
    Soon,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    came: Condvar,
    dirt: Mutex<Dirt>,
    dirtied: Condvar,
}

/// Whether there may be space to give back.
#[derive(Debug, Default)]
struct Dirt {
    is_there: bool,
    stopping: bool,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// When the oldest must be written, at the latest.
    due: Option<Instant>,
    stopping: bool,
}

struct Waiting {
    batch: Batch,
    done: Box<dyn FnOnce(Result<(), SpoolError>) + Send>,
}

impl Committer {
    /// Starts the thread.
    pub fn start(spool: Spool) -> io::Result<Self> {
        let mut committer = Self {
            shared: Arc::default(),
            threads: Vec::new(),
            writer: None,
        };
        let start = |name: &str, run: fn(&Shared, &Spool)| {
            let (shared, spool) = (Arc::clone(&committer.shared), spool.clone());
            let builder = thread::Builder::new().name(name.to_owned());
            builder.spawn(move || run(&shared, &spool))
        };
        let threads = [
            start("spool", Shared::run),
            start("spool-reclaim", Shared::reclaim),
        ];
        for thread in threads {
            committer.threads.push(thread?);
        }
        Ok(committer)
    }

    /// Starts none; `came` is called after each submission.
    pub fn stepped(spool: Spool, came: impl Fn(Urgency) + Send + Sync + 'static) -> (Self, Steps) {
        let shared = Arc::<Shared>::default();
        let committer = Self {
            shared: Arc::clone(&shared),
            threads: Vec::new(),
            writer: Some(Writer(Box::new(came))),
        };
        (committer, Steps { shared, spool })
    }

    /// Has the batch written, in the order of submission; `done` hears when it is durable, or why it is not. It is
    /// called by the thread that writes, and must not block.
    pub fn submit(
        &self,
        batch: Batch,
        urgency: Urgency,
        done: impl FnOnce(Result<(), SpoolError>) + Send + 'static,
    ) {
        let mut queue = lock(&self.shared.queue);
        if queue.stopping {
            drop(queue);
            return done(Err(SpoolError::Stopped));
        }
        let due = match urgency {
            Urgency::Now => Instant::now(),
            Urgency::Soon => Instant::now() + SOON,
        };
        // The thread sleeps unless something is due: wake it only if that comes earlier.
        let is_earlier = queue.due.is_none_or(|before| due < before);
        if is_earlier {
            queue.due = Some(due);
        }
        let done = Box::new(done);
        queue.waiting.push_back(Waiting { batch, done });
        drop(queue);
        if let Some(Writer(came)) = &self.writer {
            came(urgency);
        } else if is_earlier {
            self.shared.came.notify_one();
        }
    }

    /// Batches that wait to be written.
    pub fn waiting(&self) -> usize {
        lock(&self.shared.queue).waiting.len()
    }

    /// Writes everything that was submitted, then ends.
    pub fn stop(mut self) {
        self.join();
    }

    fn join(&mut self) {
        lock(&self.shared.queue).stopping = true;
        self.shared.came.notify_one();
        lock(&self.shared.dirt).stopping = true;
        self.shared.dirtied.notify_one();
        for thread in self.threads.drain(..) {
            // Whoever waited for one that panicked was told by the drop of its closure.
            let is_well = thread.join().is_ok();
            debug_assert!(
                is_well || thread::panicking(),
                "a thread of the spool panicked"
            );
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.join();
    }
}

impl Steps {
    /// Writes the next group; `false`: there is none.
    pub fn write(&self) -> bool {
        let group = lock(&self.shared.queue).take();
        let is_any = !group.is_empty();
        if is_any {
            write(group, &self.spool);
        }
        is_any
    }

    /// Does one piece of the work that gives space back; `false`: there is none.
    pub fn reclaim(&self) -> bool {
        self.spool.reclaim(1) > 0
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        let mut queue = lock(&self.shared.queue);
        queue.stopping = true;
        let waiting = std::mem::take(&mut queue.waiting);
        drop(queue);
        for one in waiting {
            (one.done)(Err(SpoolError::Stopped));
        }
    }
}

/// Writes a group and tells everybody; says whether it gives space back.
fn write(group: Vec<Waiting>, spool: &Spool) -> bool {
    let (batches, dones): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.batch, w.done)).unzip();
    let frees = batches.iter().any(Batch::frees);
    let fates = spool.append(batches);
    for (done, fate) in dones.into_iter().zip(fates) {
        done(fate);
    }
    frees
}

impl Shared {
    fn run(&self, spool: &Spool) {
        let mut groups = 0_u32;
        while let Some(group) = self.next() {
            let frees = write(group, spool);
            groups = groups.wrapping_add(1);
            if frees || groups.is_multiple_of(GROUPS_PER_RECLAIM) {
                let was_there = mem::replace(&mut lock(&self.dirt).is_there, true);
                if !was_there {
                    self.dirtied.notify_one();
                }
            }
        }
    }

    /// The next group; `None` once stopped and empty.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut queue = lock(&self.queue);
        loop {
            let now = Instant::now();
            let is_due = queue.due.is_some_and(|due| due <= now);
            if is_due || (queue.stopping && !queue.waiting.is_empty()) {
                return Some(queue.take());
            }
            if queue.stopping {
                return None;
            }
            let wait = queue.due.map_or(IDLE, |due| due - now);
            let woken = self.came.wait_timeout(queue, wait);
            queue = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives space back beside the writing, step by step, for as long as there is some. It looks now and then, not
    /// behind each group: most settlements free nothing yet, and a look is a wake-up.
    fn reclaim(&self, spool: &Spool) {
        loop {
            let mut dirt = lock(&self.dirt);
            while !dirt.is_there && !dirt.stopping {
                let woken = self.dirtied.wait(dirt);
                dirt = woken.unwrap_or_else(PoisonError::into_inner);
            }
            let is_on = |dirt: &mut Dirt| !dirt.stopping;
            let waited = self.dirtied.wait_timeout_while(dirt, BETWEEN_LOOKS, is_on);
            dirt = waited.unwrap_or_else(PoisonError::into_inner).0;
            if dirt.stopping {
                return;
            }
            dirt.is_there = false;
            drop(dirt);
            while spool.reclaim(1) > 0 && !lock(&self.dirt).stopping {}
        }
    }
}

impl Queue {
    /// As much as goes into one group.
    fn take(&mut self) -> Vec<Waiting> {
        let mut group = Vec::new();
        let mut octets = 0;
        while let Some(waiting) = self.waiting.pop_front() {
            octets += waiting.batch.octets();
            group.push(waiting);
            if octets >= limits::GROUP_OCTETS_MAX || group.len() >= limits::GROUP_BATCHES_MAX {
                break;
            }
        }
        if self.waiting.is_empty() {
            self.due = None;
        }
        group
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer(..)")
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.batch.fmt(f)
    }
}

const SOON: Duration = Duration::from_millis(limits::SOON_MILLISECONDS);
/// Nothing happens meanwhile that would not wake the thread.
const IDLE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(limits::LOOK_MILLISECONDS);
/// The next segment is made ready beside the writing.
const GROUPS_PER_RECLAIM: u32 = 16;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{Entry, QueueId};

    fn state(octets: usize) -> Waiting {
        let id = QueueId::from_number(1);
        let state = Bytes::from(vec![b'x'; octets]);
        Waiting {
            batch: Batch::of(Entry::State { id, state }),
            done: Box::new(|_| {}),
        }
    }

    fn groups(waiting: impl Iterator<Item = Waiting>) -> Vec<usize> {
        let mut queue = Queue {
            waiting: waiting.collect(),
            ..Queue::default()
        };
        let mut groups = Vec::new();
        while !queue.waiting.is_empty() {
            groups.push(queue.take().len());
        }
        groups
    }

    #[test]
    fn a_group_has_so_many_batches_and_no_more() {
        let max = limits::GROUP_BATCHES_MAX;
        let few = |count| groups((0..count).map(|_| state(1)));
        assert_eq!(few(max), [max]);
        assert_eq!(few(max + 1), [max, 1]);
    }

    #[test]
    fn a_group_ends_where_it_has_its_octets() {
        let half = limits::GROUP_OCTETS_MAX / 2;
        let of = |octets: [usize; 3]| groups(octets.into_iter().map(state));
        assert_eq!(of([half, half - 1, 9]), [3], "one octet was missing");
        assert_eq!(of([half, half, 9]), [2, 1]);
    }
}
