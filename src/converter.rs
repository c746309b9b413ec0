//! Where messages are rewritten: on a few threads of their own, within a bounded memory.
//!
//! A conversion is work for the processor, and every session lives on a thread with many others.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::{blocking, limits};

/// As many conversions at a time as there are cores.
#[derive(Debug)]
pub(crate) struct Converter {
    threads: Arc<Semaphore>,
    /// Of [`UNIT`] octets each.
    memory: Arc<Semaphore>,
    octets: usize,
    /// One a TNEF part that is held while its message streams: its sender may be slow, and must not hold up others.
    late: Arc<Semaphore>,
}

/// The memory that one message takes while it is converted and sent.
#[derive(Debug)]
pub(crate) struct Room {
    _memory: OwnedSemaphorePermit,
}

/// Why a message was not converted. `Display` is the operator's sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotConverted {
    /// Too much is being converted.
    #[error("no room among the conversions within {} s", limits::CONVERSION_WAIT.as_secs())]
    Busy,
    /// It is our fault, and the message must not suffer from it.
    #[error("the conversion broke off")]
    Panicked,
}

impl Converter {
    pub(crate) fn new() -> Self {
        let threads = available_parallelism().map_or(1, usize::from);
        Self::within(threads, limits::CONVERSION_MEMORY)
    }

    fn within(threads: usize, octets: usize) -> Self {
        Self {
            threads: Arc::new(Semaphore::new(threads)),
            memory: Arc::new(Semaphore::new(octets / UNIT)),
            octets,
            late: Arc::new(Semaphore::new(limits::LATE_PARTS)),
        }
    }

    /// Waits for room for a message of so many octets. One that is larger than all of it waits for all of it.
    pub(crate) async fn room(&self, octets: u64) -> Result<Room, NotConverted> {
        let units = octets
            .saturating_mul(limits::CONVERSION_FACTOR as u64)
            .div_ceil(UNIT as u64)
            .min((self.octets / UNIT) as u64);
        let units = u32::try_from(units).map_err(|_| NotConverted::Busy)?;
        let memory = Arc::clone(&self.memory).acquire_many_owned(units);
        match timeout(limits::CONVERSION_WAIT, memory).await {
            Ok(Ok(_memory)) => Ok(Room { _memory }),
            Ok(Err(_)) | Err(_) => Err(NotConverted::Busy),
        }
    }

    /// A place for a part that shows late, if there is one.
    pub(crate) fn late(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.late).try_acquire_owned().ok()
    }

    /// Does `work` on a thread that no session lives on.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotConverted> {
        let thread = Arc::clone(&self.threads).acquire_owned();
        let Ok(Ok(thread)) = timeout(limits::CONVERSION_WAIT, thread).await else {
            return Err(NotConverted::Busy);
        };
        let done = blocking::spawn(move || {
            let done = work();
            drop(thread); // given back also where nobody waits for the answer any more, and not before
            done
        });
        done.await.map_err(|_| NotConverted::Panicked)
    }
}

const UNIT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn memory_at_the_bound_and_one_past() {
        let converter = Converter::within(1, 30 * UNIT);
        let five = 5 * UNIT as u64; // counted three times
        let first = converter.room(five).await.expect("half of it");
        let second = converter.room(five).await.expect("the other half");
        assert_eq!(converter.room(1).await.err(), Some(NotConverted::Busy));
        drop((first, second));
        assert!(converter.room(1 << 40).await.is_ok(), "all of it");
    }

    #[tokio::test(start_paused = true)]
    async fn threads_at_the_bound_and_one_past() {
        let converter = Arc::new(Converter::within(1, 0));
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let busy = Arc::clone(&converter);
        let first = tokio::spawn(async move {
            let work = move || {
                let _ = begun.send(()); // the test waits for it
                wait.recv().is_ok()
            };
            busy.run(work).await
        });
        begins.await.expect("it has begun");
        let waiting = Arc::clone(&converter);
        let second = tokio::spawn(async move { waiting.run(|| ()).await });
        tokio::task::yield_now().await; // it waits now
        // Time does not pass by itself while a thread is busy.
        tokio::time::advance(limits::CONVERSION_WAIT).await;
        assert_eq!(second.await.expect("no panic"), Err(NotConverted::Busy));
        go.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Ok(true));
        assert_eq!(converter.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn what_breaks_off_gives_its_thread_back() {
        let converter = Converter::within(1, 0);
        for _ in 0..2 {
            let broken = converter.run(|| panic!("as it should")).await;
            assert_eq!(broken, Err::<(), _>(NotConverted::Panicked));
        }
    }
}
