//! Who sees to it that what is due is tried: the earliest first, each side for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::attempt::Attempt;
use super::report::UNDECIDED;
use super::{Queue, now};
use crate::limits;
use crate::services::Services;

/// The task that starts attempts.
#[derive(Debug)]
pub(crate) struct Runner {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    under_way: Arc<UnderWay>,
}

/// Attempts that have not ended.
#[derive(Debug, Default)]
struct UnderWay {
    count: AtomicUsize,
    fewer: Notify,
}

impl Runner {
    /// Starts; attempts run on `runtimes` in turn.
    pub(crate) fn start(queue: Arc<Queue>, services: Arc<Services>, runtimes: Vec<Handle>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let under_way = Arc::new(UnderWay::default());
        let round = Round {
            queue,
            services,
            runtimes,
            turn: 0,
            under_way: Arc::clone(&under_way),
        };
        Self {
            stop,
            task: tokio::spawn(round.run(stopped)),
            under_way,
        }
    }

    /// Begins nothing new, and waits a while for what is under way.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(true); // it may have ended
        let _ = self.task.await;
        let quiet = async {
            while self.under_way.count.load(Ordering::Acquire) > 0 {
                self.under_way.fewer.notified().await;
            }
        };
        let _ = timeout(limits::DRAIN, quiet).await; // what is cut off is tried again after the start
    }
}

struct Round {
    queue: Arc<Queue>,
    services: Arc<Services>,
    runtimes: Vec<Handle>,
    turn: usize,
    under_way: Arc<UnderWay>,
}

impl Round {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let wake = self.start_what_is_due();
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = self.queue.changed.notified() => {}
                () = sleep(wake) => {}
            }
        }
    }

    /// Starts as much as may be; comes back with the time until there may be more.
    fn start_what_is_due(&mut self) -> Duration {
        let generation = self.services.generation.load_full();
        let now = now();
        let mut wake = LONGEST;
        let shapes = self.queue.waiting().shapes();
        for shape in shapes {
            let Some(next) = shape.next else { continue };
            let wait = u64::try_from(next.saturating_sub(now)).unwrap_or(0);
            if wait > 0 {
                wake = wake.min(Duration::from_secs(wait));
                continue;
            }
            let name = match &*shape.side {
                "internet" => None,
                side => Some(side),
            };
            let may = match generation.way(name) {
                _ if &*shape.side == UNDECIDED => limits::QUEUE_ATTEMPTS,
                Some(way) if self.services.deliver.is_down(way) => {
                    wake = wake.min(BREAKER_LOOK);
                    0
                }
                Some(way) => self.services.deliver.places(way),
                None => limits::QUEUE_ATTEMPTS, // the side is gone: another may have its people
            };
            let mut busy = shape.busy;
            while busy < may
                && self.under_way.count.load(Ordering::Acquire) < limits::QUEUE_ATTEMPTS
            {
                let Some(id) = self.queue.waiting().take(&shape.side, now) else {
                    break;
                };
                busy += 1;
                self.begin(Attempt {
                    queue: Arc::clone(&self.queue),
                    services: Arc::clone(&self.services),
                    id,
                    side: Arc::clone(&shape.side),
                });
            }
        }
        wake
    }

    fn begin(&mut self, attempt: Attempt) {
        self.under_way.count.fetch_add(1, Ordering::AcqRel);
        let runtime = &self.runtimes[self.turn % self.runtimes.len()];
        self.turn = self.turn.wrapping_add(1);
        let (queue, under_way) = (Arc::clone(&self.queue), Arc::clone(&self.under_way));
        let (id, side) = (attempt.id, Arc::clone(&attempt.side));
        runtime.spawn(async move {
            // Within: a runtime that is told of two tasks from outside is woken twice.
            let task = tokio::spawn(attempt.run());
            let crashed = task.await.is_err_and(|error| error.is_panic());
            let are_more = queue.ended(id, &side, crashed).await;
            let before = under_way.count.fetch_sub(1, Ordering::AcqRel);
            under_way.fewer.notify_one();
            // Where all places were taken, others wait, too.
            if are_more || before >= limits::QUEUE_ATTEMPTS {
                queue.changed.notify_one();
            }
        });
    }
}

/// Nothing is due for so long that somebody should look all the same.
const LONGEST: Duration = Duration::from_secs(60);
/// How often a side that is left alone is looked at again.
const BREAKER_LOOK: Duration = Duration::from_millis(500);
