//! Who sees to it that what is due is tried: the earliest first, each side for itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::dispatcher::{Dispatcher, Leave};
use super::{Queue, now};
use crate::limits;
use crate::services::Services;

/// The task that starts attempts.
#[derive(Debug)]
pub(crate) struct Runner {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    dispatcher: Arc<Dispatcher>,
}

impl Runner {
    /// Starts; attempts run on `runtimes` in turn, unless they begin where their message came in.
    pub(crate) fn start(queue: Arc<Queue>, services: Arc<Services>, runtimes: Vec<Handle>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let dispatcher = Arc::new(Dispatcher::new(Arc::clone(&queue), Arc::clone(&services)));
        queue.dispatch_by(&dispatcher);
        let round = Round {
            queue,
            services,
            runtimes,
            turn: 0,
            dispatcher: Arc::clone(&dispatcher),
            write_again: Instant::now(),
        };
        Self {
            stop,
            task: tokio::spawn(round.run(stopped)),
            dispatcher,
        }
    }

    /// Begins nothing new, and waits a while for what is under way.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(true); // it may have ended
        let _ = self.task.await;
        let _ = timeout(limits::DRAIN, self.dispatcher.stop()).await; // what is cut off is tried again after the start
    }
}

struct Round {
    queue: Arc<Queue>,
    services: Arc<Services>,
    runtimes: Vec<Handle>,
    turn: usize,
    dispatcher: Arc<Dispatcher>,
    /// When what the disk refused is written again.
    write_again: Instant,
}

impl Round {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let wake = self.start_what_is_due();
            tokio::select! {
                biased;
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
        if self.write_again > Instant::now() {
            wake = WRITE_AGAIN;
        } else if self.queue.write_again() {
            self.write_again = Instant::now() + WRITE_AGAIN;
            wake = WRITE_AGAIN;
        }
        let shapes = self.queue.waiting().shapes();
        for shape in shapes {
            let Some(next) = shape.next else { continue };
            let wait = u64::try_from(next.saturating_sub(now)).unwrap_or(0);
            if wait > 0 {
                wake = wake.min(Duration::from_secs(wait));
                continue;
            }
            if self.dispatcher.leave(&shape.side, &generation) == Leave::Down {
                wake = wake.min(BREAKER_LOOK);
            }
            while let Some(attempt) = self.dispatcher.next(&shape.side) {
                let runtime = &self.runtimes[self.turn % self.runtimes.len()];
                self.turn = self.turn.wrapping_add(1);
                self.dispatcher.begin(attempt, runtime);
            }
        }
        wake
    }
}

/// Nothing is due for so long that somebody should look all the same.
const LONGEST: Duration = Duration::from_secs(60);
/// The disk may be well again.
const WRITE_AGAIN: Duration = Duration::from_secs(5);
/// How often a side that is left alone is looked at again.
const BREAKER_LOOK: Duration = Duration::from_millis(500);
