//! A bounded load source: so many stamped messages over so many sessions, each accounted for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::{Client, ClientError};
use crate::limits;
use crate::message;
use crate::reply::Reply;
use crate::tls::ClientTls;

/// What is to be sent.
///
/// ```no_run
/// # async fn example(gateway: std::net::SocketAddr, sink: testbed::sink::Sink) -> Result<(), testbed::load::LoadError> {
/// use testbed::load::{Load, Turnover};
///
/// let load = Load::new("run-1", ["anna.berg@contoso.com"]).messages(1000).sessions(20).size(10_000);
/// let report = load.turnover(Turnover::EachMessage).run(gateway).await?;
/// assert!(report.failed.is_empty(), "{}", report.failed[0].1);
/// assert!(sink.count(&report.accepted).is_perfect());
/// println!("{} messages in {:?}, median {:?}", report.accepted.len(), report.elapsed, report.latency(50));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Load {
    prefix: String,
    recipients: Vec<String>,
    reverse_path: String,
    messages: usize,
    sessions: usize,
    size: usize,
    pipelining: Pipelining,
    turnover: Turnover,
    tls: Option<ClientTls>,
}

/// How the envelope is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipelining {
    /// MAIL, RCPT and DATA in one write.
    On,
    /// One command after the other.
    Off,
}

/// How the words of a dialog meet the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Writes {
    /// Each step in one write, which leaves at once.
    #[default]
    Whole,
    /// In several, and every one waits until the one before is acknowledged (RFC 896), as in programs that never heard of
    /// TCP_NODELAY. A reader that delays its acknowledgements (RFC 1122 §4.2.3.2) makes them wait 40 ms each.
    Split,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Errand {
    /// Mail.
    #[default]
    Mail,
    /// A greeting, EHLO (over TLS once more), QUIT: what it costs to be called on.
    Greeting,
}

/// When a session takes a new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turnover {
    /// When the old one failed.
    Never,
    /// After each message.
    EachMessage,
}

/// What became of it.
#[derive(Debug)]
pub struct Report {
    /// Ids of the messages that were answered 2xx.
    pub accepted: Vec<String>,
    /// Ids of the messages that were refused, with the reply that decided.
    pub refused: Vec<(String, Reply)>,
    /// Ids of the messages whose fate is unknown, with the error.
    pub failed: Vec<(String, ClientError)>,
    /// The time from the first to the last.
    pub elapsed: Duration,
    /// From MAIL to the final reply of each accepted message, shortest first. Connecting is not part of it.
    latencies: Vec<Duration>,
}

/// A load beyond [`limits`], or one to nobody.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LoadError {
    /// More messages than [`limits::LOAD_MESSAGES_MAX`].
    #[error("{0} messages are more than {max}", max = limits::LOAD_MESSAGES_MAX)]
    Messages(usize),
    /// More sessions than [`limits::LOAD_SESSIONS_MAX`], or none.
    #[error("{0} sessions are not between 1 and {max}", max = limits::LOAD_SESSIONS_MAX)]
    Sessions(usize),
    /// Messages longer than [`limits::CONTENT_MAX`].
    #[error("{0} octets a message are more than {max}", max = limits::CONTENT_MAX)]
    Size(usize),
    /// No recipient.
    #[error("there is no recipient")]
    NoRecipient,
}

impl Load {
    /// One message of 10 000 octets to the first of these recipients. They are taken in turn; each message goes to one.
    pub fn new<S: Into<String>>(prefix: &str, recipients: impl IntoIterator<Item = S>) -> Self {
        Self {
            prefix: prefix.to_owned(),
            recipients: recipients.into_iter().map(Into::into).collect(),
            reverse_path: "sender@fabrikam.com".to_owned(),
            messages: 1,
            sessions: 1,
            size: 10_000,
            pipelining: Pipelining::On,
            turnover: Turnover::Never,
            tls: None,
        }
    }

    /// How many messages in all.
    #[must_use]
    pub fn messages(mut self, messages: usize) -> Self {
        self.messages = messages;
        self
    }

    /// How many sessions at a time.
    #[must_use]
    pub fn sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions;
        self
    }

    /// Octets of each message.
    #[must_use]
    pub fn size(mut self, octets: usize) -> Self {
        self.size = octets;
        self
    }

    /// The sender.
    #[must_use]
    pub fn reverse_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.reverse_path);
        self
    }

    /// How the envelope is sent.
    #[must_use]
    pub fn pipelining(mut self, pipelining: Pipelining) -> Self {
        self.pipelining = pipelining;
        self
    }

    /// When a session takes a new connection.
    #[must_use]
    pub fn turnover(mut self, turnover: Turnover) -> Self {
        self.turnover = turnover;
        self
    }

    /// Speaks TLS.
    #[must_use]
    pub fn tls(mut self, tls: &ClientTls) -> Self {
        self.tls = Some(tls.clone());
        self
    }

    /// Sends everything, and waits for every reply.
    pub async fn run(self, server: SocketAddr) -> Result<Report, LoadError> {
        self.check()?;
        let begin = Instant::now();
        let load = Arc::new(self);
        let mut sessions = JoinSet::new();
        for first in 0..load.sessions.min(load.messages) {
            sessions.spawn(
                Session {
                    load: Arc::clone(&load),
                    server,
                    client: None,
                }
                .run(first),
            );
        }
        let mut fates: Vec<(String, Fate)> =
            sessions.join_all().await.into_iter().flatten().collect();
        fates.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Report::of(fates, begin.elapsed()))
    }

    fn check(&self) -> Result<(), LoadError> {
        if self.recipients.is_empty() {
            Err(LoadError::NoRecipient)
        } else if self.messages > limits::LOAD_MESSAGES_MAX {
            Err(LoadError::Messages(self.messages))
        } else if !(1..=limits::LOAD_SESSIONS_MAX).contains(&self.sessions) {
            Err(LoadError::Sessions(self.sessions))
        } else if self.size > limits::CONTENT_MAX {
            Err(LoadError::Size(self.size))
        } else {
            Ok(())
        }
    }

    fn id(&self, number: usize) -> String {
        format!("{}-{number:07}", self.prefix)
    }
}

impl Report {
    /// The latency below which so many of a hundred accepted messages stayed; `None`: none was accepted.
    pub fn latency(&self, percent: usize) -> Option<Duration> {
        let last = self.latencies.len().checked_sub(1)?;
        self.latencies
            .get((self.latencies.len() * percent / 100).min(last))
            .copied()
    }

    fn of(fates: Vec<(String, Fate)>, elapsed: Duration) -> Self {
        let (accepted, refused, failed, latencies) = Default::default();
        let mut report = Self {
            accepted,
            refused,
            failed,
            elapsed,
            latencies,
        };
        for (id, fate) in fates {
            match fate {
                Fate::Accepted(latency) => {
                    report.accepted.push(id);
                    report.latencies.push(latency);
                }
                Fate::Refused(reply) => report.refused.push((id, reply)),
                Fate::Unknown(error) => report.failed.push((id, error)),
            }
        }
        report.latencies.sort_unstable();
        report
    }
}

/// What became of one message.
enum Fate {
    Accepted(Duration),
    Refused(Reply),
    Unknown(ClientError),
}

struct Session {
    load: Arc<Load>,
    server: SocketAddr,
    client: Option<Client>,
}

impl Session {
    /// Every so-many-th message, beginning with `first`.
    async fn run(mut self, first: usize) -> Vec<(String, Fate)> {
        let mut fates = Vec::new();
        for number in (first..self.load.messages).step_by(self.load.sessions) {
            let id = self.load.id(number);
            let fate = self.send(&id, number).await.unwrap_or_else(Fate::Unknown);
            fates.push((id, fate));
        }
        if let Some(client) = self.client {
            // Every message has its fate; how the farewell goes does not change it.
            let _ = client.quit().await;
        }
        fates
    }

    async fn send(&mut self, id: &str, number: usize) -> Result<Fate, ClientError> {
        // Taken out: after an error the connection is in no state to go on with.
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.connect().await?,
        };
        let content = message::of_size(id, self.load.size).content;
        let begin = Instant::now();
        let recipient = &self.load.recipients[number % self.load.recipients.len()];
        let verdict = match self.load.pipelining {
            Pipelining::On => {
                pipelined(&mut client, &self.load.reverse_path, recipient, &content).await?
            }
            Pipelining::Off => client
                .deliver(&self.load.reverse_path, &[recipient], &content)
                .await?
                .verdict()
                .clone(),
        };
        let latency = begin.elapsed();
        match self.load.turnover {
            // A refusal with 421 closes the connection (RFC 5321 §3.8).
            _ if verdict.code == 421 => {}
            Turnover::Never => self.client = Some(client),
            Turnover::EachMessage => drop(client.quit().await?),
        }
        Ok(if verdict.is_positive() {
            Fate::Accepted(latency)
        } else {
            Fate::Refused(verdict)
        })
    }

    async fn connect(&self) -> Result<Client, ClientError> {
        let mut client = Client::connect(self.server).await?;
        client.ehlo("load.example").await?;
        if let Some(tls) = &self.load.tls {
            client = client.starttls(tls).await?;
            client.ehlo("load.example").await?;
        }
        Ok(client)
    }
}

/// The reply that decided.
async fn pipelined(
    client: &mut Client,
    from: &str,
    to: &str,
    content: &[u8],
) -> Result<Reply, ClientError> {
    let lines = [
        format!("MAIL FROM:<{from}>"),
        format!("RCPT TO:<{to}>"),
        "DATA".to_owned(),
    ];
    let replies = client.pipeline(&[&lines[0], &lines[1], &lines[2]]).await?;
    let refusal = replies[..2].iter().find(|reply| !reply.is_positive());
    let begun = replies[2].code == 354;
    match refusal {
        None if begun => client.content(content).await,
        // A 354 without a recipient: an empty message, which the server refuses (RFC 2920 §3.1).
        Some(refusal) if begun => client.content(b"").await.map(|_| refusal.clone()),
        _ => {
            let verdict = refusal.unwrap_or(&replies[2]).clone();
            if verdict.code != 421 {
                client.command("RSET").await?;
            }
            Ok(verdict)
        }
    }
}

#[cfg(test)]
mod tests;
