//! Connecting to hops.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::hop::HopError;
use crate::config::Hop;
use crate::socket::Socket;
use crate::{dns, limits};

/// Where connections come from: the system, or the simulation's network.
#[derive(Debug, Default)]
pub(crate) enum Dialer {
    #[default]
    System,
    #[cfg(test)]
    Simulated(crate::simulation::Port),
}

impl Dialer {
    /// Tries the addresses of a hop in turn.
    pub(super) async fn connect(&self, hop: &Hop) -> Result<Socket, HopError> {
        let addresses = dns::addresses(hop).await.map_err(HopError::Resolve)?;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            match timeout(limits::HOP_CONNECT, self.dial(address)).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::Error::new(io::ErrorKind::TimedOut, "no answer"),
            }
        }
        Err(HopError::Connect(last))
    }

    async fn dial(&self, address: SocketAddr) -> io::Result<Socket> {
        match self {
            Self::System => {
                let socket = TcpStream::connect(address).await?;
                // Without this the last segment of a message waits for an acknowledgement (RFC 1122 §4.2.3.4).
                socket.set_nodelay(true)?;
                Ok(socket.into())
            }
            #[cfg(test)]
            Self::Simulated(port) => port.dial(address).await.map(Socket::Simulated),
        }
    }
}
