//! The socket below TLS, which asks the system as seldom as it can.
//!
//! The TLS library reads 4 KiB at a time, a quarter of a record: here more is read ahead when more is wanted. And it writes
//! each flight by itself, as if nothing were to follow: the tickets behind a handshake wait here for the reply that
//! follows them, and a last reply for the notice of the end.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::limits;
use crate::socket::Socket;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Underlay {
    socket: Socket,
    /// Read and not asked for yet.
    ahead: BytesMut,
    /// How much the reader would like to have.
    appetite: usize,
    /// The system has given something for it.
    answered: bool,
    /// Written and not sent yet.
    kept: BytesMut,
    corked: bool,
}

impl Underlay {
    /// For a handshake. What is written goes out when an answer to it is awaited.
    pub(crate) fn corked(socket: Socket) -> Self {
        Self {
            socket,
            ahead: BytesMut::new(),
            appetite: 0,
            answered: false,
            kept: BytesMut::new(),
            corked: true,
        }
    }

    /// From now on what is written stays here until something is read or the end is sent.
    pub(crate) fn cork(&mut self) {
        self.corked = true;
    }

    /// From now on what is written is sent. What is here goes with it, or before something is awaited.
    pub(crate) fn uncork(&mut self) {
        self.corked = false;
    }

    /// As much may be read, by one call of the system. Further reads give what it brought, and then nothing: they wait,
    /// and nobody wakes them, until this is called again. A handshake reads as it likes.
    pub(crate) fn ask(&mut self, octets: usize) {
        self.appetite = octets.min(limits::READ_BYTES);
        self.answered = false;
    }

    /// As if it had been asked, and had answered.
    pub(crate) fn rest(&mut self) {
        self.answered = true;
    }

    /// Whether something has come since then.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    fn poll_socket(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.appetite <= buf.remaining() {
            return Pin::new(&mut self.socket).poll_read(cx, buf);
        }
        self.ahead.reserve(self.appetite);
        let read = pin!(self.socket.read_buf(&mut self.ahead)).poll(cx);
        if read.is_pending() {
            self.ahead = BytesMut::new(); // most connections are idle most of the time
        }
        ready!(read)?;
        self.give(buf);
        Poll::Ready(Ok(()))
    }

    fn give(&mut self, buf: &mut ReadBuf<'_>) {
        let octets = buf.remaining().min(self.ahead.len());
        buf.put_slice(&self.ahead[..octets]);
        self.ahead.advance(octets);
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.kept.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_write(cx, &self.kept))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                octets => self.kept.advance(octets),
            }
        }
        self.kept = BytesMut::new();
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Underlay {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.ahead.is_empty() {
            this.give(buf);
            return Poll::Ready(Ok(()));
        }
        if this.answered && !this.corked {
            return Poll::Pending;
        }
        let read = this.poll_socket(cx, buf);
        this.answered = read.is_ready();
        if read.is_pending() && !this.kept.is_empty() {
            // Whoever waits may be waited for.
            ready!(this.poll_send(cx))?;
        }
        read
    }
}

impl AsyncWrite for Underlay {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.corked && this.kept.is_empty() {
            return Pin::new(&mut this.socket).poll_write_vectored(cx, bufs);
        }
        if this.kept.len() >= KEPT_BYTES {
            ready!(this.poll_send(cx))?;
        }
        let before = this.kept.len();
        for buf in bufs {
            this.kept.extend_from_slice(buf);
        }
        let taken = this.kept.len() - before;
        if !this.corked
            && let Poll::Ready(Err(error)) = this.poll_send(cx)
        {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.corked {
            return Poll::Ready(Ok(()));
        }
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.socket).poll_flush(cx)
    }

    /// Sends what is here. The end of the connection is for the socket to tell, when it is closed.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(cx)
    }
}

/// So much waits to be sent before a writer has to wait as well: any flight of a handshake with a usual chain.
const KEPT_BYTES: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::FutureExt;
    use futures_util::future::try_join;
    use rustls::sign::CertifiedKey;
    use rustls_pki_types::ServerName;
    use testbed::certificates::{Authority, Leaf};
    use testbed::tls::ClientTls;
    use tokio::io::AsyncWriteExt;
    use tokio::time::timeout;

    use super::*;
    use crate::stream::Stream;
    use crate::stream::tests::Pair;
    use crate::tls::{ServerTls, provider};

    /// What the TLS library asks for.
    const LITTLE: usize = 4096;
    const PATIENCE: Duration = Duration::from_secs(10);

    async fn pair() -> (Pair, Underlay) {
        let mut pair = Pair::connect().await;
        let underlay = Underlay::corked(pair.take());
        (pair, underlay)
    }

    /// Whether a read waits.
    fn waits(underlay: &mut Underlay) -> bool {
        underlay.read(&mut [0; LITTLE]).now_or_never().is_none()
    }

    #[tokio::test]
    async fn as_much_is_read_ahead_as_is_wanted() {
        for (wanted, ahead) in [(LITTLE, 0), (LITTLE + 1, 1), (3 * LITTLE, 2 * LITTLE)] {
            let (mut pair, mut underlay) = pair().await;
            pair.write(&"x".repeat(3 * LITTLE)).await;
            underlay.ask(wanted);
            let mut heard = vec![0; LITTLE];
            underlay.read_exact(&mut heard).await.expect("octets");
            assert_eq!(underlay.ahead.len(), ahead, "{wanted} wanted");
            let mut rest = vec![0; 2 * LITTLE];
            underlay.read_exact(&mut rest).await.expect("octets");
            assert!([heard, rest].concat().iter().all(|octet| *octet == b'x'));
            assert!(underlay.ahead.is_empty());
            assert!(waits(&mut underlay));
            assert_eq!(underlay.ahead.capacity(), 0, "an idle connection");
        }
        let (_, mut underlay) = pair().await;
        underlay.ask(usize::MAX);
        assert_eq!(underlay.appetite, limits::READ_BYTES);
    }

    #[tokio::test]
    async fn the_system_is_asked_once_for_each_question() {
        let (mut pair, mut underlay) = pair().await;
        underlay.uncork();
        pair.write("one").await;
        let mut heard = [0; LITTLE];
        assert_eq!(underlay.read(&mut heard).await.expect("octets"), 3);
        assert!(underlay.is_answered());
        pair.write("two").await;
        assert!(waits(&mut underlay));
        assert!(underlay.socket().has_spoken(), "it was not asked");
        underlay.ask(LITTLE);
        assert!(!underlay.is_answered());
        assert_eq!(underlay.read(&mut heard).await.expect("octets"), 3);
        underlay.ask(LITTLE);
        assert!(waits(&mut underlay));
        assert!(!underlay.is_answered(), "nothing came");
    }

    #[tokio::test]
    async fn what_is_kept_goes_when_an_answer_is_awaited() {
        let (mut pair, mut underlay) = pair().await;
        for word in ["one ", "two"] {
            underlay.write_all(word.as_bytes()).await.expect("a place");
            underlay.flush().await.expect("nothing to do");
        }
        assert!(!pair.is_told());
        let mut answer = [0; LITTLE];
        tokio::select! {
            answer = underlay.read(&mut answer) => panic!("{answer:?}"),
            heard = pair.hear() => assert_eq!(heard, b"one two"),
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_here_already_is_not_waited_for() {
        let (mut pair, mut underlay) = pair().await;
        pair.write("hello").await;
        underlay.write_all(b"kept").await.expect("a place");
        let mut heard = [0; 5];
        underlay.read_exact(&mut heard).await.expect("octets");
        assert!(!pair.is_told());
        underlay.uncork();
        assert!(!pair.is_told());
        underlay
            .write_all(b" and more")
            .await
            .expect("a connection");
        assert_eq!(pair.hear().await, b"kept and more");
        underlay.write_all(b"at once").await.expect("a connection");
        assert_eq!(pair.hear().await, b"at once");
    }

    #[tokio::test]
    async fn what_is_kept_goes_with_the_end_and_when_it_is_asked_for() {
        let (mut pair, mut underlay) = pair().await;
        underlay.write_all(b"221 ").await.expect("a place");
        underlay.write_all(b"notice").await.expect("a place");
        underlay.shutdown().await.expect("a connection");
        assert_eq!(pair.hear().await, b"221 notice");
        underlay.write_all(b"kept").await.expect("a place");
        underlay.uncork();
        underlay.flush().await.expect("a connection");
        assert_eq!(pair.hear().await, b"kept");
    }

    #[tokio::test]
    async fn a_flight_is_kept_up_to_a_bound() {
        let (mut pair, mut underlay) = pair().await;
        underlay
            .write_all(&[b'x'; KEPT_BYTES])
            .await
            .expect("a place");
        assert!(!pair.is_told());
        underlay.write_all(b"y").await.expect("a connection");
        assert_eq!(pair.hear().await, [b'x'; KEPT_BYTES]);
        assert!(!pair.is_told());
        underlay.shutdown().await.expect("a connection");
        assert_eq!(pair.hear().await, b"y");
    }

    /// Whether something has come that `stream` has not read.
    fn is_told(stream: &Stream) -> bool {
        match stream {
            Stream::Tls(tls) => tls.get_ref().0.socket().has_spoken(),
            Stream::Plain(_) => false,
        }
    }

    #[tokio::test]
    async fn a_handshake_ends_with_what_follows_it() {
        let authority = Authority::new("Root");
        let certificate = authority.issue(&Leaf::new("mx.contoso.com"));
        let key = provider()
            .key_provider
            .load_private_key(certificate.key_der());
        let key = CertifiedKey::new(certificate.chain().to_vec(), key.expect("a key"));
        let server = ServerTls::new(&Arc::new(key)).expect("a configuration");
        let client = ClientTls::trusting([&authority], "mx.contoso.com").config();
        let name = ServerName::try_from("mx.contoso.com").expect("a name");
        let mut pair = Pair::connect().await;
        let (ours, theirs) = (Stream::Plain(pair.take()), pair.other());
        let ours = ours.accept(server.silent());
        let theirs = async {
            let mut theirs = Stream::Plain(theirs).connect(client, name).await?;
            theirs.write_all(b"EHLO").await?; // without it the last flight would stay here
            Ok(theirs)
        };
        let both = timeout(PATIENCE, try_join(ours, theirs)).await;
        let (mut ours, mut theirs) = both.expect("all is sent").expect("TLS");
        let mut heard = [0; LITTLE];
        let octets = ours.read(&mut heard).await.expect("a connection");
        assert_eq!(&heard[..octets], b"EHLO");
        assert!(!is_told(&theirs), "tickets");
        ours.write_all(b"250").await.expect("a connection");
        let octets = theirs.read(&mut heard).await.expect("a connection");
        assert_eq!(&heard[..octets], b"250");
        // From here on all is sent at once.
        ours.write_all(b"more").await.expect("a connection");
        let more = timeout(PATIENCE, theirs.read(&mut heard));
        let octets = more.await.expect("it is sent").expect("a connection");
        assert_eq!(&heard[..octets], b"more");
    }
}
