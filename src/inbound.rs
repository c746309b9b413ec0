//! The client's half of a session: its socket, its buffers, its patience.
//!
//! Bytes go in, events of the protocol engine come out. A client is let go when it is silent for too long; octets
//! count only in larger pieces, so that a slow drip is silence too. The time that we make it wait does not count.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rustls::ServerConfig;
use rustls_pki_types::CertificateDer;
use smtp::reply::Reply;
use smtp::server::{Event, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::alarm::Alarm;
use crate::limits;
use crate::origin::PeerTls;
use crate::socket::Socket;
use crate::stream::Stream;
use crate::tls::Negotiated;

/// Why a client's connection is over. `Display` is the operator's sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    #[error("it closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("it was silent, or almost, for {} s", .0.as_secs())]
    Idle(Duration),
    #[error("it said QUIT in the middle of a message")]
    Left,
    #[error("it sent too much after it was refused, or made too many errors")]
    Unruly,
    #[error("it did not read our replies")]
    Deaf,
    #[error("the session lasted longer than {} s", limits::SESSION.as_secs())]
    TooLong,
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Inbound {
    stream: Stream,
    input: BytesMut,
    output: BytesMut,
    /// The protocol engine.
    pub(crate) server: Server,
    idle: Duration,
    patience: Duration,
    unrewarded: usize,
    until: Instant,
    alarm: Alarm,
    /// What came last is not acknowledged yet.
    owed: bool,
    /// Within a message: its octets come in large pieces.
    receiving: bool,
    /// How much is read at once: little while nothing but commands comes, more the more comes.
    appetite: usize,
    pace: Pace,
}

/// Whether a client waits until it has heard what we offer, as programs do that read replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    InStep,
    /// It sent a group of commands before it knew that it may.
    Ahead,
}

impl Inbound {
    pub(crate) fn new(socket: Socket, server: Server, idle: Duration) -> Self {
        let now = Instant::now();
        Self {
            stream: Stream::Plain(socket),
            input: BytesMut::new(),
            output: BytesMut::new(),
            server,
            idle,
            patience: idle,
            unrewarded: 0,
            until: now + limits::SESSION,
            alarm: Alarm::new(now + idle),
            owed: false,
            receiving: false,
            appetite: COMMAND_READ_BYTES,
            pace: Pace::InStep,
        }
    }

    pub(crate) fn greet(&mut self) {
        self.server.greet(&mut self.output);
    }

    /// The next thing the client did. Replies given so far are sent before its next octets are awaited.
    pub(crate) async fn next(&mut self) -> Result<Event, Lost> {
        loop {
            // Only what EHLO was answered may be sent in groups (RFC 2920 §3.1).
            if self.server.hello().is_none() && is_group(&self.input) {
                self.pace = Pace::Ahead;
            }
            match self.server.poll(&mut self.input, &mut self.output) {
                Event::NeedInput => {
                    if !self.output.is_empty() {
                        // A chunk of one octet gets a reply too; within a message only octets count.
                        if !self.receiving {
                            self.reward();
                        }
                        self.flush().await?;
                    }
                    self.fill().await?;
                }
                event => {
                    if !matches!(event, Event::Body(_)) {
                        self.reward();
                        self.receiving = matches!(event, Event::Begin(_) | Event::Fault(_));
                        self.appetite = match self.receiving {
                            true => FIRST_READ_BYTES,
                            false => COMMAND_READ_BYTES,
                        };
                    }
                    return Ok(event);
                }
            }
        }
    }

    /// As it was at the beginning.
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// The engine together with the buffer its replies go to.
    pub(crate) fn answer(&mut self) -> (&mut Server, &mut BytesMut) {
        (&mut self.server, &mut self.output)
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Lost> {
        self.flush_before(Instant::now() + self.idle).await
    }

    async fn flush_before(&mut self, deadline: Instant) -> Result<(), Lost> {
        let Self { stream, output, .. } = self;
        let send = async {
            stream.write_all(output).await?;
            stream.flush().await
        };
        let sent = self.alarm.before(deadline, send).await;
        self.output.clear();
        self.owed = false; // what we said acknowledged it
        sent.map_err(|_| Lost::Deaf)?.map_err(Lost::Broken)
    }

    async fn fill(&mut self) -> Result<(), Lost> {
        let now = Instant::now();
        if now >= self.until {
            return Err(Lost::TooLong);
        }
        self.make_room();
        let deadline = self.until.min(now + self.patience);
        let Self {
            stream,
            input,
            owed,
            ..
        } = self;
        let read = poll_fn(|context| {
            let read = pin!(stream.read_buf(input)).poll(context);
            // The client may be waiting as well.
            if read.is_pending() && std::mem::take(owed) {
                stream.acknowledge();
            }
            read
        });
        match self.alarm.before(deadline, read).await {
            Ok(Ok(0)) => Err(Lost::Closed),
            Ok(Ok(octets)) => {
                self.owed = true;
                self.patience = self.patience.saturating_sub(now.elapsed());
                self.unrewarded += octets;
                if octets >= self.appetite / 2 {
                    self.appetite = (self.appetite * 4).min(limits::READ_BYTES);
                }
                if self.unrewarded >= limits::PROGRESS_BYTES {
                    self.reward();
                }
                Ok(())
            }
            Ok(Err(error)) => Err(Lost::Broken(error)),
            Err(_) if Instant::now() >= self.until => Err(Lost::TooLong),
            Err(_) => Err(Lost::Idle(self.idle)),
        }
    }

    /// Room for what is read next. Between messages the buffer of the last one is given back: most connections are idle
    /// most of the time.
    fn make_room(&mut self) {
        let free = self.input.capacity() - self.input.len();
        if !self.receiving && self.input.is_empty() && free > 4 * self.appetite {
            self.input = BytesMut::with_capacity(self.appetite);
        } else if free < self.appetite / 4 {
            // Content that is held back keeps its whole buffer; with a fresh one for each read, packets of one octet
            // would cost a buffer each.
            self.input.reserve(self.appetite);
        }
    }

    fn reward(&mut self) {
        self.patience = self.idle;
        self.unrewarded = 0;
    }

    /// The handshake after our 220. Whatever came in clear before it is gone (RFC 3207 §4.2).
    pub(crate) async fn secure(
        mut self,
        config: Arc<ServerConfig>,
    ) -> Result<(Self, PeerTls), io::Error> {
        self.flush().await.map_err(io::Error::other)?;
        self.input.clear();
        self.stream = timeout(limits::CLIENT_HANDSHAKE, self.stream.accept(config))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "it took too long"))??;
        let connection = self.stream.tls().ok_or(io::ErrorKind::NotConnected)?;
        let chain = connection.peer_certificates().unwrap_or_default();
        let tls = PeerTls {
            negotiated: Negotiated::of(connection),
            chain: chain
                .iter()
                .map(|certificate| CertificateDer::into_owned(certificate.clone()))
                .collect(),
        };
        self.server.secured();
        self.reward();
        Ok((self, tls))
    }

    /// A last word, if it can still be said, and the end.
    pub(crate) async fn close(mut self: Box<Self>, last: Option<Reply>) {
        if let Some(reply) = last {
            smtp::reply::Answer::from(reply).write_to(&mut self.output);
        }
        let until = Instant::now() + GOODBYE;
        self.stream.cork();
        if self.flush_before(until).await.is_ok() && self.stream.tls().is_some() {
            // In clear, closing the socket says the same.
            let _ = self.alarm.before(until, self.stream.shutdown()).await; // it is over either way
        }
    }
}

/// More than one line.
fn is_group(input: &[u8]) -> bool {
    memchr::memchr(b'\n', input).is_some_and(|end| end + 1 < input.len())
}

const COMMAND_READ_BYTES: usize = 512;
const FIRST_READ_BYTES: usize = 16 * 1024;
const GOODBYE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use smtp::BareNewline;
    use smtp::extension::Offer;
    use smtp::server::Settings;
    use tokio::select;

    use super::*;
    use crate::stream::tests::Pair;

    fn server() -> Server {
        Server::new(Settings {
            hostname: "mx.contoso.com".to_owned(),
            offer: Offer {
                size: 1000,
                eight_bit_mime: true,
                smtp_utf8: false,
                dsn: false,
                start_tls: false,
            },
            recipients_max: 1,
            bare_newline: BareNewline::Refuse,
            message_size_max: 1000,
        })
    }

    #[tokio::test]
    async fn half_a_command_is_acknowledged_at_once() {
        let mut pair = Pair::connect().await;
        let mut inbound = Inbound::new(pair.take(), server(), Duration::from_secs(60));
        inbound.greet();
        // In a dialog the system waits for our reply, to acknowledge with it.
        while pair.acknowledges_at_once() {
            select! {
                event = inbound.next() => panic!("{event:?}"),
                () = pair.exchange("NOOP\r\n") => {}
            }
        }
        pair.write("NO").await;
        select! {
            event = inbound.next() => panic!("{event:?}"),
            () = pair.taken() => {}
        }
        assert!(pair.acknowledges_at_once());
    }
}
