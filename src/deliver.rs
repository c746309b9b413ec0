//! From a leg to its next hop: contact, pool, breakers, and what hops taught us.
//!
//! [`Deliver::contact`] gives back a hop that has answered the whole envelope and waits for the body; nothing of the body
//! has been said until then.

mod breaker;
mod capabilities;
mod contact;
mod dialer;
mod exchangers;
mod hop;
mod pace;
mod pool;
mod refusals;
mod repetition;
mod verdict;
mod way;

pub(crate) use contact::{Answered, Contact, Known, Tender};
pub(crate) use dialer::Dialer;
pub(crate) use hop::{HopError, Told};
pub(crate) use refusals::RefusalKey;
#[cfg(test)]
pub(crate) use verdict::Trust;
pub(crate) use verdict::{Verdict, speaks_of_us};
pub(crate) use way::Way;

use smtp::extension::Capabilities;
use smtp::{Class, HopReply};

use crate::config::Hop;
use crate::dns::Resolver;
use crate::event::Events;
use crate::limits;
use breaker::Breakers;
use capabilities::Remembered;
use pace::{Lane, Paces};
use pool::Pool;
use refusals::Refusals;
use repetition::Repetition;
use verdict::asks_for_less;

/// What outlives single messages on the way out.
#[derive(Debug)]
pub(crate) struct Deliver {
    dialer: Dialer,
    resolver: Resolver,
    pool: Pool,
    breakers: Breakers,
    refusals: Refusals,
    remembered: Remembered,
    paces: Paces,
    /// Of domains that lead here.
    repetition: Repetition,
    events: Events,
}

impl Deliver {
    pub(crate) fn new(dialer: Dialer, resolver: Resolver, events: Events) -> Self {
        Self {
            dialer,
            resolver,
            pool: Pool::default(),
            breakers: Breakers::default(),
            refusals: Refusals::default(),
            remembered: Remembered::default(),
            paces: Paces::default(),
            repetition: Repetition::default(),
            events,
        }
    }

    /// Whether every hop of this way is being left alone for now. Where each domain has its own, they are never all.
    pub(crate) fn is_down(&self, way: &Way) -> bool {
        let is_open = |hop: &Hop| self.breakers.is_open(way.name(), hop);
        !way.is_by_domain() && way.hops.iter().all(is_open)
    }

    /// An operator says that the hops of this way (`None`: of all) can be tried again.
    pub(crate) fn try_again(&self, way: Option<&str>) {
        self.breakers.forget(way);
    }

    /// What a way can do: its last EHLO, otherwise its preset.
    pub(crate) fn capabilities(&self, way: &Way) -> Capabilities {
        self.remembered
            .get(way.name())
            .unwrap_or_else(|| capabilities::preset(way.kind))
    }

    /// Changes whenever a way turns out to be able to do something else than before.
    pub(crate) fn capabilities_edition(&self) -> u64 {
        self.remembered.edition()
    }

    /// The replies by which hops refused single recipients of messages that have to be sent again.
    pub(crate) fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Says goodbye to pooled connections that are too old or of a former generation, and forgets old EHLO replies.
    pub(crate) async fn sweep(&self, generation: u64) {
        self.remembered.expire();
        for connection in self.pool.expired(generation) {
            connection.quit().await;
        }
    }

    /// At the end: every pooled connection is left politely.
    pub(crate) async fn close(&self) {
        for connection in self.pool.all() {
            connection.quit().await;
        }
    }

    /// How many messages of the queue may be on their way at a time.
    pub(crate) fn places(&self, way: &Way) -> usize {
        match way.is_by_domain() {
            true => limits::DOMAIN_ATTEMPTS,
            false => self.paces.places(&Lane::of(way, None)),
        }
    }

    /// Learns from what a hop said how many connections it, or the domain that it is an exchanger of, wants.
    pub(crate) fn heard(&self, way: &Way, domain: Option<&Hop>, reply: &HopReply) {
        match asks_for_less(reply) {
            true => self.paces.press(&Lane::of(way, domain)),
            false if reply.class() == Class::Positive && self.paces.are_pressed() => {
                self.paces.ease(&Lane::of(way, domain));
            }
            false => {}
        }
    }
}
