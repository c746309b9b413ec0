//! The directory: from its sources to the snapshot that routing reads.
//!
//! One task looks at the source files several times a second, reads them when they changed, merges them and publishes
//! a whole new snapshot. Who asks only ever sees the snapshot: no question waits for a source, and none fails because
//! a source is gone. The last good snapshot is on disk and serves from the first moment after a restart.

use std::sync::Arc;

use arc_swap::ArcSwap;
use routing::{Snapshot, UnixTime};
use tokio::sync::watch;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

use crate::clock;
use crate::config::Config;
use crate::event::{self, Events};
use crate::limits::DIRECTORY_INTERVAL;

mod approval;
#[cfg(test)]
mod chance;
mod circle;
mod complaint;
mod desk;
mod guard;
mod keeper;
mod kept;
mod lines;
mod membership;
mod network;
mod patch;
mod post;
mod round;
mod rows;
mod server;
mod shelf;
mod sideless;
mod source;
mod touched;
mod whole;

pub(crate) use approval::approve;
pub(crate) use complaint::Complaint;
pub(crate) use desk::Purpose;
use keeper::Keeper;
pub(crate) use kept::{Kept, Source as KeptSource};
pub(crate) use round::{Part, Round, Standing};
pub(crate) use sideless::SidelessSystem;

/// The file of the last good snapshot within `state_dir`.
pub(crate) const SNAPSHOT_FILE: &str = "snapshot";

/// Who lives where, kept up to date until `shutdown`.
#[derive(Debug)]
pub struct Directory {
    snapshot: Arc<ArcSwap<Snapshot>>,
    published: watch::Receiver<Arc<Snapshot>>,
    orders: watch::Sender<Order>,
}

/// Why there is no directory.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A fault of ours.
    #[error("the first reading of the directory did not end: {0}")]
    Reading(#[from] JoinError),
}

#[derive(Debug, Clone)]
enum Order {
    Keep(Arc<Config>),
    End,
}

impl Directory {
    /// Opens the stored snapshot. Where it cannot serve, the sources are read once first, so that nobody is deferred
    /// for want of a directory that is there. Then keeps it up to date.
    pub async fn start(config: Arc<Config>, events: Events) -> Result<Self, StartError> {
        let (orders, received) = watch::channel(Order::Keep(Arc::clone(&config)));
        let mut keeper = Keeper::open(config, events.clone());
        if !keeper.can_serve(now()) {
            keeper = spawn_blocking(move || keeper.look(now())).await?;
        }
        let snapshot = Arc::new(ArcSwap::new(keeper.snapshot()));
        let (publish, published) = watch::channel(keeper.snapshot());
        let publisher = Publisher {
            snapshot: Arc::clone(&snapshot),
            publish,
        };
        tokio::spawn(keep(keeper, publisher, received, events));
        Ok(Self {
            snapshot,
            published,
            orders,
        })
    }

    /// Everybody, as of now. Never waits.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Waits until a snapshot is as wanted; `None` if the directory ends before that.
    pub async fn wait_for(
        &self,
        mut wanted: impl FnMut(&Snapshot) -> bool,
    ) -> Option<Arc<Snapshot>> {
        let mut published = self.published.clone();
        let found = published.wait_for(|snapshot| wanted(snapshot)).await;
        found.ok().map(|snapshot| Arc::clone(&snapshot))
    }

    /// From now on the sources and sides of this configuration count.
    pub fn reload(&self, config: Arc<Config>) {
        let _ = self.orders.send(Order::Keep(config)); // nobody listens only after `shutdown`
    }

    /// Ends the task and waits for that; the last snapshot remains.
    pub async fn shutdown(&self) {
        let _ = self.orders.send(Order::End);
        self.orders.closed().await;
    }
}

/// A directory that reads nothing: whoever holds it says who lives where.
#[cfg(test)]
impl Directory {
    pub(crate) fn of(snapshot: Snapshot) -> Self {
        let snapshot = Arc::new(snapshot);
        Self {
            snapshot: Arc::new(ArcSwap::new(Arc::clone(&snapshot))),
            published: watch::channel(snapshot).1,
            orders: watch::channel(Order::End).0,
        }
    }

    pub(crate) fn put(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }
}

struct Publisher {
    snapshot: Arc<ArcSwap<Snapshot>>,
    publish: watch::Sender<Arc<Snapshot>>,
}

impl Publisher {
    fn publish(&self, snapshot: Arc<Snapshot>) {
        if !Arc::ptr_eq(&snapshot, &self.publish.borrow()) {
            self.snapshot.store(Arc::clone(&snapshot));
            self.publish.send_replace(snapshot);
        }
    }
}

/// The task. Reading files blocks, so the keeper travels to a thread for that and back.
async fn keep(
    mut keeper: Keeper,
    publisher: Publisher,
    mut orders: watch::Receiver<Order>,
    events: Events,
) {
    let mut ticks = interval(DIRECTORY_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let order = tokio::select! {
            _ = ticks.tick() => None,
            changed = orders.changed() => Some(changed.map_or(Order::End, |()| orders.borrow_and_update().clone())),
        };
        let looked = spawn_blocking(move || match order {
            None => (keeper.look(now()), true),
            Some(Order::Keep(config)) => (keeper.reload(config).look(now()), true),
            Some(Order::End) => (keeper.close(), false),
        });
        let goes_on;
        (keeper, goes_on) = match looked.await {
            Ok(looked) => looked,
            Err(error) => return events.emit(event::directory::stopped(&error.to_string())),
        };
        publisher.publish(keeper.snapshot());
        if !goes_on {
            return;
        }
    }
}

/// The time by which everything here goes.
pub(crate) fn now() -> UnixTime {
    UnixTime::from(clock::system_time())
}
