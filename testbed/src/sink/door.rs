//! Where connections come in: the listener, opened and shut by order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::Shared;
use super::session;
use crate::transport::Transport;

/// The door of a sink.
#[derive(Debug)]
pub(super) struct Door {
    addr: SocketAddr,
    state: State,
}

#[derive(Debug)]
enum State {
    Open(TcpListener),
    /// Bound and not listening: connections are refused, and nobody else takes the port.
    Shut(TcpSocket),
    /// The port could not be had back; a later order tries again.
    Lost,
}

#[derive(Debug)]
enum Order {
    Listen,
    Refuse,
    Cut,
}

/// Gives orders to a door and waits until they are done.
#[derive(Debug)]
pub(super) struct Orders(mpsc::Sender<(Order, oneshot::Sender<()>)>);

/// Where a door takes its orders from.
#[derive(Debug)]
pub(super) struct Inbox(mpsc::Receiver<(Order, oneshot::Sender<()>)>);

pub(super) fn orders() -> (Orders, Inbox) {
    let (sender, receiver) = mpsc::channel(8);
    (Orders(sender), Inbox(receiver))
}

impl Orders {
    pub(super) async fn listen(&self) {
        self.give(Order::Listen).await;
    }

    pub(super) async fn refuse(&self) {
        self.give(Order::Refuse).await;
    }

    pub(super) async fn cut(&self) {
        self.give(Order::Cut).await;
    }

    async fn give(&self, order: Order) {
        let (done, is_done) = oneshot::channel();
        if self.0.send((order, done)).await.is_ok() {
            // An error means that the door is gone, and with it what the order was about.
            let _ = is_done.await;
        }
    }
}

impl Door {
    pub(super) fn open(addr: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let listener = bind(addr)?.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        Ok((
            Self {
                addr,
                state: State::Open(listener),
            },
            addr,
        ))
    }

    pub(super) async fn serve(mut self, shared: Arc<Shared>, mut inbox: Inbox) {
        let mut sessions = JoinSet::new();
        let mut cut = watch::Sender::new(());
        loop {
            tokio::select! {
                order = inbox.0.recv() => {
                    let Some((order, done)) = order else { return };
                    match order {
                        Order::Listen => self.listen(),
                        Order::Refuse => self.refuse(),
                        Order::Cut => {
                            // Dropping the sender is the signal; the sessions end by themselves and write their records.
                            cut = watch::Sender::new(());
                            while sessions.join_next().await.is_some() {}
                        }
                    }
                    let _ = done.send(());
                }
                (tcp, peer) = self.accept(), if sessions.len() < shared.bounds.connections => {
                    if let Ok(transport) = Transport::new(tcp) {
                        sessions.spawn(session::serve(transport, peer, Arc::clone(&shared), cut.subscribe()));
                    }
                }
                Some(_) = sessions.join_next() => {}
            }
        }
    }

    async fn accept(&self) -> (TcpStream, SocketAddr) {
        let State::Open(listener) = &self.state else {
            return std::future::pending().await;
        };
        loop {
            // An error here is that of a connection which is gone again.
            if let Ok(accepted) = listener.accept().await {
                return accepted;
            }
        }
    }

    fn listen(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Lost) {
            State::Open(listener) => State::Open(listener),
            State::Shut(socket) => socket.listen(BACKLOG).map_or(State::Lost, State::Open),
            State::Lost => bind(self.addr)
                .and_then(|s| s.listen(BACKLOG))
                .map_or(State::Lost, State::Open),
        };
    }

    fn refuse(&mut self) {
        // The listener must be gone before the port can be bound anew.
        self.state = State::Lost;
        self.state = bind(self.addr).map_or(State::Lost, State::Shut);
    }
}

fn bind(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

const BACKLOG: u32 = 1024;
