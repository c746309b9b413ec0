//! One connection to one hop, from the socket to a session that can take mail.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use rustls_pki_types::ServerName;
use smtp::Content;
use smtp::HopReply;
use smtp::Pieces;
use smtp::client::{Client, ClientError, ClientEvent, HelloPolicy};
use smtp::extension::Capabilities;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::Tender;
use super::dialer::Dialer;
use crate::alarm::{Alarm, Late};
use crate::config::{Hop, TlsMode};
use crate::dns::{DnsError, NoExchanger, Resolver};
use crate::generation::Generation;
use crate::limits;
use crate::socket::Socket;
use crate::stream::Stream;
use crate::tls::{Distrust, HopClient, Negotiated};

/// Why a hop gave no session, or lost it. `Display` is the operator's sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HopError {
    #[error("its name leads to no address: {0}")]
    Resolve(DnsError),
    #[error("no host takes mail for it: {0}")]
    NoExchanger(NoExchanger),
    #[error("its hosts are left alone for a while")]
    LeftAlone,
    #[error("as many connections are open as are allowed")]
    Crowded,
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("it took longer than the time allowed for connecting, TLS and the envelope")]
    TooSlow,
    #[error("it fell silent")]
    Silent,
    #[error("the connection was lost: {0}")]
    Lost(io::Error),
    #[error("it closed the connection")]
    Closed,
    #[error("it is going away: {} {}", .0.code.value(), .0.text())]
    Leaving(HopReply),
    #[error("{0}")]
    Protocol(ClientError),
    #[error("it does not offer STARTTLS, which this side's TLS mode demands")]
    NoTls,
    #[error("the TLS handshake failed: {0}")]
    Handshake(io::Error),
    #[error("{0}")]
    Distrusted(Distrust),
    #[error(
        "it never asked for our certificate, so it cannot know who we are; is mutual TLS set up there?"
    )]
    NeverAsked,
}

impl HopError {
    /// Whether this is about proof: an operator should look at certificates, not at the network.
    pub(crate) fn is_distrust(&self) -> bool {
        matches!(
            self,
            Self::NoTls | Self::Distrusted(_) | Self::NeverAsked | Self::Handshake(_)
        )
    }
}

/// TLS to a hop, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HopSecurity {
    Tls {
        negotiated: Negotiated,
        verified: bool,
    },
    Clear(WhyPlain),
}

/// A connection in clear text always carries its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhyPlain {
    /// The configuration says so.
    Mode,
    /// The mode is opportunistic and the hop offers nothing.
    NotOffered,
}

impl std::fmt::Display for HopSecurity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tls {
                negotiated,
                verified: true,
            } => write!(f, "{} verified", negotiated.version),
            Self::Tls {
                negotiated,
                verified: false,
            } => write!(f, "{} unverified", negotiated.version),
            Self::Clear(WhyPlain::Mode) => f.write_str("none (mode)"),
            Self::Clear(WhyPlain::NotOffered) => f.write_str("none (not offered)"),
        }
    }
}

/// Which hop a connection goes to and how it is secured, in the operator's words.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) hop: String,
    pub(crate) security: String,
}

impl Told {
    fn new(hop: &Hop, security: &HopSecurity) -> Arc<Self> {
        Arc::new(Self {
            hop: hop.to_string(),
            security: security.to_string(),
        })
    }
}

/// Which host is to be connected to.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) dialer: &'a Dialer,
    pub(super) resolver: &'a Resolver,
    /// The entry of the way that led to it, by which its certificate is judged.
    pub(super) entry: &'a Hop,
    pub(super) host: &'a Hop,
    /// `None`: they are still to be looked up.
    pub(super) addresses: Option<&'a [IpAddr]>,
}

impl Call<'_> {
    async fn connect(&self) -> Result<Socket, HopError> {
        if let Some(addresses) = self.addresses {
            return self.dialer.connect(addresses, self.host.port).await;
        }
        let addresses = self.resolver.addresses(&self.host.host).await;
        let addresses = addresses.map_err(HopError::Resolve)?;
        self.dialer.connect(&addresses, self.host.port).await
    }
}

/// A connection whose hop has greeted us, proven itself as far as demanded, and answered EHLO.
///
/// Dropping it closes the socket as it stands: no dot, no QUIT, no RSET. That is what an abort is.
#[derive(Debug)]
pub(crate) struct Connection {
    wire: Wire,
    alarm: Alarm,
    pub(super) told: Arc<Told>,
    /// Where the socket's wake-ups come to.
    pub(super) runtime: runtime::Id,
    pub(super) opened: Instant,
    /// Whether it has carried a message before.
    pub(super) reused: bool,
    spoiled: bool,
    pub(super) generation: u64,
    /// A place among the side's connections, given back while it is idle.
    permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Everything up to EHLO, within the budget that ends at `deadline`.
    pub(super) async fn open(
        call: &Call<'_>,
        tender: &Tender,
        generation: &Generation,
        permit: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> Result<Self, HopError> {
        timeout_at(
            deadline,
            Self::establish(call, tender, generation, permit, deadline),
        )
        .await
        .map_err(|_| HopError::TooSlow)?
    }

    async fn establish(
        call: &Call<'_>,
        tender: &Tender,
        generation: &Generation,
        permit: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> Result<Self, HopError> {
        let (way, hop) = (&tender.way, call.host);
        let stream = call.connect().await?;
        let hello = match way.tls.mode {
            TlsMode::None | TlsMode::Opportunistic => HelloPolicy::HeloFallback,
            TlsMode::Encrypt | TlsMode::Verify | TlsMode::Mutual => HelloPolicy::EhloOnly,
        };
        let mut connection = Self {
            wire: Wire {
                stream: Stream::Plain(stream),
                client: Client::new(generation.config.hostname.clone(), hello),
                input: BytesMut::new(),
                output: Pieces::default(),
            },
            alarm: Alarm::new(deadline),
            told: Told::new(hop, &HopSecurity::Clear(WhyPlain::Mode)),
            runtime: runtime::Handle::current().id(),
            opened: Instant::now(),
            reused: false,
            spoiled: false,
            generation: generation.number,
            permit: Some(permit),
        };
        let capabilities = connection.ready().await?;
        if way.tls.mode == TlsMode::None {
            return Ok(connection);
        }
        if capabilities.start_tls {
            let client = match tender.domain {
                Some(_) => generation.material.stranger(tender.identity),
                None => generation
                    .material
                    .hop(way.host(), call.entry, tender.identity),
            }
            .expect("the material has every hop of its own configuration");
            return connection.secure(way.tls.mode, hop, &client).await;
        }
        if way.tls.mode == TlsMode::Opportunistic {
            connection.told = Told::new(hop, &HopSecurity::Clear(WhyPlain::NotOffered));
            return Ok(connection);
        }
        Err(HopError::NoTls)
    }

    async fn ready(&mut self) -> Result<Capabilities, HopError> {
        match self.wire.next().await? {
            ClientEvent::Ready(capabilities) => Ok(capabilities),
            other => Err(unexpected(other)),
        }
    }

    /// STARTTLS. There is no way back to clear text from here.
    async fn secure(mut self, mode: TlsMode, hop: &Hop, tls: &HopClient) -> Result<Self, HopError> {
        self.wire.client.start_tls(&mut self.wire.output);
        match self.wire.next().await? {
            ClientEvent::StartTls => {}
            other => return Err(unexpected(other)),
        }
        let (config, witness) = tls.connection();
        let name = ServerName::try_from(hop.host.clone()).map_err(|error| {
            HopError::Handshake(io::Error::new(io::ErrorKind::InvalidInput, error))
        })?;
        let stream = self.wire.stream.connect(config, name).await;
        self.wire.stream = stream.map_err(|error| {
            Distrust::of(&error).map_or_else(|| HopError::Handshake(error), HopError::Distrusted)
        })?;
        if mode == TlsMode::Mutual && !witness.was_asked() {
            return Err(HopError::NeverAsked);
        }
        let verified = matches!(mode, TlsMode::Verify | TlsMode::Mutual);
        let connection = self.wire.stream.tls().ok_or(HopError::NoTls)?;
        let security = HopSecurity::Tls {
            negotiated: Negotiated::of(connection),
            verified,
        };
        self.told = Told::new(hop, &security);
        self.wire.input.clear();
        self.wire.client.secured(&mut self.wire.output);
        self.ready().await?;
        Ok(self)
    }

    /// Goes to rest; the place is given to whoever holds the value that comes back.
    pub(super) fn rest(&mut self) -> Option<OwnedSemaphorePermit> {
        self.reused = true;
        self.permit.take()
    }

    /// Goes to work again.
    pub(super) fn work(&mut self, permit: OwnedSemaphorePermit) {
        self.permit = Some(permit);
    }

    /// What the hop can do.
    pub(super) fn capabilities(&self) -> Option<&Capabilities> {
        self.wire.client.capabilities()
    }

    /// The protocol engine and where its words go; [`Self::next`] sends them.
    pub(super) fn client(&mut self) -> (&mut Client, &mut Pieces) {
        (&mut self.wire.client, &mut self.wire.output)
    }

    /// The hop's next word, within the budget that ends at `deadline`.
    pub(super) async fn next_before(&mut self, deadline: Instant) -> Result<ClientEvent, HopError> {
        match self.alarm.before(deadline, self.wire.next()).await {
            Ok(event) => event,
            Err(Late) => Err(HopError::TooSlow),
        }
    }

    /// Whether nobody knows what the hop would make of another message on it.
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Makes a piece of the body ready to go.
    pub(crate) fn stage(&mut self, content: Content) {
        self.wire.client.body(content, &mut self.wire.output);
    }

    /// Makes the terminator ready to go; every check must have passed.
    pub(crate) fn terminate(&mut self) {
        self.wire.client.terminate(&mut self.wire.output);
    }

    /// Listens, without waiting, to a hop whose turn it is not. It may refuse a chunk, and then wants no other (RFC 3030
    /// §2). Anything else is an error: said before the end, it would be taken for the verdict on the whole message.
    pub(crate) async fn heed(&mut self) -> Result<Option<HopReply>, HopError> {
        tokio::select! {
            biased;
            received = self.wire.receive() => received?,
            () = std::future::ready(()) => return Ok(None), // nothing is here
        }
        let Wire {
            client,
            input,
            output,
            ..
        } = &mut self.wire;
        match client.poll(input, output) {
            ClientEvent::NeedInput => Ok(None),
            ClientEvent::Chunk(reply) => Ok(Some(reply)),
            ClientEvent::Closing(reply) => Err(HopError::Leaving(reply)),
            ClientEvent::Failed(error) => Err(HopError::Protocol(error)),
            other => Err(unexpected(other)),
        }
    }

    /// Sends what is staged; comes back when the hop has taken it.
    pub(crate) async fn push(&mut self) -> Result<(), HopError> {
        let deadline = Instant::now() + limits::HOP_STALL;
        match self.alarm.before(deadline, self.wire.send()).await {
            Ok(sent) => sent,
            Err(Late) => Err(HopError::Silent),
        }
    }

    /// The reply to the whole message, waited for until `deadline`.
    pub(crate) async fn final_reply(&mut self, deadline: Instant) -> Result<HopReply, HopError> {
        match self.alarm.before(deadline, self.wire.next()).await {
            Err(Late) => Err(HopError::Silent),
            Ok(event) => match event? {
                ClientEvent::Final(reply) => Ok(reply),
                // The end was on its way already; what a hop makes of it after that differs (RFC 3030 §2).
                ClientEvent::Chunk(reply) => {
                    self.spoiled = true;
                    Ok(reply)
                }
                other => Err(unexpected(other)),
            },
        }
    }

    /// Ends a transaction that was refused at the envelope, so that the connection can be used again.
    pub(super) async fn reset(&mut self) -> Result<(), HopError> {
        self.wire.client.reset(&mut self.wire.output);
        let deadline = Instant::now() + limits::HOP_RESET;
        match self.alarm.before(deadline, self.wire.next()).await {
            Err(Late) => Err(HopError::Silent),
            Ok(event) => match event? {
                ClientEvent::ResetDone => Ok(()),
                other => Err(unexpected(other)),
            },
        }
    }

    /// Says QUIT without waiting for the answer.
    pub(super) async fn quit(mut self) {
        self.wire.client.quit(&mut self.wire.output);
        self.wire.stream.cork();
        let goodbye = async {
            self.wire.send().await?;
            self.wire.stream.shutdown().await.map_err(HopError::Lost)
        };
        let _ = timeout(limits::HOP_RESET, goodbye).await; // it is over either way
    }
}

/// The socket with its buffers and the protocol engine.
#[derive(Debug)]
struct Wire {
    stream: Stream,
    client: Client,
    input: BytesMut,
    output: Pieces,
}

impl Wire {
    async fn next(&mut self) -> Result<ClientEvent, HopError> {
        let mut heard = false;
        loop {
            match self.client.poll(&mut self.input, &mut self.output) {
                ClientEvent::NeedInput => {
                    match self.output.has_remaining() {
                        true => self.send().await?,
                        // A part of what it has to say.
                        false if heard => self.stream.acknowledge(),
                        false => {}
                    }
                    self.receive().await?;
                    heard = true;
                }
                ClientEvent::Closing(reply) => return Err(HopError::Leaving(reply)),
                ClientEvent::Failed(error) => return Err(HopError::Protocol(error)),
                event => return Ok(event),
            }
        }
    }

    async fn send(&mut self) -> Result<(), HopError> {
        let Self { stream, output, .. } = self;
        stream.write_all_buf(output).await.map_err(HopError::Lost)?;
        stream.flush().await.map_err(HopError::Lost)
    }

    async fn receive(&mut self) -> Result<(), HopError> {
        self.input.reserve(REPLY_READ_BYTES);
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) => Err(HopError::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(HopError::Lost(error)),
        }
    }
}

const REPLY_READ_BYTES: usize = 4096;

fn unexpected(event: ClientEvent) -> HopError {
    HopError::Lost(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("an answer out of turn: {event:?}"),
    ))
}

#[cfg(test)]
impl Connection {
    /// Opened now, and to nobody.
    pub(super) fn to_nobody(hop: &Hop, generation: u64) -> Self {
        let (ours, _) = crate::simulation::connect(std::time::Duration::ZERO);
        Self {
            wire: Wire {
                stream: Stream::Plain(Socket::Simulated(ours)),
                client: Client::new("mx.contoso.com".to_owned(), HelloPolicy::EhloOnly),
                input: BytesMut::new(),
                output: Pieces::default(),
            },
            alarm: Alarm::new(Instant::now()),
            told: Told::new(hop, &HopSecurity::Clear(WhyPlain::Mode)),
            runtime: runtime::Handle::current().id(),
            opened: Instant::now(),
            reused: false,
            spoiled: false,
            generation,
            permit: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::join;

    use super::*;
    use crate::stream::tests::Pair;

    #[tokio::test]
    async fn half_a_reply_is_acknowledged_at_once() {
        let mut pair = Pair::connect().await;
        let mut wire = Wire {
            stream: Stream::Plain(pair.take()),
            client: Client::new("mx.contoso.com".to_owned(), HelloPolicy::EhloOnly),
            input: BytesMut::new(),
            output: Pieces::default(),
        };
        let (ready, ()) = join!(wire.next(), async {
            pair.exchange("220 hop.test\r\n").await;
            pair.write("250 hop.test\r\n").await;
        });
        assert!(matches!(ready, Ok(ClientEvent::Ready(_))), "{ready:?}");
        // In a dialog the system waits for our next command, to acknowledge with it.
        while pair.acknowledges_at_once() {
            wire.client.reset(&mut wire.output);
            let (done, ()) = join!(wire.next(), pair.answer("250 OK\r\n"));
            assert!(matches!(done, Ok(ClientEvent::ResetDone)), "{done:?}");
        }
        wire.client.reset(&mut wire.output);
        tokio::select! {
            event = wire.next() => panic!("{event:?}"),
            () = async { pair.answer("25").await; pair.taken().await } => {}
        }
        assert!(pair.acknowledges_at_once());
    }
}
