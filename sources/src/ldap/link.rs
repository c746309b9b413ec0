//! Carries octets between a server and what makes messages of them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::UnixStream;

use super::message::{Messages, Unfit};

/// Why there is nothing more to carry.
#[derive(Debug)]
pub(super) enum End {
    /// The server closed the connection.
    Closed,
    /// We did.
    Ours,
    /// The network.
    Io(io::Error),
    /// What came is not LDAP.
    NotLdap,
    /// A message was too long.
    TooLong,
}

/// Carries both ways until one of them ends. The pair of sockets in between holds some hundred KiB: what nobody reads
/// stays with the server.
pub(super) async fn carry(server: impl AsyncRead + AsyncWrite, ours: UnixStream) -> End {
    let (mut from_server, mut to_server) = split(server);
    let (mut from_us, mut to_us) = ours.into_split();
    tokio::select! {
        end = down(&mut from_server, &mut to_us) => end,
        end = up(&mut from_us, &mut to_server) => end,
    }
}

async fn down(server: &mut (impl AsyncRead + Unpin), us: &mut (impl AsyncWrite + Unpin)) -> End {
    let mut messages = Messages::default();
    let mut buffer = vec![0; BUFFER_OCTETS];
    loop {
        let octets = match server.read(&mut buffer).await {
            Ok(0) => return End::Closed,
            Ok(count) => &buffer[..count],
            // Some servers close without TLS's own end, and every message has its length.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return End::Closed,
            Err(error) => return End::Io(error),
        };
        match messages.follow(octets) {
            Ok(()) => {}
            Err(Unfit::NotLdap) => return End::NotLdap,
            Err(Unfit::TooLong) => return End::TooLong,
        }
        if us.write_all(octets).await.is_err() {
            return End::Ours;
        }
    }
}

async fn up(us: &mut (impl AsyncRead + Unpin), server: &mut (impl AsyncWrite + Unpin)) -> End {
    let mut buffer = vec![0; BUFFER_OCTETS];
    loop {
        let count = match us.read(&mut buffer).await {
            Ok(0) | Err(_) => {
                // Nobody waits for it: an unbind and the end of TLS are a courtesy.
                _ = server.shutdown().await;
                return End::Ours;
            }
            Ok(count) => count,
        };
        let written = async {
            server.write_all(&buffer[..count]).await?;
            server.flush().await
        };
        if let Err(error) = written.await {
            return End::Io(error);
        }
    }
}

const BUFFER_OCTETS: usize = 32 << 10;
