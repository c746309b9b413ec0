//! A connection, in clear text or inside TLS.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::{ClientConfig, CommonState, ServerConfig};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::limits;
use crate::socket::Socket;
use crate::tls::Underlay;

/// Either kind, without a boxed trait object on the way of every octet.
#[derive(Debug)]
pub(crate) enum Stream {
    /// As it came from the socket.
    Plain(Socket),
    /// After the handshake. Boxed: the TLS state is large, and idle sessions are many.
    Tls(Box<TlsStream<Underlay>>),
}

impl Stream {
    /// Acknowledges at once what has come. Whoever writes in pieces may wait for that before the next one (RFC 896), and
    /// the system would otherwise put it off for 40 ms in the hope of a reply to send it with (RFC 1122 §4.2.3.2).
    pub(crate) fn acknowledge(&self) {
        match self {
            Self::Plain(socket) => socket.acknowledge(),
            Self::Tls(stream) => stream.get_ref().0.socket().acknowledge(),
        }
    }

    /// From now on what is written goes out with the end, which [`AsyncWriteExt::shutdown`] tells.
    pub(crate) fn cork(&mut self) {
        match self {
            Self::Plain(_) => {}
            Self::Tls(stream) => stream.get_mut().0.cork(),
        }
    }

    /// What was agreed upon; `None` in clear text.
    pub(crate) fn tls(&self) -> Option<&CommonState> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => Some(stream.get_ref().1),
        }
    }

    /// TLS from here on, as a server.
    pub(crate) async fn accept(self, config: Arc<ServerConfig>) -> io::Result<Self> {
        let handshake = TlsAcceptor::from(config).accept(self.underlay()?);
        let outcome = handshake.into_fallible().await;
        Self::secured(outcome.map(TlsStream::Server)).await
    }

    /// TLS from here on, as a client.
    pub(crate) async fn connect(
        self,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> io::Result<Self> {
        let handshake = TlsConnector::from(config).connect(name, self.underlay()?);
        let outcome = handshake.into_fallible().await.map(|mut stream| {
            let piece = Some(2 * limits::READ_BYTES); // any, with what TLS adds to it
            stream.get_mut().1.set_buffer_limit(piece);
            TlsStream::Client(stream)
        });
        Self::secured(outcome).await
    }

    fn underlay(self) -> io::Result<Underlay> {
        match self {
            Self::Plain(socket) => Ok(Underlay::corked(socket)),
            Self::Tls(_) => Err(io::Error::other("TLS inside TLS")),
        }
    }

    async fn secured(
        outcome: Result<TlsStream<Underlay>, (io::Error, Underlay)>,
    ) -> io::Result<Self> {
        match outcome {
            Ok(mut stream) => {
                stream.get_mut().0.uncork();
                Ok(Self::Tls(Box::new(stream)))
            }
            Err((error, mut underlay)) => {
                underlay.uncork();
                _ = underlay.flush().await; // the alert that says why, for an end that still listens
                Err(error)
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => poll_records(stream.as_mut(), cx, buf),
        }
    }
}

/// The library fills the whole buffer and asks for more although it has something to give. Here what it has comes first,
/// then one question to the system, and another one only if that brought no whole record.
fn poll_records(
    stream: &mut TlsStream<Underlay>,
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    loop {
        let (underlay, session) = stream.get_mut();
        let asks = session.wants_read();
        match asks {
            true => underlay.ask(buf.remaining()),
            false => underlay.rest(),
        }
        let read = Pin::new(&mut *stream).poll_read(cx, buf);
        let is_part = read.is_pending() && asks && stream.get_ref().0.is_answered();
        if !is_part {
            return read;
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use rustix::net::sockopt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Both ends of a connection, and a second handle of ours.
    pub(crate) struct Pair {
        ours: Option<TcpStream>,
        probe: std::net::TcpStream,
        theirs: TcpStream,
    }

    impl Pair {
        pub(crate) async fn connect() -> Self {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let address = listener.local_addr().expect("its address");
            let theirs = TcpStream::connect(address).await.expect("a connection");
            theirs.set_nodelay(true).expect("an option");
            let (ours, _) = listener.accept().await.expect("its other end");
            let ours = ours.into_std().expect("a socket");
            let probe = ours.try_clone().expect("another handle");
            let ours = TcpStream::from_std(ours).expect("a socket");
            Self {
                ours: Some(ours),
                probe,
                theirs,
            }
        }

        /// Our end; once.
        pub(crate) fn take(&mut self) -> Socket {
            self.ours.take().expect("it is taken once").into()
        }

        /// The other end, for good.
        pub(crate) fn other(self) -> Socket {
            self.theirs.into()
        }

        pub(crate) fn acknowledges_at_once(&self) -> bool {
            sockopt::tcp_quickack(&self.probe).expect("an option")
        }

        /// The other end speaks.
        pub(crate) async fn write(&mut self, text: &str) {
            let written = self.theirs.write_all(text.as_bytes()).await;
            written.expect("a connection");
        }

        /// The other end speaks, and hears something.
        pub(crate) async fn exchange(&mut self, text: &str) {
            self.write(text).await;
            self.hear().await;
        }

        /// The other end hears something, and speaks.
        pub(crate) async fn answer(&mut self, text: &str) {
            self.hear().await;
            self.write(text).await;
        }

        /// What the other end hears at once.
        pub(crate) async fn hear(&mut self) -> Vec<u8> {
            let mut heard = vec![0; 64 * 1024];
            let octets = self.theirs.read(&mut heard).await.expect("a connection");
            assert!(octets > 0, "it has ended");
            heard.truncate(octets);
            heard
        }

        /// Whether something has come that the other end has not read.
        pub(crate) fn is_told(&self) -> bool {
            rustix::io::ioctl_fionread(&self.theirs).is_ok_and(|octets| octets > 0)
        }

        /// Until our end has read what the other one said.
        pub(crate) async fn taken(&self) {
            while self.probe.peek(&mut [0]).is_ok() {
                tokio::task::yield_now().await;
            }
        }
    }
}
