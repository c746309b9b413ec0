//! Clients that mean harm, many at a time, each from a network of its own: what they do to others is measured.
//!
//! Everything is bounded in count and pace: a siege shows what a server does with clients of this kind, not how fast they
//! can be made.

mod network;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::limits::{SIEGE_CONNECTIONS_MAX, SIEGE_PACE_MAX, WAIT};

/// What they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Siege {
    /// So many connections that have said EHLO and sit.
    Idle(usize),
    /// So many new connections a second, which go as soon as they have heard something.
    Flood(u32),
    /// So many messages that come by one octet a second.
    Drip(usize),
    /// So many sessions that ask for recipients that nobody knows, as fast as they are answered.
    Harvest(usize),
}

/// What they were told until now.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Connections that were greeted.
    pub greeted: u64,
    /// Connections that were refused instead, or that nobody took.
    pub refused: u64,
    /// Recipients that were refused for good.
    pub unknown: u64,
    /// Connections that ended by the server's will.
    pub cut: u64,
}

/// A siege that goes on until this is dropped.
#[derive(Debug)]
pub struct Besieging {
    tally: Arc<Tally>,
    /// They end with it.
    _clients: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Tally {
    greeted: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    cut: AtomicU64,
}

/// A siege beyond [`crate::limits`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SiegeError {
    /// More connections than [`SIEGE_CONNECTIONS_MAX`], or none.
    #[error("{0} connections are not between 1 and {SIEGE_CONNECTIONS_MAX}")]
    Connections(usize),
    /// More a second than [`SIEGE_PACE_MAX`], or none.
    #[error("{0} connections a second are not between 1 and {SIEGE_PACE_MAX}")]
    Pace(u32),
}

impl Siege {
    /// Begins, on the runtime that this is called on, and comes back when every client that stays has got as far as it
    /// gets.
    pub async fn begin(self, server: SocketAddr) -> Result<Besieging, SiegeError> {
        self.check()?;
        let tally = Arc::new(Tally::default());
        let mut clients = JoinSet::new();
        // Each client that has got there lets its end go.
        let (arrival, mut arrivals) = mpsc::channel::<()>(1);
        match self {
            Self::Flood(pace) => {
                clients.spawn(flood(server, pace, Arc::clone(&tally)));
            }
            Self::Idle(count) | Self::Drip(count) | Self::Harvest(count) => {
                for number in 0..count {
                    let client = Client {
                        siege: self,
                        server,
                        number,
                        tally: Arc::clone(&tally),
                    };
                    clients.spawn(client.run(arrival.clone()));
                    if number % AT_ONCE == AT_ONCE - 1 {
                        // The server's queue of connections has a bound, too.
                        tokio::time::sleep(BREATH).await;
                    }
                }
            }
        }
        drop(arrival);
        // Late ones go on arriving.
        let _ = timeout(WAIT, arrivals.recv()).await;
        Ok(Besieging {
            tally,
            _clients: clients,
        })
    }

    fn check(self) -> Result<(), SiegeError> {
        match self {
            Self::Idle(count) | Self::Drip(count) | Self::Harvest(count) => {
                match (1..=SIEGE_CONNECTIONS_MAX).contains(&count) {
                    true => Ok(()),
                    false => Err(SiegeError::Connections(count)),
                }
            }
            Self::Flood(pace) if !(1..=SIEGE_PACE_MAX).contains(&pace) => {
                Err(SiegeError::Pace(pace))
            }
            Self::Flood(_) => Ok(()),
        }
    }

    /// Networks that its clients come from.
    fn networks(self) -> usize {
        match self {
            Self::Idle(count) | Self::Drip(count) => count,
            Self::Flood(_) => FLOOD_NETWORKS,
            Self::Harvest(count) => count.div_ceil(HARVEST_EACH),
        }
    }
}

impl Besieging {
    /// Until now.
    pub fn heard(&self) -> Heard {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Heard {
            greeted: count(&self.tally.greeted),
            refused: count(&self.tally.refused),
            unknown: count(&self.tally.unknown),
            cut: count(&self.tally.cut),
        }
    }
}

/// New connections at an even pace, whatever becomes of them.
async fn flood(server: SocketAddr, pace: u32, tally: Arc<Tally>) {
    let mut tick = interval(Duration::from_secs(1) / pace);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut open = JoinSet::new();
    for number in 0.. {
        tick.tick().await;
        while open.try_join_next().is_some() {}
        if open.len() >= SIEGE_CONNECTIONS_MAX {
            continue;
        }
        let client = Client {
            siege: Siege::Flood(pace),
            server,
            number,
            tally: Arc::clone(&tally),
        };
        open.spawn(async move {
            // It has what it came for.
            let _ = client.greeted().await;
        });
    }
}

struct Client {
    siege: Siege,
    server: SocketAddr,
    number: usize,
    tally: Arc<Tally>,
}

impl Client {
    /// Whoever is hung up on comes again, after a while.
    async fn run(self, arrival: mpsc::Sender<()>) {
        let mut arrival = Some(arrival);
        loop {
            let greeted = self.greeted().await;
            if let Ok(stream) = greeted {
                let ended = match self.siege {
                    Siege::Idle(_) | Siege::Flood(_) => self.sit(stream, &mut arrival).await,
                    Siege::Drip(_) => self.drip(stream, &mut arrival).await,
                    Siege::Harvest(_) => self.guess(stream, &mut arrival).await,
                };
                if ended.is_err() {
                    self.tally.cut.fetch_add(1, Ordering::Relaxed);
                }
            }
            arrival = None;
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn greeted(&self) -> io::Result<TcpStream> {
        let source = network::address(self.number % self.siege.networks());
        let connected = async {
            let mut stream = network::connect(source, self.server).await?;
            hear(&mut stream, b'2').await?;
            Ok(stream)
        };
        let connected = timeout(WAIT, connected).await;
        let connected = connected.map_err(io::Error::from).flatten();
        let counter = match connected {
            Ok(_) => &self.tally.greeted,
            Err(_) => &self.tally.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        connected
    }

    async fn sit(
        &self,
        mut stream: TcpStream,
        arrival: &mut Option<mpsc::Sender<()>>,
    ) -> io::Result<()> {
        say(&mut stream, b"EHLO idle.example\r\n").await?;
        *arrival = None;
        while stream.read(&mut [0; 64]).await? > 0 {}
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    async fn drip(
        &self,
        mut stream: TcpStream,
        arrival: &mut Option<mpsc::Sender<()>>,
    ) -> io::Result<()> {
        say(&mut stream, b"EHLO drip.example\r\n").await?;
        say(&mut stream, b"MAIL FROM:<drip@fabrikam.com>\r\n").await?;
        say(&mut stream, b"RCPT TO:<postmaster@contoso.com>\r\n").await?;
        stream.write_all(b"DATA\r\n").await?;
        hear(&mut stream, b'3').await?;
        stream.write_all(b"Subject: drip\r\n\r\n").await?;
        *arrival = None;
        let mut tick = interval(Duration::from_secs(1));
        loop {
            tick.tick().await;
            stream.write_all(b"x").await?;
        }
    }

    async fn guess(
        &self,
        mut stream: TcpStream,
        arrival: &mut Option<mpsc::Sender<()>>,
    ) -> io::Result<()> {
        say(&mut stream, b"EHLO guess.example\r\n").await?;
        say(&mut stream, b"MAIL FROM:<guess@fabrikam.com>\r\n").await?;
        *arrival = None;
        let begun = Instant::now();
        for guess in 0_u64.. {
            let line = format!(
                "RCPT TO:<guess-{}-{guess}-{}@contoso.com>\r\n",
                self.number,
                begun.elapsed().as_micros()
            );
            stream.write_all(line.as_bytes()).await?;
            hear(&mut stream, b'5').await?;
            self.tally.unknown.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Says a line, and hears that it is well.
async fn say(stream: &mut TcpStream, line: &[u8]) -> io::Result<()> {
    stream.write_all(line).await?;
    hear(stream, b'2').await
}

/// Hears one reply, which must be of this class (RFC 5321 §4.2.1). Nothing is said before it is heard, so that nothing
/// comes behind it.
async fn hear(stream: &mut TcpStream, class: u8) -> io::Result<()> {
    let mut heard = Vec::with_capacity(512);
    loop {
        if stream.read_buf(&mut heard).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let lines = heard.strip_suffix(b"\r\n").unwrap_or_default();
        let last = lines.rsplit(|&octet| octet == b'\n').next();
        let last = last.unwrap_or_default();
        let is_last = last.len() > 3 && last[3] == b' ';
        if is_last && last[0] == class {
            return Ok(());
        }
        if is_last || heard.len() > REPLY_MAX {
            return Err(io::Error::other(String::from_utf8_lossy(last).into_owned()));
        }
    }
}

/// Connections that are begun before the server may breathe.
const AT_ONCE: usize = 200;
const BREATH: Duration = Duration::from_millis(20);
/// Whoever is refused comes again after this.
const AGAIN: Duration = Duration::from_millis(500);
/// Few enough that each of them is beyond any sensible rate.
const FLOOD_NETWORKS: usize = 4;
/// Sessions of one network.
const HARVEST_EACH: usize = 4;
const REPLY_MAX: usize = 8 << 10;

#[cfg(test)]
mod tests;
