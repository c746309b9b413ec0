//! A sink that only counts: it takes every numbered message as fast as it comes, looks whether it is intact, and keeps
//! nothing but that it was there.
//!
//! One blocking thread a connection. For anything else than counting there is [`crate::sink`].

mod session;
mod tally;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::limits;
use crate::tls::ServerTls;

pub use tally::Count;

use session::Session;
use tally::Tally;

/// A running counter on a free port of 127.0.0.1. Dropped it takes no more connections; open ones end with their clients.
///
/// ```
/// use testbed::counter::Counter;
/// use testbed::flood::Flood;
///
/// let counter = Counter::start(None)?;
/// counter.begin(1);
/// let report = Flood::to(counter.addr()).messages(100).sessions(2).run()?;
/// assert_eq!((report.accepted, counter.count().unique), (100, 100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Counter {
    addr: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    tally: Arc<Tally>,
    tls: Option<ServerTls>,
    open: AtomicUsize,
    closing: AtomicBool,
}

impl Counter {
    /// Takes mail in clear, and over TLS if it is told how.
    pub fn start(tls: Option<ServerTls>) -> io::Result<Self> {
        Self::open(Arc::default(), tls)
    }

    /// Another door of the same counter, with TLS of its own.
    pub fn door(&self, tls: Option<ServerTls>) -> io::Result<Self> {
        Self::open(Arc::clone(&self.shared.tally), tls)
    }

    fn open(tally: Arc<Tally>, tls: Option<ServerTls>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            tally,
            tls,
            open: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::Builder::new()
            .name("counter".to_owned())
            .spawn(move || accept(&listener, &accepting))?;
        Ok(Self { addr, shared })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Counts from naught again: messages from this number on.
    pub fn begin(&self, first: u64) {
        self.shared.tally.begin(first);
    }

    /// What has come so far.
    pub fn count(&self) -> Count {
        self.shared.tally.count()
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        // It waits in accept; if it cannot be woken it is gone already.
        _ = TcpStream::connect_timeout(&self.addr, limits::WAIT);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.closing.load(Ordering::Relaxed) {
            return;
        }
        // An error is the client's: it has gone before it was taken.
        let Ok(stream) = stream else { continue };
        if shared.open.load(Ordering::Relaxed) < limits::COUNTER_CONNECTIONS_MAX {
            serve(stream, shared);
        }
    }
}

fn serve(stream: TcpStream, shared: &Arc<Shared>) {
    shared.open.fetch_add(1, Ordering::Relaxed);
    let held = Arc::clone(shared);
    let spawned = thread::Builder::new()
        .stack_size(limits::COUNTER_STACK)
        .spawn(move || {
            // However it ends, what has been counted counts.
            _ = Session::new(stream, &held).and_then(Session::run);
            held.open.fetch_sub(1, Ordering::Relaxed);
        });
    if spawned.is_err() {
        // The client sees its connection closed and comes again or counts a failure.
        shared.open.fetch_sub(1, Ordering::Relaxed);
    }
}
