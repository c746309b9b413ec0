//! From a leg to its next hop: contact, pool, breakers, and what hops taught us.
//!
//! A leg is the recipients of one message that go to one side. [`Deliver::contact`] gives back a hop that has answered
//! the whole envelope and waits for the body; nothing of the body has been said until then.

mod breaker;
mod capabilities;
mod contact;
mod hop;
mod pool;
mod refusals;
mod verdict;
mod way;

pub(crate) use contact::{Answered, Contact, Known, Leg};
pub(crate) use hop::{HopError, Told};
pub(crate) use refusals::RefusalKey;
pub(crate) use verdict::{Verdict, speaks_of_us};
pub(crate) use way::Way;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use smtp::extension::Capabilities;
use tokio::sync::Semaphore;

use crate::event::Events;
use breaker::Breakers;
use capabilities::Remembered;
use pool::Pool;
use refusals::Refusals;

/// The places among a way's connections, as many as its configuration allowed when they were made.
#[derive(Debug)]
struct Permits {
    all: usize,
    free: Arc<Semaphore>,
}

/// What outlives single messages on the way out.
#[derive(Debug)]
pub(crate) struct Deliver {
    pool: Pool,
    breakers: Breakers,
    refusals: Refusals,
    remembered: Remembered,
    // Touched for an instant once a message, to find the way's own semaphore; shared by all sessions by nature.
    permits: Mutex<HashMap<String, Permits>>,
    events: Events,
}

impl Deliver {
    pub(crate) fn new(events: Events) -> Self {
        Self {
            pool: Pool::default(),
            breakers: Breakers::default(),
            refusals: Refusals::default(),
            remembered: Remembered::default(),
            permits: Mutex::default(),
            events,
        }
    }

    /// Whether every hop of this way is being left alone for now.
    pub(crate) fn is_down(&self, way: &Way) -> bool {
        way.hops
            .iter()
            .all(|hop| self.breakers.is_open(way.name(), hop))
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

    fn permits(&self, way: &Way) -> Arc<Semaphore> {
        let mut permits = self
            .permits
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = permits.get(way.name())
            && known.all == way.max_connections
        {
            return Arc::clone(&known.free);
        }
        let all = way.max_connections;
        let free = Arc::new(Semaphore::new(all));
        let fresh = Permits {
            all,
            free: Arc::clone(&free),
        };
        permits.insert(way.name().to_owned(), fresh);
        free
    }
}
