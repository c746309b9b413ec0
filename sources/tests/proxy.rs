//! A connection that breaks where a test wants it to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Stands before a server, and cuts each connection after so many octets of it.
pub(crate) struct Proxy {
    address: SocketAddr,
    left: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
    silent: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Lets everything through.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let connections = Arc::new(AtomicU64::new(0));
        let silent = Arc::new(AtomicU64::new(0));
        let state = (
            Arc::clone(&left),
            Arc::clone(&connections),
            Arc::clone(&silent),
        );
        let task = tokio::spawn(accept(listener, server, state));
        Self {
            address,
            left,
            connections,
            silent,
            task,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets each further connection hear so many octets of the server.
    pub(crate) fn cut_after(&self, octets: u64) {
        self.left.store(octets, Ordering::SeqCst);
    }

    /// How many were made so far.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    /// Lets the connections that there are stay, and nothing of the server through them any more: as a firewall does
    /// that has forgotten them.
    pub(crate) fn forget(&self) {
        self.silent.store(self.connections(), Ordering::SeqCst);
    }

    pub(crate) fn let_through(&self) {
        self.cut_after(u64::MAX);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type State = (Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicU64>);

async fn accept(listener: TcpListener, server: SocketAddr, (left, connections, silent): State) {
    while let Ok((client, _)) = listener.accept().await {
        let number = connections.fetch_add(1, Ordering::SeqCst);
        let left = left.load(Ordering::SeqCst);
        let silent = Arc::clone(&silent);
        tokio::spawn(async move {
            if let Ok(server) = TcpStream::connect(server).await {
                let passes = || number >= silent.load(Ordering::SeqCst);
                carry(client, server, left, passes).await;
            }
        });
    }
}

async fn carry(client: TcpStream, server: TcpStream, left: u64, passes: impl Fn() -> bool) {
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mut from_server = from_server.take(left);
    let down = async {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
            if passes() && to_client.write_all(&buffer[..count]).await.is_err() {
                break;
            }
        }
    };
    let up = async {
        _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    };
    tokio::select! {
        () = down => {}
        () = up => {}
    }
}
