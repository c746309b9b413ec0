//! The fast load source: numbered messages over so many sessions, for so long, with the time of every reply.
//!
//! One blocking thread a session, and one write for each step of the dialog. What it sends [`crate::counter`] counts.

mod report;
mod session;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::limits;
use crate::load::{Errand, Pipelining, Turnover, Writes};
use crate::numbered::Template;
use crate::tls::ClientTls;

pub use report::Report;

use session::Session;
pub(crate) use session::connect;

/// What is to be sent. See [`crate::counter::Counter`] for an example.
#[derive(Debug, Clone)]
pub struct Flood {
    server: SocketAddr,
    sessions: usize,
    octets: usize,
    first: u64,
    messages: u64,
    time: Duration,
    recipients: Vec<String>,
    recipients_each: usize,
    errand: Errand,
    turnover: Turnover,
    pipelining: Pipelining,
    writes: Writes,
    tls: Option<ClientTls>,
}

/// A flood beyond [`limits`].
#[derive(Debug, thiserror::Error)]
pub enum FloodError {
    /// More sessions than [`limits::LOAD_SESSIONS_MAX`], or none.
    #[error("{0} sessions are not between 1 and {max}", max = limits::LOAD_SESSIONS_MAX)]
    Sessions(usize),
    /// More messages than [`limits::COUNTED_MAX`].
    #[error("{0} messages are more than {max}", max = limits::COUNTED_MAX)]
    Messages(u64),
    /// Messages longer than [`limits::CONTENT_MAX`].
    #[error("{0} octets a message are more than {max}", max = limits::CONTENT_MAX)]
    Octets(usize),
    /// Longer than [`limits::FLOOD_TIME_MAX`].
    #[error("{} s are more than {}", .0.as_secs(), limits::FLOOD_TIME_MAX.as_secs())]
    Time(Duration),
    /// Nobody to send to.
    #[error("there is no recipient")]
    NoRecipient,
    /// More recipients a message than there are, or none.
    #[error("{0} recipients a message are not between 1 and {1}")]
    RecipientsEach(usize, usize),
    /// The system has no thread left.
    #[error("no thread for a session: {0}")]
    Thread(#[from] io::Error),
}

/// What the sessions share.
#[derive(Debug)]
struct Shared {
    flood: Flood,
    next: AtomicU64,
    deadline: Instant,
}

impl Shared {
    /// The number of the next message, as long as there is one to be sent.
    fn next(&self) -> Option<u64> {
        if Instant::now() >= self.deadline {
            return None;
        }
        let sent = self.next.fetch_add(1, Ordering::Relaxed);
        (sent < self.flood.messages).then_some(self.flood.first + sent)
    }
}

impl Flood {
    /// Messages of 10 000 octets over one session that stays, from number 1 on, as many as may be.
    pub fn to(server: SocketAddr) -> Self {
        Self {
            server,
            sessions: 1,
            octets: 10_000,
            first: 1,
            messages: limits::COUNTED_MAX,
            time: limits::FLOOD_TIME_MAX,
            recipients: vec!["anna.berg@contoso.com".to_owned()],
            recipients_each: 1,
            errand: Errand::Mail,
            turnover: Turnover::Never,
            pipelining: Pipelining::Off,
            writes: Writes::Whole,
            tls: None,
        }
    }

    /// How many sessions at a time.
    #[must_use]
    pub fn sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions;
        self
    }

    /// Octets of each message, to a line.
    #[must_use]
    pub fn octets(mut self, octets: usize) -> Self {
        self.octets = octets;
        self
    }

    /// The number of the first message.
    #[must_use]
    pub fn first(mut self, number: u64) -> Self {
        self.first = number;
        self
    }

    /// No more than so many messages.
    #[must_use]
    pub fn messages(mut self, messages: u64) -> Self {
        self.messages = messages;
        self
    }

    /// No message is begun after this time.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// The recipients, in turn.
    #[must_use]
    pub fn recipients(mut self, recipients: Vec<String>) -> Self {
        self.recipients = recipients;
        self
    }

    /// How many of them each message goes to; one, unless said.
    #[must_use]
    pub fn recipients_each(mut self, count: usize) -> Self {
        self.recipients_each = count;
        self
    }

    /// What connections are for. With greetings each number is a connection.
    #[must_use]
    pub fn errand(mut self, errand: Errand) -> Self {
        self.errand = errand;
        self
    }

    /// When a session takes a new connection.
    #[must_use]
    pub fn turnover(mut self, turnover: Turnover) -> Self {
        self.turnover = turnover;
        self
    }

    /// How the envelope is sent.
    #[must_use]
    pub fn pipelining(mut self, pipelining: Pipelining) -> Self {
        self.pipelining = pipelining;
        self
    }

    /// How the words meet the network.
    #[must_use]
    pub fn writes(mut self, writes: Writes) -> Self {
        self.writes = writes;
        self
    }

    /// Speaks TLS.
    #[must_use]
    pub fn tls(mut self, tls: Option<ClientTls>) -> Self {
        self.tls = tls;
        self
    }

    /// Sends, and waits for every reply.
    pub fn run(self) -> Result<Report, FloodError> {
        self.check()?;
        let template = Template::new(REVERSE_PATH, &self.recipients[0], self.octets);
        let begin = Instant::now();
        let shared = Arc::new(Shared {
            deadline: begin + self.time,
            next: AtomicU64::new(0),
            flood: self,
        });
        let spawn = |_| {
            let session = Session::new(Arc::clone(&shared), template.clone());
            thread::Builder::new()
                .stack_size(limits::COUNTER_STACK)
                .spawn(|| session.run())
        };
        let sessions = (0..shared.flood.sessions).map(spawn);
        let sessions: Vec<_> = sessions.collect::<Result<_, _>>()?;
        let reports = sessions.into_iter().map(|session| {
            let died = || Report::failed("a session panicked".to_owned());
            session.join().unwrap_or_else(|_| died())
        });
        let mut report = reports.fold(Report::default(), Report::and);
        report.close(begin.elapsed());
        Ok(report)
    }

    fn check(&self) -> Result<(), FloodError> {
        if self.recipients.is_empty() {
            Err(FloodError::NoRecipient)
        } else if !(1..=self.recipients.len()).contains(&self.recipients_each) {
            let all = self.recipients.len();
            Err(FloodError::RecipientsEach(self.recipients_each, all))
        } else if !(1..=limits::LOAD_SESSIONS_MAX).contains(&self.sessions) {
            Err(FloodError::Sessions(self.sessions))
        } else if self.messages > limits::COUNTED_MAX {
            Err(FloodError::Messages(self.messages))
        } else if self.octets > limits::CONTENT_MAX {
            Err(FloodError::Octets(self.octets))
        } else if self.time > limits::FLOOD_TIME_MAX {
            Err(FloodError::Time(self.time))
        } else {
            Ok(())
        }
    }
}

const REVERSE_PATH: &str = "sender@fabrikam.com";
