//! The threads that sessions live on.

use std::io;
use std::thread::{self, JoinHandle, available_parallelism};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// One runtime a core, and a session stays where it was accepted, with the connections to its hops. A wake-up across
/// threads costs as much as a reply, and a message has several.
#[derive(Debug)]
pub struct Workers {
    runtimes: Vec<Handle>,
    threads: Vec<Worker>,
}

#[derive(Debug)]
struct Worker {
    /// Dropping it ends the runtime.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Workers {
    /// No thread of their own: the runtime that this is called on.
    pub fn here() -> Self {
        Self {
            runtimes: vec![Handle::current()],
            threads: Vec::new(),
        }
    }

    /// As many as this process may use cores.
    pub fn one_per_core() -> io::Result<Self> {
        let count = available_parallelism().map_or(1, usize::from);
        let (mut runtimes, mut threads) = (Vec::new(), Vec::new());
        for number in 0..count {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtimes.push(runtime.handle().clone());
            let (stop, stopped) = oneshot::channel::<()>();
            let thread = thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || {
                    let _ = runtime.block_on(stopped); // an error is the end, too
                    runtime.shutdown_background(); // a question to a nameserver must not hold up the end
                })?;
            threads.push(Worker { stop, thread });
        }
        Ok(Self { runtimes, threads })
    }

    /// Where to spawn.
    pub(crate) fn runtimes(&self) -> &[Handle] {
        &self.runtimes
    }

    /// Waits for the end of every thread; whatever is still spawned there ends with it.
    pub(crate) fn end(self) {
        for Worker { stop, thread } in self.threads {
            drop(stop);
            let _ = thread.join(); // a panic there has been told by the panic hook
        }
    }
}
