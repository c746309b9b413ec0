//! Bringing one leg's envelope to a hop.
//!
//! MAIL, every RCPT and DATA go in one write. No octet of the body leaves before all replies are in, so until then the
//! leg can still go to another hop without the risk of a second copy.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use smtp::client::{ClientEvent, EnvelopeReplies, HopEnvelope, Transfer};
use smtp::envelope::BodyKind;
use smtp::extension::{Capabilities, SizeLimit};
use smtp::{Answer, HopReply, Reply};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::breaker::Turn;
use super::hop::{Call, Connection, HopError, Told};
use super::pace::Lane;
use super::pool::{Key, Whose};
use super::{Deliver, Way};
use crate::config::{Hop, IdentityOrigin, Lookup};
use crate::event::Event;
use crate::generation::Generation;
use crate::limits;

/// One entry of a way that is being tried for one message.
#[derive(Debug)]
pub(super) struct Errand<'a> {
    pub(super) tender: &'a Tender,
    pub(super) generation: &'a Generation,
    /// Under which its connections are kept.
    pub(super) key: Key,
    pub(super) entry: &'a Hop,
    pub(super) deadline: Instant,
}

/// What a hop is asked to take.
#[derive(Debug)]
pub(crate) struct Tender {
    pub(crate) way: Arc<Way>,
    /// What stands for the exchangers of the recipients' domain, on a way by domain.
    pub(crate) domain: Option<Arc<Hop>>,
    /// Which of our certificates the hop is shown.
    pub(crate) identity: IdentityOrigin,
    pub(crate) envelope: HopEnvelope,
    /// What is known of the content so far.
    pub(crate) content: Known,
}

/// What is known of a message's content when its hop is contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// All of it is here.
    Whole {
        octets: u64,
        eight_bit: bool,
        ends_with_crlf: bool,
    },
    /// At least so much has come.
    Part { octets: u64, eight_bit: bool },
}

/// How far a leg got.
#[derive(Debug)]
pub(crate) enum Contact {
    /// Every reply is in; the hop waits for the body.
    Answered(Box<Answered>),
    /// The hop can never take this message as it is.
    Incapable(Answer),
    /// The recipients' domain has no host that takes mail.
    NoRoute(Answer),
    /// No hop gave a session.
    Down(Answer),
}

/// A hop that has answered the whole envelope.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) connection: Connection,
    pub(crate) replies: EnvelopeReplies,
    key: Key,
}

impl Answered {
    /// Which hop it is, and how the connection to it is secured, in the operator's words.
    pub(crate) fn told(&self) -> Arc<Told> {
        Arc::clone(&self.connection.told)
    }

    /// Whether content of this kind can go as it is: 8-bit text only with 8BITMIME (RFC 6152).
    pub(crate) fn takes(&self, content: Known) -> bool {
        let seven_bit = matches!(
            content,
            Known::Whole {
                eight_bit: false,
                ..
            }
        );
        seven_bit || self.capabilities().is_some_and(|can| can.eight_bit_mime)
    }

    /// The limits that the content must still respect while it streams.
    pub(crate) fn capabilities(&self) -> Option<&Capabilities> {
        self.connection.capabilities()
    }
}

impl Tender {
    /// The entries to be tried, in order.
    fn hops(&self) -> &[Hop] {
        match &self.domain {
            Some(domain) => std::slice::from_ref(domain),
            None => &self.way.hops,
        }
    }

    pub(super) fn lane(&self) -> Lane<'_> {
        Lane::of(&self.way, self.domain.as_deref())
    }
}

impl Deliver {
    /// Tries the hops in order within one budget.
    pub(crate) async fn contact(&self, tender: &Tender, generation: &Generation) -> Contact {
        let deadline = Instant::now() + generation.config.limits.hop_envelope;
        let mut answer = Answer::from(Reply::NEXT_HOP_DOWN);
        for (index, hop) in tender.hops().iter().enumerate() {
            if self.breakers.is_open(tender.way.name(), hop) {
                continue;
            }
            match self.try_hop(tender, index, generation, deadline).await {
                Ok(contact) => return contact,
                Err(HopError::Crowded) => return Contact::Down(Reply::HOP_BUSY.into()),
                Err(error) => {
                    if error.is_distrust() {
                        answer = Reply::NEXT_HOP_UNTRUSTED.into();
                    }
                    // Its exchangers have breakers of their own, and its name may be answered at any time.
                    if tender.domain.is_none() {
                        self.hop_failed(&tender.way, hop, &error);
                    }
                }
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        Contact::Down(answer)
    }

    async fn try_hop(
        &self,
        tender: &Tender,
        hop: usize,
        generation: &Generation,
        deadline: Instant,
    ) -> Result<Contact, HopError> {
        let key = Key {
            way: Arc::clone(&tender.way),
            hop,
            domain: tender.domain.clone(),
            identity: tender.identity,
        };
        let permits = self.paces.of(&tender.lane());
        let mut permit = place(tender.domain.as_ref(), &permits, deadline).await?;
        while let Some(mut connection) = self.idle(&key, &permits, generation) {
            connection.work(permit);
            match self
                .converse(tender, connection, key.clone(), deadline)
                .await
            {
                // Hung up while it was idle: nothing of the body was said, so a fresh one may be asked.
                Err(HopError::Closed | HopError::Lost(_) | HopError::Leaving(_)) => {}
                settled => return settled,
            }
            permit = place(tender.domain.as_ref(), &permits, deadline).await?;
        }
        // Idle connections of another kind (an identity, say) make room for this one.
        drop(self.pool.evict(&key, permits.available_permits()));
        let entry = &tender.hops()[hop];
        let errand = Errand {
            tender,
            generation,
            key,
            entry,
            deadline,
        };
        match entry.lookup {
            Lookup::Addresses => self.speak(&errand, entry, None, permit).await,
            Lookup::Exchangers => self.ask_exchangers(&errand, permit).await,
        }
    }

    /// An idle connection. One that another thread is woken for is used only where there is no room for one of our own:
    /// a wake-up across threads costs more than the commands of a message.
    fn idle(&self, key: &Key, permits: &Semaphore, generation: &Generation) -> Option<Connection> {
        let ours = self.pool.take(key, generation.number, Whose::Ours);
        if ours.is_some() || self.pool.idle(key) <= permits.available_permits() {
            return ours;
        }
        self.pool.take(key, generation.number, Whose::Anybodys)
    }

    /// Brings the envelope to one host, by a fresh connection. `addresses`: where they are known.
    pub(super) async fn speak(
        &self,
        errand: &Errand<'_>,
        host: &Hop,
        addresses: Option<&[IpAddr]>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Contact, HopError> {
        let call = Call {
            dialer: &self.dialer,
            resolver: &self.resolver,
            entry: errand.entry,
            host,
            addresses,
        };
        let said = async {
            let connection = self.open(errand, &call, permit).await?;
            let (tender, key) = (errand.tender, errand.key.clone());
            self.converse(tender, connection, key, errand.deadline)
                .await
        };
        let said = said.await;
        if let Err(HopError::Leaving(reply)) = &said {
            let tender = errand.tender;
            self.heard(&tender.way, tender.domain.as_deref(), reply);
        }
        said
    }

    async fn open(
        &self,
        errand: &Errand<'_>,
        call: &Call<'_>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Connection, HopError> {
        let Errand {
            tender,
            generation,
            deadline,
            ..
        } = errand;
        let connection = Connection::open(call, tender, generation, permit, *deadline).await?;
        let way = &tender.way;
        for hop in [call.entry, call.host] {
            if self.breakers.answered(way.name(), hop) == Turn::Closed {
                self.events.emit(Event::HopBack {
                    hop: hop.to_string(),
                    side: way.name().to_owned(),
                });
            }
        }
        // What one stranger can do says nothing of another.
        if let (Some(capabilities), None) = (connection.capabilities(), &tender.domain) {
            self.remembered.put(way.name(), capabilities);
        }
        Ok(connection)
    }

    async fn converse(
        &self,
        tender: &Tender,
        mut connection: Connection,
        key: Key,
        deadline: Instant,
    ) -> Result<Contact, HopError> {
        let Some(transfer) = connection
            .capabilities()
            .map(|offer| transfer(offer, tender.content))
        else {
            return Err(HopError::Closed);
        };
        let envelope = connection
            .capabilities()
            .map_or(Cow::Borrowed(&tender.envelope), |offer| {
                fitted(offer, tender)
            });
        if let Some(answer) = connection
            .capabilities()
            .and_then(|offer| lacks(offer, &envelope, tender.content))
        {
            self.pool.put(key, connection);
            return Ok(Contact::Incapable(answer));
        }
        let (client, output) = connection.client();
        client.begin(&envelope, transfer, output);
        match connection.next_before(deadline).await? {
            ClientEvent::Envelope(replies) => Ok(Contact::Answered(Box::new(Answered {
                connection,
                replies,
                key,
            }))),
            _ => Err(HopError::Closed),
        }
    }

    /// After a message: the connection may carry another.
    pub(crate) fn keep(&self, answered: Answered) {
        if !answered.connection.is_spoiled() {
            self.pool.put(answered.key, answered.connection);
        }
    }

    /// After an envelope that led to nothing. A hop that said 354 all the same is hung up on: it waits for a body.
    pub(crate) async fn abandon(&self, mut answered: Answered) {
        let waits_for_body = answered
            .replies
            .data
            .as_ref()
            .is_some_and(|reply| reply.code.value() == 354);
        if !waits_for_body && answered.connection.reset().await.is_ok() {
            self.keep(answered);
        }
    }

    /// A hop said something that concerns us and not the mail.
    pub(crate) fn refuses_us(&self, way: &Way, hop: &str, reply: &HopReply) {
        self.events.emit(Event::HopRefusesUs {
            hop: hop.to_owned(),
            side: way.name().to_owned(),
            reply: format!("{} {}", reply.code.value(), reply.text()),
        });
    }

    pub(super) fn hop_failed(&self, way: &Way, hop: &Hop, error: &HopError) {
        let (hop_name, side, why) = (hop.to_string(), way.name().to_owned(), error.to_string());
        self.events.emit(if error.is_distrust() {
            Event::HopDistrusted {
                hop: hop_name,
                side,
                why,
            }
        } else {
            Event::HopFailed {
                hop: hop_name,
                side,
                why,
            }
        });
        if self.breakers.failed(way.name(), hop) == Turn::Opened {
            let seconds = limits::BREAKER_OPEN.as_secs();
            self.events.emit(Event::SideDown {
                side: way.name().to_owned(),
                hop: hop.to_string(),
                seconds,
            });
        }
    }
}

/// A place among the connections that a side may have, waited for within the budget. A foreign domain has less patience
/// of ours: its mail must not take the places of the others'.
pub(super) async fn place(
    domain: Option<&Arc<Hop>>,
    permits: &Arc<Semaphore>,
    deadline: Instant,
) -> Result<OwnedSemaphorePermit, HopError> {
    if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
        return Ok(permit);
    }
    let (until, late) = match domain {
        Some(_) => (Instant::now() + limits::DOMAIN_WAIT, HopError::Crowded),
        None => (deadline, HopError::TooSlow),
    };
    let permit = timeout_at(until.min(deadline), Arc::clone(permits).acquire_owned()).await;
    Ok(permit
        .map_err(|_| late)?
        .expect("the semaphore is never closed"))
}

/// Toward a hop without 8BITMIME the message will be in 7 bit.
fn fitted<'a>(offer: &Capabilities, tender: &'a Tender) -> Cow<'a, HopEnvelope> {
    if offer.eight_bit_mime || tender.envelope.mail.body != BodyKind::EightBit {
        return Cow::Borrowed(&tender.envelope);
    }
    let mut envelope = tender.envelope.clone();
    envelope.mail.body = BodyKind::SevenBit;
    Cow::Owned(envelope)
}

/// What the hop cannot take is refused, never mangled.
fn lacks(offer: &Capabilities, envelope: &HopEnvelope, content: Known) -> Option<Answer> {
    let (Known::Whole { octets, .. } | Known::Part { octets, .. }) = content;
    if let Some(reply) = envelope.unfit_for(offer) {
        return Some(reply.into());
    }
    let announced = envelope.mail.size.unwrap_or(0).max(octets);
    match offer.size {
        SizeLimit::Max(max) if announced > max => Some(Reply::TOO_LARGE.into()),
        SizeLimit::Max(_) | SizeLimit::NotOffered | SizeLimit::Unbounded => None,
    }
}

/// BDAT pays where it saves the search for dots in a large body, and it alone can carry a message whose last line has
/// no end. For small whole messages DATA goes out in the same write as the envelope.
fn transfer(offer: &Capabilities, content: Known) -> Transfer {
    let pays = match content {
        Known::Whole { ends_with_crlf, .. } => !ends_with_crlf,
        Known::Part { .. } => true,
    };
    if offer.chunking && pays {
        Transfer::Chunks
    } else {
        Transfer::Data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_foreign_domain_is_waited_for_less_than_a_side() {
        let permits = Arc::new(Semaphore::new(limits::DOMAIN_CONNECTIONS));
        let domain = Arc::new(Hop {
            host: "example.net".to_owned(),
            port: 25,
            lookup: Lookup::Exchangers,
        });
        let deadline = Instant::now() + limits::DOMAIN_WAIT * 3;
        let mut taken = Vec::new();
        for _ in 0..limits::DOMAIN_CONNECTIONS {
            taken.push(
                place(Some(&domain), &permits, deadline)
                    .await
                    .expect("a place"),
            );
        }
        let before = Instant::now();
        let crowded = place(Some(&domain), &permits, deadline).await;
        assert!(matches!(crowded, Err(HopError::Crowded)), "{crowded:?}");
        assert_eq!(before.elapsed(), limits::DOMAIN_WAIT);
        let slow = place(None, &permits, deadline).await;
        assert!(matches!(slow, Err(HopError::TooSlow)), "{slow:?}");
        assert_eq!(Instant::now(), deadline);
    }
}
