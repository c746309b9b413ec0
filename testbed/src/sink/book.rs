//! What a sink has seen.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::builder::Bounds;
use super::{Aborted, Message};
use crate::stamp::Stamp;
use crate::tls::TlsInfo;

/// Everything that a sink has recorded.
#[derive(Debug)]
pub struct Book {
    accepted: Vec<Arc<Message>>,
    refused: Vec<Arc<Message>>,
    aborted: Vec<Arc<Aborted>>,
    connections: Vec<Connection>,
    counts: Counts,
    /// How often each stamped message was accepted whole.
    intact: BTreeMap<String, usize>,
    damaged: Vec<String>,
    kept_octets: usize,
    bounds: Bounds,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where it came from.
    pub peer: SocketAddr,
    /// Every command line; chunks and content are none.
    pub commands: Vec<String>,
    /// Commands that had come before the reply to an earlier one was written (RFC 2920).
    pub pipelined: usize,
    /// The TLS session, once there is one.
    pub tls: Option<TlsInfo>,
    /// How it ended; `None`: it has not.
    pub departure: Option<Departure>,
}

/// How a connection, or the message on it, was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// By what.
    pub how: How,
    /// Where in the dialog.
    pub place: Place,
}

/// By what a connection, or the message on it, was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// QUIT.
    Quit,
    /// End of file; under TLS after a close_notify.
    Closed,
    /// End of file under TLS without a close_notify.
    Truncated,
    /// A TCP reset.
    Reset,
    /// RSET or another EHLO between two chunks: the message ended, the connection did not.
    GivenUp,
    /// The sink itself, by its script.
    BySink,
    /// The TLS handshake failed.
    Handshake(String),
    /// An error of the socket or of TLS, or a wait that was too long.
    Fault(String),
}

/// Where in the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before EHLO or HELO.
    Greeting,
    /// Within the TLS handshake.
    Handshake,
    /// Between transactions.
    Idle,
    /// After MAIL, before any content.
    Transaction,
    /// Within DATA: no terminator came.
    Data,
    /// Within a chunk: so many of its octets had not come.
    Chunk {
        /// How many.
        missing: usize,
    },
    /// After a chunk that was not the last.
    BetweenChunks,
    /// The message had ended; our reply to it was not written.
    End,
}

/// How much of everything there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections accepted.
    pub connections: usize,
    /// Of them, those still open.
    pub open: usize,
    /// TLS handshakes that succeeded.
    pub handshakes: usize,
    /// Of them, those that resumed a session.
    pub resumed: usize,
    /// TLS handshakes that failed.
    pub failed_handshakes: usize,
    /// Command lines.
    pub commands: usize,
    /// Messages that we took.
    pub accepted: usize,
    /// Messages that ended and that we did not take.
    pub refused: usize,
    /// Messages that never ended.
    pub aborted: usize,
    /// Octets of content, of all messages.
    pub octets: usize,
}

/// Stamped messages that were sent, against those that came. A message for two recipients in two transactions counts as
/// a duplicate here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Count {
    /// Came at least once and whole.
    pub received: usize,
    /// Never came whole.
    pub lost: Vec<String>,
    /// Came more than once.
    pub duplicate: Vec<String>,
    /// Came changed.
    pub damaged: Vec<String>,
    /// Came, and were not sent.
    pub strange: Vec<String>,
}

impl Count {
    /// Each came once, whole, and nothing else did.
    pub fn is_perfect(&self) -> bool {
        [&self.lost, &self.duplicate, &self.damaged, &self.strange]
            .iter()
            .all(|list| list.is_empty())
    }
}

impl Book {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            accepted: Vec::new(),
            refused: Vec::new(),
            aborted: Vec::new(),
            connections: Vec::new(),
            counts: Counts::default(),
            intact: BTreeMap::new(),
            damaged: Vec::new(),
            kept_octets: 0,
            bounds: bounds.clone(),
        }
    }

    /// The messages we took.
    pub fn accepted(&self) -> &[Arc<Message>] {
        &self.accepted
    }

    /// The messages that ended and that we did not take.
    pub fn refused(&self) -> &[Arc<Message>] {
        &self.refused
    }

    /// The messages that never ended.
    pub fn aborted(&self) -> &[Arc<Aborted>] {
        &self.aborted
    }

    /// The connections, in the order they came.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// How much of everything there was.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Compares the stamped messages that were accepted with those that were sent.
    pub fn count<S: AsRef<str>>(&self, sent: impl IntoIterator<Item = S>) -> Count {
        let mut count = Count {
            damaged: self.damaged.clone(),
            ..Count::default()
        };
        let mut unexplained = self.intact.clone();
        for id in sent {
            let id = id.as_ref();
            match unexplained.remove(id) {
                None => count.lost.push(id.to_owned()),
                Some(times) => {
                    count.received += 1;
                    if times > 1 {
                        count.duplicate.push(id.to_owned());
                    }
                }
            }
        }
        count.strange = unexplained.into_keys().collect();
        count
    }

    /// Begins a connection and gives it its number.
    pub(super) fn arrive(&mut self, peer: SocketAddr) -> usize {
        let number = self.counts.connections;
        self.counts.connections += 1;
        self.counts.open += 1;
        if self.connections.len() < self.bounds.kept_records {
            let connection = Connection {
                peer,
                commands: Vec::new(),
                pipelined: 0,
                tls: None,
                departure: None,
            };
            self.connections.push(connection);
        }
        number
    }

    pub(super) fn depart(&mut self, number: usize, departure: Departure) {
        self.counts.open -= 1;
        self.counts.failed_handshakes += usize::from(matches!(departure.how, How::Handshake(_)));
        if let Some(connection) = self.connections.get_mut(number) {
            connection.departure = Some(departure);
        }
    }

    pub(super) fn command(&mut self, number: usize, line: &str, pipelined: bool) {
        self.counts.commands += 1;
        let max = self.bounds.kept_records;
        if let Some(connection) = self.connections.get_mut(number) {
            connection.pipelined += usize::from(pipelined);
            if connection.commands.len() < max {
                connection.commands.push(line.to_owned());
            }
        }
    }

    pub(super) fn secured(&mut self, number: usize, tls: &TlsInfo) {
        self.counts.handshakes += 1;
        self.counts.resumed += usize::from(tls.resumed);
        if let Some(connection) = self.connections.get_mut(number) {
            connection.tls = Some(tls.clone());
        }
    }

    pub(super) fn accept(&mut self, message: Message, stamp: Stamp) {
        self.counts.accepted += 1;
        match stamp {
            Stamp::Intact(id) => *self.intact.entry(id).or_default() += 1,
            Stamp::Damaged(id) => self.damaged.push(id),
            Stamp::Absent => {}
        }
        let message = self.bounded(message);
        keep(&mut self.accepted, message, self.bounds.kept_records);
    }

    pub(super) fn refuse(&mut self, message: Message) {
        self.counts.refused += 1;
        let message = self.bounded(message);
        keep(&mut self.refused, message, self.bounds.kept_records);
    }

    pub(super) fn abort(&mut self, message: Message, departure: Departure) {
        self.counts.aborted += 1;
        let message = self.bounded(message);
        keep(
            &mut self.aborted,
            Aborted { message, departure },
            self.bounds.kept_records,
        );
    }

    /// Keeps no content of an accepted message.
    pub(super) fn forget(&mut self, message: &Arc<Message>) {
        let mut kept = self.accepted.iter_mut().rev();
        if let Some(kept) = kept.find(|kept| Arc::ptr_eq(kept, message)) {
            self.kept_octets -= kept.content.len();
            let mut rest = Message::clone(message);
            rest.content = Vec::new();
            *kept = Arc::new(rest);
        }
    }

    fn bounded(&mut self, mut message: Message) -> Message {
        self.counts.octets += message.octets;
        if self.kept_octets + message.content.len() > self.bounds.kept_octets {
            message.content = Vec::new();
        }
        self.kept_octets += message.content.len();
        message
    }
}

/// In one line, for the error of a wait.
impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.counts;
        write!(
            f,
            "{} connections ({} open), {} handshakes ({} failed), {} commands, {} messages accepted, {} refused, {} aborted",
            c.connections,
            c.open,
            c.handshakes,
            c.failed_handshakes,
            c.commands,
            c.accepted,
            c.refused,
            c.aborted
        )?;
        if let Some(last) = self.connections.last() {
            write!(f, "; last connection: {:?}", last.commands.last())?;
            if let Some(departure) = &last.departure {
                write!(f, ", {departure:?}")?;
            }
        }
        Ok(())
    }
}

fn keep<T>(list: &mut Vec<Arc<T>>, item: T, max: usize) {
    if list.len() < max {
        list.push(Arc::new(item));
    }
}
