//! The socket below a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The system's; in the simulation one end of a simulated connection.
#[derive(Debug)]
pub(crate) enum Socket {
    System(TcpStream),
    #[cfg(test)]
    Simulated(crate::simulation::End),
}

impl Socket {
    /// Acknowledges at once what has come.
    pub(crate) fn acknowledge(&self) {
        match self {
            // Without it the rest only comes later.
            Self::System(socket) => _ = socket.set_quickack(true),
            #[cfg(test)]
            Self::Simulated(_) => {}
        }
    }
}

/// Before the greeting.
impl Socket {
    /// Whether something has come that nobody has read.
    pub(crate) fn has_spoken(&self) -> bool {
        match self {
            // The runtime may not have heard of it yet; the system has.
            Self::System(socket) => {
                rustix::io::ioctl_fionread(socket).is_ok_and(|octets| octets > 0)
            }
            #[cfg(test)]
            Self::Simulated(_) => false,
        }
    }

    /// Waits until something comes, if only the end.
    pub(crate) async fn speaks(&self) {
        match self {
            // An error is found by whoever reads. A new socket counts as readable until it is tried.
            Self::System(socket) => _ = socket.peek(&mut [0]).await,
            #[cfg(test)]
            Self::Simulated(_) => std::future::pending().await,
        }
    }
}

impl From<TcpStream> for Socket {
    fn from(socket: TcpStream) -> Self {
        Self::System(socket)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::System(socket) => Pin::new(socket).poll_read(cx, buf),
            #[cfg(test)]
            Self::Simulated(end) => Pin::new(end).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::System(socket) => Pin::new(socket).poll_write(cx, buf),
            #[cfg(test)]
            Self::Simulated(end) => Pin::new(end).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::System(socket) => Pin::new(socket).poll_write_vectored(cx, bufs),
            #[cfg(test)]
            Self::Simulated(end) => Pin::new(end).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::System(socket) => socket.is_write_vectored(),
            #[cfg(test)]
            Self::Simulated(end) => end.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::System(socket) => Pin::new(socket).poll_flush(cx),
            #[cfg(test)]
            Self::Simulated(end) => Pin::new(end).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::System(socket) => Pin::new(socket).poll_shutdown(cx),
            #[cfg(test)]
            Self::Simulated(end) => Pin::new(end).poll_shutdown(cx),
        }
    }
}
