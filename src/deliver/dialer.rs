//! Connecting to hops.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::hop::HopError;
use crate::limits;
use crate::socket::Socket;

/// Where connections come from: the system, or the simulation's network.
#[derive(Debug, Default)]
pub(crate) enum Dialer {
    #[default]
    System,
    #[cfg(test)]
    Simulated(crate::simulation::Port),
}

impl Dialer {
    /// Tries the addresses of a host in turn.
    pub(super) async fn connect(
        &self,
        addresses: &[IpAddr],
        port: u16,
    ) -> Result<Socket, HopError> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            let address = SocketAddr::new(*address, port);
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
