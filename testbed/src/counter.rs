//! A sink that only counts: it takes every numbered message as fast as it comes, looks whether it is intact, and keeps
//! nothing but that it was there.
//!
//! One blocking thread a connection; a thread that has served one waits for the next. For anything else than counting
//! there is [`crate::sink`].

mod session;
mod tally;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::limits;
use crate::load::Writes;
use crate::pipe::Room;
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
    writes: Writes,
    /// Threads that wait for a connection, and all of them.
    waiting: AtomicUsize,
    threads: AtomicUsize,
    closing: AtomicBool,
}

impl Counter {
    /// Takes mail in clear, and over TLS if it is told how.
    pub fn start(tls: Option<ServerTls>) -> io::Result<Self> {
        Self::start_with(tls, Writes::Whole)
    }

    /// The same, with replies written so.
    pub fn start_with(tls: Option<ServerTls>, writes: Writes) -> io::Result<Self> {
        Self::open(ANY, Arc::default(), tls, writes)
    }

    /// Another door of the same counter, with TLS of its own.
    pub fn door(&self, tls: Option<ServerTls>) -> io::Result<Self> {
        self.door_at(ANY, tls)
    }

    /// The same at an address where nobody has listened so far.
    pub fn door_at(&self, addr: SocketAddr, tls: Option<ServerTls>) -> io::Result<Self> {
        let tally = Arc::clone(&self.shared.tally);
        Self::open(addr, tally, tls, self.shared.writes)
    }

    fn open(
        addr: SocketAddr,
        tally: Arc<Tally>,
        tls: Option<ServerTls>,
        writes: Writes,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(addr)?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            tally,
            tls,
            writes,
            waiting: AtomicUsize::new(0),
            threads: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        spawn(&Arc::new(listener), &shared)?;
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
        wake(self.addr);
    }
}

/// Somebody waits in accept; who cannot be woken is gone already.
fn wake(addr: SocketAddr) {
    _ = TcpStream::connect_timeout(&addr, limits::WAIT);
}

fn spawn(listener: &Arc<TcpListener>, shared: &Arc<Shared>) -> io::Result<()> {
    let (listener, served) = (Arc::clone(listener), Arc::clone(shared));
    shared.threads.fetch_add(1, Ordering::Relaxed);
    // From now on it counts as waiting, so that two connections at once do not make three threads.
    shared.waiting.fetch_add(1, Ordering::Relaxed);
    let spawned = thread::Builder::new()
        .name("counter".to_owned())
        .stack_size(limits::COUNTER_STACK)
        .spawn(move || accept(&listener, &served));
    spawned.map(drop).inspect_err(|_| {
        shared.threads.fetch_sub(1, Ordering::Relaxed);
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
    })
}

/// Takes one connection after the other, and sees to it that somebody takes the next.
fn accept(listener: &Arc<TcpListener>, shared: &Arc<Shared>) {
    let mut room = Room::default();
    loop {
        let accepted = listener.accept();
        let others = shared.waiting.fetch_sub(1, Ordering::Relaxed) - 1;
        if shared.closing.load(Ordering::Relaxed) {
            if let (true, Ok(addr)) = (others > 0, listener.local_addr()) {
                wake(addr);
            }
            return;
        }
        if others == 0 && shared.threads.load(Ordering::Relaxed) < limits::COUNTER_CONNECTIONS_MAX {
            // Without another thread the next connection waits for one of ours to end.
            _ = spawn(listener, shared);
        }
        // An error of accept is the client's: it has gone before it was taken. However a session ends, what has been
        // counted counts.
        if let Ok((stream, _)) = accepted {
            let session = Session::new(stream, room, shared);
            room = session.and_then(Session::run).unwrap_or_default();
        }
        shared.waiting.fetch_add(1, Ordering::Relaxed);
    }
}

/// A port that is free.
const ANY: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
