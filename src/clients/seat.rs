//! The place of an open connection among those of its network.

use smtp::reply::Reply;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::account::Excess;
use super::harvest::Conduct;
use super::ledger::{Shared, lock};
use super::network::Network;
use super::{Clients, too_fast};
use crate::config::Limits;
use crate::event::Event;

/// Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Seat {
    clients: Clients,
    network: Network,
    account: Shared,
    /// As long as it is a stranger's.
    place: Option<OwnedSemaphorePermit>,
    /// Recipients taken that the account does not know of yet: it is asked for nothing at each of them.
    taken: u32,
}

/// One past a rate, and what an operator should know of it.
pub(crate) type TooFast = (Reply, Option<Box<Event>>);

impl Seat {
    pub(super) fn new(
        clients: Clients,
        network: Network,
        account: Shared,
        place: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self {
            clients,
            network,
            account,
            place,
            taken: 0,
        }
    }

    /// Whether it is one of those that strangers have. Where a side has proven itself of late it is not, whoever speaks.
    pub(crate) fn is_strangers(&self) -> bool {
        self.place.is_some()
    }

    /// A side has proven itself here: its network will not be kept out by strangers.
    pub(crate) fn prove(&mut self) {
        self.place = None;
        self.clients.ledger().prove(self.network, Instant::now());
    }

    /// One more message, unless there are too many in this minute.
    pub(crate) fn message(&mut self, limits: &Limits) -> Result<(), TooFast> {
        let now = Instant::now();
        let mut account = lock(&self.account);
        account.taken(std::mem::take(&mut self.taken), now);
        let counted = account.message(limits, now);
        drop(account);
        counted.map_err(|excess| self.told(excess, now))
    }

    /// One more recipient, unless there are too many in this minute.
    pub(crate) fn recipient(&mut self, limits: &Limits) -> Result<(), TooFast> {
        if limits.recipients_per_client == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let counted = lock(&self.account).recipient(limits, now);
        counted.map_err(|excess| self.told(excess, now))
    }

    /// One more postmaster though there were too many messages.
    pub(crate) fn duty(&mut self) -> bool {
        lock(&self.account).duty(Instant::now())
    }

    /// One more recipient that was taken.
    pub(crate) fn taken(&mut self) {
        self.taken = self.taken.saturating_add(1);
    }

    /// One more that nobody knows, of this weight.
    pub(crate) fn unknown(&mut self, weight: u32, limits: &Limits) -> (Conduct, Option<Event>) {
        let now = Instant::now();
        let mut account = lock(&self.account);
        account.taken(std::mem::take(&mut self.taken), now);
        let judged = account.unknown(weight, limits, now);
        drop(account);
        let (network, unknown, named) = (self.network, judged.unknown, judged.named);
        let event = match judged.conduct {
            _ if !judged.is_new || !self.clients.ledger().may_tell(now) => None,
            Conduct::Free => None,
            Conduct::Slow => Some(Event::HarvestSlowed {
                network,
                unknown,
                named,
            }),
            Conduct::Shut => Some(Event::HarvestShut {
                network,
                unknown,
                named,
            }),
        };
        (judged.conduct, event)
    }

    /// It spoke before we did.
    pub(crate) fn early(&mut self) -> Option<Event> {
        let now = Instant::now();
        let is_news = lock(&self.account).is_news(now);
        let is_told = is_news && self.clients.ledger().may_tell(now);
        is_told.then_some(Event::EarlyTalker {
            network: self.network,
        })
    }

    fn told(&self, excess: Excess, now: Instant) -> TooFast {
        let is_news = excess.is_new && self.clients.ledger().may_tell(now);
        let event = is_news.then(|| too_fast(self.network, excess.what));
        (excess.reply, event)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let now = Instant::now();
        if self.taken > 0 {
            lock(&self.account).taken(self.taken, now);
        }
        self.clients.ledger().leave(self.network, now);
    }
}
