//! One connection of a client, from greeting to goodbye: bytes in, transactions out.

mod guest;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use smtp::BareNewline;
use smtp::envelope::{MailFrom, RcptTo};
use smtp::extension::Offer;
use smtp::reply::{Answer, Reply};
use smtp::server::{Event, Server, Settings};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::accept::{Phase, reached};
use crate::clients::{Conduct, Regard, Seat};
use crate::config;
use crate::event::{self, SessionId};
use crate::generation::Generation;
use crate::inbound::{Inbound, Lost};
use crate::limits::HARVEST_DELAY;
use crate::origin::{Peer, Proof, Standing};
use crate::services::Services;
use crate::socket::Socket;
use crate::tls::Distrust;
use crate::transaction::{Draft, Sender};
use guest::Guest;

/// Drives a client's connection until it ends or `phases` says that the gateway does.
pub(crate) async fn drive(
    socket: Socket,
    peer: Peer,
    id: SessionId,
    seat: Seat,
    services: Arc<Services>,
    phases: watch::Receiver<Phase>,
) {
    let generation = services.generation.load_full();
    let standing = Standing::of(&peer, &generation, id, &services.events);
    let regard = Regard::of(&peer, &standing, &generation.config);
    let is_early = seat.is_strangers()
        && regard.must_wait(&peer, &generation.config)
        && speaks_first(&socket, generation.config.limits.greeting_delay).await;
    let capabilities = services.deliver.capabilities_edition();
    let server = Server::new(settings(&services, &generation, &peer, &standing));
    let mut inbound = Box::new(Inbound::new(
        socket,
        server,
        generation.config.limits.client_idle,
    ));
    let mut guest = Guest::new(seat, regard, services.events.clone());
    if is_early {
        guest.early();
        return inbound.close(Some(Reply::SPOKE_TOO_EARLY)).await;
    }
    inbound.greet();
    // Boxed, as its connection is: otherwise each future that holds it has room of its own for it.
    Box::new(Session {
        id,
        peer,
        standing,
        guest,
        generation,
        capabilities,
        services,
        transactions: 0,
    })
    .run(inbound, phases)
    .await;
}

/// Whether the client says something before it is greeted (RFC 5321 §4.3.1): nobody does who reads replies.
async fn speaks_first(socket: &Socket, delay: Duration) -> bool {
    if !delay.is_zero() && !socket.has_spoken() {
        // Whoever is silent is greeted when the time is over, whoever is gone finds that out by himself.
        let _ = timeout(delay, socket.speaks()).await;
    }
    socket.has_spoken()
}

struct Session {
    id: SessionId,
    peer: Peer,
    standing: Standing,
    guest: Guest,
    generation: Arc<Generation>,
    /// Of which edition of the sides' capabilities our offer is.
    capabilities: u64,
    services: Arc<Services>,
    transactions: u64,
}

impl Session {
    async fn run(
        mut self: Box<Self>,
        mut inbound: Box<Inbound>,
        mut phases: watch::Receiver<Phase>,
    ) {
        let mut draft: Option<Draft> = None;
        let mut draining = pin!(reached(&mut phases, Phase::Draining));
        loop {
            let event = tokio::select! {
                biased; // a client that never pauses must not keep us from draining
                () = &mut draining => return inbound.close(Some(Reply::SHUTTING_DOWN)).await,
                event = inbound.next() => event,
            };
            let next = match event {
                Ok(Event::StartTls) => self.secure(inbound).await,
                Ok(Event::Quit) => return inbound.close(None).await,
                Ok(Event::Close) => {
                    self.cut_off("too many errors, or more than it may send");
                    return inbound.close(None).await;
                }
                Ok(event) => self.on(event, &mut draft, inbound).await,
                Err(lost) => return self.lost(&lost, inbound).await,
            };
            match next {
                Some(same) => inbound = same,
                None => return,
            }
        }
    }

    /// `None`: the connection has ended.
    async fn on(
        &mut self,
        event: Event,
        draft: &mut Option<Draft>,
        mut inbound: Box<Inbound>,
    ) -> Option<Box<Inbound>> {
        match event {
            Event::Mail(mail) => *draft = self.mail(mail, &mut inbound),
            Event::Rcpt(rcpt) => return self.rcpt(rcpt, draft, inbound).await,
            Event::Reset => *draft = None,
            Event::Begin(envelope) => {
                let Some(draft) = draft.take() else {
                    inbound.server.refuse_body(Reply::LOCAL_ERROR.into());
                    return Some(inbound);
                };
                let sender = self.sender();
                // Boxed: a connection that sits idle does not pay for the largest thing that it might do.
                let carried = Box::pin(draft.carry(envelope, &mut inbound, &sender)).await;
                if let Err(lost) = carried {
                    self.lost(&lost, inbound).await;
                    return None;
                }
                self.renew(&mut inbound);
            }
            // The answer to a refused body is out; the transaction's own driver has seen the rest.
            Event::Refused | Event::Fault(_) | Event::Body(_) | Event::End => {}
            Event::NeedInput | Event::StartTls | Event::Quit | Event::Close => {
                unreachable!("handled where the event was read")
            }
        }
        Some(inbound)
    }

    fn mail(&mut self, mail: MailFrom, inbound: &mut Inbound) -> Option<Draft> {
        self.renew(inbound);
        self.transactions += 1;
        let drafted = self
            .admit()
            .and_then(|()| Draft::begin(mail, &self.sender()));
        let (server, out) = inbound.answer();
        match drafted {
            Ok(draft) => {
                server.accept_mail(out);
                Some(draft)
            }
            Err(answer) => {
                server.refuse_mail(answer, out);
                None
            }
        }
    }

    /// `None`: the connection has ended.
    async fn rcpt(
        &mut self,
        rcpt: RcptTo,
        draft: &mut Option<Draft>,
        mut inbound: Box<Inbound>,
    ) -> Option<Box<Inbound>> {
        let named = self.guest.names(&rcpt.path, &self.generation.config);
        let verdict = match (named, draft) {
            (Ok(_), Some(draft)) => draft.rcpt(rcpt, &self.sender()),
            (Ok(_), None) => Err(Reply::LOCAL_ERROR.into()),
            (Err(reply), _) => Err(reply.into()),
        };
        let Err(answer) = verdict else {
            self.guest.was_taken();
            let (server, out) = inbound.answer();
            server.accept_rcpt(out);
            return Some(inbound);
        };
        let (pace, limits) = (inbound.pace(), &self.generation.config.limits);
        let conduct = match named {
            Ok(named) => self.guest.was_refused(named, &answer, pace, limits),
            Err(_) => Conduct::Free,
        };
        match conduct {
            Conduct::Free => {}
            // Boxed: it happens seldom.
            Conduct::Slow => inbound = Box::pin(self.slow_down(inbound)).await?,
            Conduct::Shut => {
                inbound.close(Some(Reply::TOO_MANY_UNKNOWN)).await;
                return None;
            }
        }
        let (server, out) = inbound.answer();
        server.refuse_rcpt(answer, out);
        Some(inbound)
    }

    /// The next answer takes its time. What was answered before goes out first, so that nobody waits for it too.
    async fn slow_down(&self, mut inbound: Box<Inbound>) -> Option<Box<Inbound>> {
        if let Err(lost) = inbound.flush().await {
            self.lost(&lost, inbound).await;
            return None;
        }
        let Some(_place) = self.services.clients.slow_down() else {
            inbound.close(Some(Reply::TOO_MANY_UNKNOWN)).await;
            return None;
        };
        sleep(HARVEST_DELAY).await;
        Some(inbound)
    }

    /// What is asked of a client before any mail of its is looked at.
    fn admit(&mut self) -> Result<(), Answer> {
        let listener = self
            .generation
            .config
            .listeners
            .iter()
            .find(|one| one.name == self.peer.listener);
        // A listener that a reload has taken away had its rules; without them nobody is let in unproven.
        let must_prove = listener.is_none_or(|listener| listener.require_proof);
        if must_prove && self.standing == Standing::Internet {
            let may_still = self.peer.tls.is_none() && self.generation.material.server().is_some();
            return Err(if may_still {
                Reply::START_TLS_FIRST
            } else {
                Reply::PROOF_REQUIRED
            }
            .into());
        }
        self.guest.mails(&self.generation.config.limits);
        Ok(())
    }

    /// Takes a newer generation, and what the sides can do by now, into use: between transactions.
    fn renew(&mut self, inbound: &mut Inbound) {
        let current = self.services.generation.load();
        let capabilities = self.services.deliver.capabilities_edition();
        if current.number == self.generation.number && capabilities == self.capabilities {
            return;
        }
        if current.number != self.generation.number {
            self.standing = Standing::of(&self.peer, &current, self.id, &self.services.events);
            self.generation = Arc::clone(&current);
            self.meet();
        }
        self.capabilities = capabilities;
        self.offer(inbound);
    }

    /// Its standing, or what the configuration says of it, may be another.
    fn meet(&mut self) {
        let regard = Regard::of(&self.peer, &self.standing, &self.generation.config);
        self.guest.meet(regard);
        // A filter may be known by its network only; to remember that one does no harm.
        let is_filter = matches!(self.standing, Standing::Upstream(_));
        let proven = self.standing.side().map(|proven| proven.proof);
        if is_filter || proven == Some(Proof::Certificate) {
            self.guest.prove();
        }
    }

    /// What we offer this client from now on.
    fn offer(&self, inbound: &mut Inbound) {
        inbound.server.set_settings(settings(
            &self.services,
            &self.generation,
            &self.peer,
            &self.standing,
        ));
    }

    /// The handshake after STARTTLS; `None`: it failed, and there is no way back to clear text.
    async fn secure(&mut self, inbound: Box<Inbound>) -> Option<Box<Inbound>> {
        let tls = self.generation.material.server()?;
        let asks = self
            .generation
            .config
            .sides
            .iter()
            .filter_map(|side| side.accept.as_ref())
            .chain(
                self.generation
                    .config
                    .upstreams
                    .iter()
                    .map(|one| &one.accept),
            )
            .any(|accept| {
                !accept.certificate_names.is_empty()
                    && (accept.listeners.is_empty()
                        || accept.listeners.contains(&self.peer.listener))
            });
        let config = if asks { tls.asking() } else { tls.silent() };
        match Box::pin(inbound.secure(config)).await {
            Ok((mut inbound, tls)) => {
                self.peer.tls = Some(tls);
                self.standing =
                    Standing::of(&self.peer, &self.generation, self.id, &self.services.events);
                self.meet();
                self.renew(&mut inbound);
                self.offer(&mut inbound);
                Some(Box::new(inbound))
            }
            Err(error) => {
                let why = Distrust::of(&error)
                    .map_or_else(|| error.to_string(), |distrust| distrust.to_string());
                self.services.events.emit(event::Event::ClientTlsFailed {
                    session: self.id,
                    client: self.peer.ip(),
                    why,
                });
                None
            }
        }
    }

    fn sender(&self) -> Sender<'_> {
        Sender {
            session: self.id,
            transaction: self.transactions,
            peer: &self.peer,
            standing: &self.standing,
            generation: &self.generation,
            services: &self.services,
        }
    }

    async fn lost(&self, lost: &Lost, inbound: Box<Inbound>) {
        let last = match lost {
            Lost::Closed | Lost::Broken(_) => return, // everyday; what it cost a message stands in its outcome
            Lost::Left => return inbound.close(None).await,
            Lost::Deaf | Lost::Unruly => None,
            Lost::Idle(_) | Lost::TooLong => Some(Reply::IDLE_TOO_LONG),
        };
        self.cut_off(&lost.to_string());
        inbound.close(last).await;
    }

    fn cut_off(&self, why: &str) {
        let (session, client) = (self.id, self.peer.ip());
        self.services.events.emit(event::Event::ClientCutOff {
            session,
            client,
            why: why.to_owned(),
        });
    }
}

/// What we offer this client now.
fn settings(
    services: &Services,
    generation: &Generation,
    peer: &Peer,
    standing: &Standing,
) -> Settings {
    let config = &generation.config;
    let sides: Vec<_> = generation
        .ways
        .iter()
        .filter(|way| !way.hops.is_empty())
        .map(|way| services.deliver.capabilities(way))
        .collect();
    Settings {
        hostname: config.hostname.clone(),
        offer: Offer {
            size: config.limits.message_size,
            // What a hop cannot take is rewritten in 7 bit.
            eight_bit_mime: true,
            smtp_utf8: sides.iter().any(|side| side.smtp_utf8),
            // Where we can report ourselves, no hop has to (RFC 3461 §5.2.2).
            dsn: services.queue.get().is_some() && config.internet.is_some()
                || sides.iter().any(|side| side.dsn),
            start_tls: generation.material.server().is_some() && peer.tls.is_none(),
        },
        recipients_max: config.limits.recipients,
        message_size_max: config.limits.message_size,
        bare_newline: bare_newline(generation, standing),
    }
}

/// Old devices of a side may be forgiven; a provisional side is not known well enough for that.
fn bare_newline(generation: &Generation, standing: &Standing) -> BareNewline {
    let Standing::Side(proven) = standing else {
        return BareNewline::Refuse;
    };
    let side = generation
        .config
        .sides
        .iter()
        .find(|side| side.name == proven.side.as_str());
    match side.map(|side| side.format.bare_newline) {
        Some(config::BareNewline::Normalise) => BareNewline::Normalise,
        Some(config::BareNewline::Refuse) | None => BareNewline::Refuse,
    }
}
