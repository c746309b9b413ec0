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

pub(crate) use contact::{Answered, Contact, Known, Leg};
pub(crate) use hop::HopError;
pub(crate) use refusals::RefusalKey;
pub(crate) use verdict::{Verdict, speaks_of_us};

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use smtp::extension::Capabilities;
use tokio::sync::Semaphore;

use crate::config::{Config, Hop, HopTls, IdentityOrigin, SideKind};
use crate::event::Events;
use breaker::Breakers;
use capabilities::Remembered;
use pool::Pool;
use refusals::Refusals;

/// Where a leg goes: a side, or out to the internet.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The side's name; `None`: the internet.
    pub(crate) side: Option<String>,
    pub(crate) hops: Vec<Hop>,
    pub(crate) tls: HopTls,
    pub(crate) max_connections: usize,
    /// Which of our certificates it is shown.
    pub(crate) identity: IdentityOrigin,
}

impl Way {
    /// `destination`: a side's name, `None` for the internet. `None` comes back when there is no such way.
    pub(crate) fn of(
        config: &Config,
        destination: Option<&str>,
        identity: IdentityOrigin,
    ) -> Option<Self> {
        match destination {
            Some(name) => {
                let side = config.sides.iter().find(|side| side.name == name)?;
                Some(Self {
                    side: Some(side.name.clone()),
                    hops: side.next_hop.clone(),
                    tls: side.tls.clone(),
                    max_connections: side.max_connections,
                    identity,
                })
            }
            None => {
                let internet = config.internet.as_ref()?;
                Some(Self {
                    side: None,
                    hops: internet.next_hop.clone(),
                    tls: internet.tls.clone(),
                    max_connections: INTERNET_CONNECTIONS,
                    identity,
                })
            }
        }
    }

    /// As events and tokens name it.
    pub(crate) fn name(&self) -> &str {
        self.side.as_deref().unwrap_or("internet")
    }
}

/// Connections to the smart hosts at a time.
const INTERNET_CONNECTIONS: usize = 20;

/// What outlives single messages on the way out.
#[derive(Debug)]
pub(crate) struct Deliver {
    pool: Pool,
    breakers: Breakers,
    refusals: Refusals,
    remembered: Remembered,
    // Touched for an instant once a message, to find the way's own semaphore; shared by all sessions by nature.
    permits: Mutex<HashMap<(String, usize), Arc<Semaphore>>>,
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

    /// What a side can do: its last EHLO, otherwise its preset.
    pub(crate) fn capabilities(&self, side: &str, kind: SideKind) -> Capabilities {
        self.remembered
            .get(side)
            .unwrap_or_else(|| capabilities::preset(kind))
    }

    /// The replies by which hops refused single recipients of messages that have to be sent again.
    pub(crate) fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Says goodbye to pooled connections that are too old or of a former generation.
    pub(crate) async fn sweep(&self, generation: u64) {
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
        let key = (way.name().to_owned(), way.max_connections);
        Arc::clone(
            permits
                .entry(key)
                .or_insert_with(|| Arc::new(Semaphore::new(way.max_connections))),
        )
    }
}
