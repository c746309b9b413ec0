//! A TCP connection, in clear or under TLS.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::tls::{ClientTls, ServerTls, TlsInfo};

#[derive(Debug)]
pub(crate) enum Transport {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Given away: to a handshake, or closed.
    Gone,
}

impl Transport {
    pub(crate) fn new(tcp: TcpStream) -> io::Result<Self> {
        // A reply is a packet: a test that looks at timing shall not see Nagle's algorithm.
        tcp.set_nodelay(true)?;
        Ok(Self::Clear(tcp))
    }

    /// The client's handshake. In TLS 1.3 it ends before the server has judged our certificate.
    pub(crate) async fn connect(self, tls: &ClientTls) -> io::Result<(Self, TlsInfo)> {
        let stream = TlsConnector::from(tls.config())
            .connect(tls.server_name(), self.into_clear()?)
            .await?;
        let info = TlsInfo::of(stream.get_ref().1, None);
        Ok((Self::Tls(Box::new(stream.into())), info))
    }

    /// The server's handshake.
    pub(crate) async fn accept(self, tls: &ServerTls) -> io::Result<(Self, TlsInfo)> {
        let stream = TlsAcceptor::from(tls.config())
            .accept(self.into_clear()?)
            .await?;
        let connection = stream.get_ref().1;
        let info = TlsInfo::of(connection, connection.server_name());
        Ok((Self::Tls(Box::new(stream.into())), info))
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp()?.local_addr()
    }

    /// Ends the connection with a TCP reset.
    pub(crate) fn reset(self) -> io::Result<()> {
        self.tcp()?.set_zero_linger()
    }

    fn tcp(&self) -> io::Result<&TcpStream> {
        match self {
            Self::Clear(tcp) => Ok(tcp),
            Self::Tls(tls) => Ok(tls.get_ref().0),
            Self::Gone => Err(gone()),
        }
    }

    fn into_clear(self) -> io::Result<TcpStream> {
        match self {
            Self::Clear(tcp) => Ok(tcp),
            Self::Tls(_) => Err(io::Error::other("the connection is under TLS already")),
            Self::Gone => Err(gone()),
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
            Self::Gone => Poll::Ready(Err(gone())),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_write(cx, octets),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, octets),
            Self::Gone => Poll::Ready(Err(gone())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Self::Gone => Poll::Ready(Err(gone())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Self::Gone => Poll::Ready(Err(gone())),
        }
    }
}

fn gone() -> io::Error {
    io::ErrorKind::NotConnected.into()
}
