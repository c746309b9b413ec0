//! Listening sockets: from accept(2) to a session of its own.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;
use rustix::net::sockopt;
use smtp::{Answer, Reply};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::clients::{Regard, Seat};
use crate::config::{Config, Listener};
use crate::event::{Event, SessionId};
use crate::origin::Peer;
use crate::services::Services;
use crate::workers::Workers;
use crate::{limits, proxy, session};

/// How far a listener's life has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Taking connections.
    Open,
    /// No new ones; those that are there may end their transactions.
    Draining,
    /// Nothing any more.
    Closed,
}

/// Waits until a listener has come so far, or is gone.
pub(crate) async fn reached(phases: &mut watch::Receiver<Phase>, wanted: Phase) {
    let _ = phases.wait_for(|phase| *phase >= wanted).await;
}

/// A listener at work.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) listener: Listener,
    pub(crate) address: SocketAddr,
    phase: watch::Sender<Phase>,
    /// One a worker.
    tasks: Vec<JoinHandle<usize>>,
}

/// Opens `count` sockets for `listener`; the kernel deals the connections out among them.
pub(crate) fn bind(listener: &Listener, count: usize) -> io::Result<Vec<StdListener>> {
    // A shared one alone would not notice that another gateway listens there already.
    let alone = open(listener.address, Sharing::Alone)?;
    if count == 1 {
        return Ok(vec![alone]);
    }
    let address = alone.local_addr()?;
    drop(alone);
    (0..count).map(|_| open(address, Sharing::Port)).collect()
}

/// The same socket `count` times: where it was passed to us there is only one, and whoever is first accepts.
pub(crate) fn share(socket: &StdListener, count: usize) -> io::Result<Vec<StdListener>> {
    socket.set_nonblocking(true)?;
    hasten(socket)?;
    (0..count).map(|_| socket.try_clone()).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Alone,
    Port,
}

fn open(address: SocketAddr, sharing: Sharing) -> io::Result<StdListener> {
    let socket = if address.is_ipv6() {
        TcpSocket::new_v6()
    } else {
        TcpSocket::new_v4()
    }?;
    socket.set_reuseaddr(true)?; // a restart must not wait for the last connections to be forgotten
    socket.set_reuseport(sharing == Sharing::Port)?;
    socket.bind(address)?;
    let socket = socket.listen(BACKLOG)?.into_std()?;
    hasten(&socket)?;
    Ok(socket)
}

/// Replies are small and clients wait for them; Nagle would hold them back. Connections inherit it from their listener,
/// which saves a call for each.
fn hasten(socket: &StdListener) -> io::Result<()> {
    Ok(sockopt::set_tcp_nodelay(socket, true)?)
}

const BACKLOG: u32 = 1024;

impl Listening {
    /// One acceptor a worker, each with one of `sockets`.
    pub(crate) fn start(
        listener: Listener,
        sockets: Vec<StdListener>,
        services: &Arc<Services>,
        seats: &Arc<Semaphore>,
        workers: &Workers,
    ) -> io::Result<Self> {
        let address = sockets.first().map(StdListener::local_addr).transpose()?;
        let address = address.unwrap_or(listener.address);
        let (phase, phases) = watch::channel(Phase::Open);
        services.events.emit(Event::Listening {
            listener: listener.name.clone(),
            address: address.to_string(),
        });
        let mut tasks = Vec::new();
        for (socket, runtime) in sockets.into_iter().zip(workers.runtimes()) {
            let acceptor = Acceptor {
                listener: listener.clone(),
                services: Arc::clone(services),
                seats: Arc::clone(seats),
                phases: phases.clone(),
                sessions: JoinSet::new(),
            };
            let _entered = runtime.enter(); // wake-ups of the socket come to where it is registered
            tasks.push(runtime.spawn(acceptor.run(TcpListener::from_std(socket)?)));
        }
        Ok(Self {
            listener,
            address,
            phase,
            tasks,
        })
    }

    pub(crate) fn turn(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// Whether its last session has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.tasks.iter().all(JoinHandle::is_finished)
    }

    /// Waits for its end; how many sessions had to be cut short.
    pub(crate) async fn ended(self) -> usize {
        let mut cut_short = 0;
        for task in self.tasks {
            cut_short += task.await.unwrap_or_default();
        }
        cut_short
    }
}

struct Acceptor {
    /// As it was when its socket was opened; a reload may have renamed it since.
    listener: Listener,
    services: Arc<Services>,
    seats: Arc<Semaphore>,
    phases: watch::Receiver<Phase>,
    sessions: JoinSet<()>,
}

impl Acceptor {
    async fn run(mut self, socket: TcpListener) -> usize {
        let mut phases = self.phases.clone();
        let mut draining = pin!(reached(&mut phases, Phase::Draining));
        loop {
            tokio::select! {
                () = &mut draining => break,
                accepted = socket.accept() => match accepted {
                    Ok((stream, address)) => self.admit(stream, address),
                    Err(error) => self.pause(&error).await,
                },
                Some(_) = self.sessions.join_next() => {}
            }
        }
        drop(socket);
        self.drain().await
    }

    async fn drain(mut self) -> usize {
        let mut phases = self.phases.clone();
        loop {
            tokio::select! {
                ended = self.sessions.join_next() => if ended.is_none() { return 0 },
                () = reached(&mut phases, Phase::Closed) => {
                    let open = self.sessions.len();
                    self.sessions.shutdown().await;
                    return open;
                }
            }
        }
    }

    fn admit(&mut self, stream: TcpStream, address: SocketAddr) {
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            return turn_away(&stream, Reply::TOO_BUSY);
        };
        let generation = self.services.generation.load();
        let listener = self.current(&generation.config);
        let ip = address.ip().to_canonical();
        let is_balancer = listener.proxy_from.iter().any(|from| from.contains(&ip));
        let visit = Visit {
            id: SessionId(NEXT_SESSION.fetch_add(1, Ordering::Relaxed)),
            peer: Peer {
                address,
                listener: listener.name.clone(),
                tls: None,
            },
            services: Arc::clone(&self.services),
            phases: self.phases.clone(),
            seat,
        };
        if is_balancer {
            self.sessions.spawn(visit.announced(stream));
            return;
        }
        match visit.place() {
            Ok(place) => _ = self.sessions.spawn(visit.begin(stream, place)),
            Err(reply) => turn_away(&stream, reply),
        }
    }

    /// The listener as it is by now.
    fn current<'a>(&'a self, config: &'a Config) -> &'a Listener {
        let listeners = || {
            config
                .listeners
                .iter()
                .filter(|one| one.address == self.listener.address)
        };
        let same = listeners().find(|one| one.name == self.listener.name);
        same.or_else(|| listeners().next())
            .unwrap_or(&self.listener)
    }

    /// Out of descriptors, most likely: others must end before it makes sense to go on.
    async fn pause(&self, error: &io::Error) {
        self.services.events.emit(Event::AcceptFailed {
            listener: self.listener.name.clone(),
            why: error.to_string(),
        });
        tokio::time::sleep(limits::ACCEPT_PAUSE).await;
    }
}

/// Somebody who has connected.
struct Visit {
    id: SessionId,
    peer: Peer,
    services: Arc<Services>,
    phases: watch::Receiver<Phase>,
    seat: OwnedSemaphorePermit,
}

impl Visit {
    /// A place among those of its network.
    fn place(&self) -> Result<Seat, Reply> {
        let config = &self.services.generation.load().config;
        let regard = Regard::at_the_door(&self.peer, config);
        let clients = &self.services.clients;
        let seat = clients.admit(self.peer.ip(), regard, &config.limits);
        seat.map_err(|away| {
            if let Some(event) = away.event {
                self.services.events.emit(*event);
            }
            away.reply
        })
    }

    async fn begin(self, stream: TcpStream, place: Seat) {
        session::drive(
            stream.into(),
            self.peer,
            self.id,
            place,
            self.services,
            self.phases,
        )
        .await;
        drop(self.seat);
    }

    /// A balancer says first who it is that comes through it.
    async fn announced(mut self, mut stream: TcpStream) {
        let balancer = self.peer.address;
        match Box::pin(proxy::client(&mut stream, balancer)).await {
            Ok(client) => self.peer.address = client,
            Err(error) => {
                return self.services.events.emit(Event::ClientCutOff {
                    session: self.id,
                    client: self.peer.ip(),
                    why: error.to_string(),
                });
            }
        }
        match self.place() {
            Ok(place) => Box::pin(self.begin(stream, place)).await,
            Err(reply) => turn_away(&stream, reply),
        }
    }
}

static NEXT_SESSION: AtomicU64 = AtomicU64::new(1);

/// One reply instead of a greeting, as far as the socket takes it without waiting (RFC 5321 §3.1).
fn turn_away(stream: &TcpStream, reply: Reply) {
    let mut line = BytesMut::new();
    Answer::from(reply).write_to(&mut line);
    let _ = stream.try_write(&line); // the connection is closed in any case
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpStream as StdStream};

    use super::*;

    #[tokio::test]
    async fn nothing_is_held_back_from_a_client() {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let ours = open(anywhere, Sharing::Alone).expect("a socket");
        let passed = StdListener::bind(anywhere).expect("a socket");
        let shared = share(&passed, 1).expect("the same").remove(0);
        for socket in [ours, shared] {
            let address = socket.local_addr().expect("its address");
            let _client = StdStream::connect(address).expect("a connection");
            socket.set_nonblocking(false).expect("an option");
            let (connection, _) = socket.accept().expect("its other end");
            assert!(connection.nodelay().expect("an option"));
        }
    }
}
