//! An HTTP proxy that knows nothing but CONNECT (RFC 9110 §9.3.6), to one place.
//!
//! Whatever host it is asked for, it goes to where the test wants it. So a client that speaks through it shows whether
//! it leaves the looking up of names to its proxy.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::deadline::within;
use crate::limits::PROXY_HEAD_MAX;

/// The proxy. It ends when it is dropped, and its tunnels with it.
#[derive(Debug)]
pub struct ConnectProxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ConnectProxy {
    /// Starts on loopback. `authorization` is the value that `Proxy-Authorization` must have.
    pub async fn start(to: SocketAddr, authorization: Option<&str>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let wanted = authorization.map(str::to_owned);
        let task = tokio::spawn(serve(listener, to, wanted, Arc::clone(&seen)));
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    /// `http://`, its address and port.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The hosts and ports that were asked for and let through.
    pub fn tunnels(&self) -> Vec<String> {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    to: SocketAddr,
    wanted: Option<String>,
    seen: Arc<Mutex<Vec<String>>>,
) {
    let mut tunnels = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while tunnels.try_join_next().is_some() {}
        let (wanted, seen) = (wanted.clone(), Arc::clone(&seen));
        tunnels.spawn(async move {
            // A client that goes away is none of a proxy's business.
            let _ = tunnel(client, to, wanted.as_deref(), &seen).await;
        });
    }
}

async fn tunnel(
    mut client: TcpStream,
    to: SocketAddr,
    wanted: Option<&str>,
    seen: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let head = within(head(&mut client)).await;
    let head = head.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let mut lines = head.split("\r\n");
    let target = lines.next().and_then(|line| line.strip_prefix("CONNECT "));
    let Some((target, _)) = target.and_then(|rest| rest.split_once(' ')) else {
        return client.write_all(NOT_ALLOWED).await;
    };
    let shown = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then(|| value.trim())
    });
    if wanted.is_some() && wanted != shown {
        return client.write_all(UNAUTHORISED).await;
    }
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(target.to_owned());
    let mut server = TcpStream::connect(to).await?;
    client.write_all(ESTABLISHED).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// All up to the empty line.
async fn head(client: &mut TcpStream) -> io::Result<String> {
    let mut octets = Vec::new();
    while !octets.ends_with(b"\r\n\r\n") {
        if octets.len() == PROXY_HEAD_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        octets.push(client.read_u8().await?);
    }
    String::from_utf8(octets).map_err(|_| io::ErrorKind::InvalidData.into())
}

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const UNAUTHORISED: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
const NOT_ALLOWED: &[u8] = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n";
