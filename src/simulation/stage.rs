//! What the gateway asks of the world without being handed it: the time of day, and how long a disk takes.
//!
//! A run has its thread for itself, so that is where it is found. Elsewhere there is no simulation.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::chance::Chance;

/// A run is on this thread until it is dropped.
#[derive(Debug)]
pub(crate) struct Stage(());

#[derive(Debug)]
struct Props {
    began: Instant,
    chance: Chance,
}

impl Stage {
    pub(crate) fn enter(chance: Chance) -> Self {
        let began = Instant::now();
        PROPS.with_borrow_mut(|props| *props = Some(Props { began, chance }));
        Self(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        PROPS.with_borrow_mut(|props| *props = None);
    }
}

/// The time of day in a run.
pub(crate) fn system_time() -> Option<SystemTime> {
    PROPS.with_borrow(|props| {
        let elapsed = props.as_ref()?.began.elapsed();
        Some(SystemTime::UNIX_EPOCH + EPOCH + elapsed)
    })
}

/// In a run, work that waits for the disk takes a while, and no thread. Elsewhere it is given back.
pub(crate) fn spawn_slowly<T, W>(work: W) -> Result<JoinHandle<T>, W>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let wait = PROPS.with_borrow_mut(|props| Some(props.as_mut()?.chance.millis(0..=20)));
    let Some(wait) = wait else { return Err(work) };
    Ok(tokio::spawn(async move {
        sleep(wait).await;
        work()
    }))
}

/// In November 2026.
const EPOCH: Duration = Duration::from_secs(1_795_219_200);

thread_local! {
    static PROPS: RefCell<Option<Props>> = const { RefCell::new(None) };
}
