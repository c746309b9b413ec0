//! A sink before it starts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::sync::watch;

use super::book::Book;
use super::door::{self, Door};
use super::{Script, Shared, Sink};
use crate::limits;

/// What is settled before a sink starts.
#[derive(Debug)]
pub struct Builder {
    addr: SocketAddr,
    script: Script,
    bounds: Bounds,
}

/// The bounds of one sink.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) connections: usize,
    pub(super) content: usize,
    pub(super) kept_octets: usize,
    pub(super) kept_records: usize,
}

impl Builder {
    pub(super) fn new() -> Self {
        let bounds = Bounds {
            connections: limits::CONNECTIONS_MAX,
            content: limits::CONTENT_MAX,
            kept_octets: limits::KEPT_OCTETS_MAX,
            kept_records: limits::KEPT_RECORDS_MAX,
        };
        Self {
            addr: (Ipv4Addr::LOCALHOST, 0).into(),
            script: Script::default(),
            bounds,
        }
    }

    /// Listens there; port 0 lets the system choose.
    #[must_use]
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        self
    }

    /// How it behaves from the first connection on.
    #[must_use]
    pub fn script(mut self, change: impl FnOnce(&mut Script) -> &mut Script) -> Self {
        change(&mut self.script);
        self
    }

    /// Serves at most so many connections at a time; more wait to be accepted.
    #[must_use]
    pub fn connections_max(mut self, connections: usize) -> Self {
        self.bounds.connections = connections.min(limits::CONNECTIONS_MAX);
        self
    }

    /// Takes at most so many octets of content a message; a longer one is swallowed and refused.
    #[must_use]
    pub fn content_max(mut self, octets: usize) -> Self {
        self.bounds.content = octets.min(limits::CONTENT_MAX);
        self
    }

    /// Keeps at most so many octets of content in all; later messages are recorded without theirs.
    #[must_use]
    pub fn kept_octets_max(mut self, octets: usize) -> Self {
        self.bounds.kept_octets = octets.min(limits::KEPT_OCTETS_MAX);
        self
    }

    /// Keeps at most so many records of each kind; what comes later is only counted.
    #[must_use]
    pub fn kept_records_max(mut self, records: usize) -> Self {
        self.bounds.kept_records = records.min(limits::KEPT_RECORDS_MAX);
        self
    }

    /// Keeps no content, no message, no connection: it only counts.
    #[must_use]
    pub fn keep_nothing(self) -> Self {
        self.kept_octets_max(0).kept_records_max(0)
    }

    /// Starts it.
    pub async fn start(self) -> io::Result<Sink> {
        let (door, addr) = Door::open(self.addr)?;
        let shared = Arc::new(Shared {
            script: watch::Sender::new(self.script),
            book: watch::Sender::new(Book::new(&self.bounds)),
            bounds: self.bounds,
        });
        let (orders, inbox) = door::orders();
        let task = tokio::spawn(door.serve(Arc::clone(&shared), inbox));
        let zero = || AtomicUsize::new(0);
        Ok(Sink {
            addr,
            shared,
            orders,
            door: task,
            handed_out: zero(),
            handed_out_aborted: zero(),
        })
    }
}
