//! The accounts of all networks: of those that are here, and of those that were here last.
//!
//! Whatever happens at a connection costs the same, however many networks there are: under attack the table is full,
//! and whoever makes room in it must not look for whom to forget.

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashlink::LinkedHashMap;
use tokio::time::Instant;

use super::account::{Account, MINUTE};
use super::network::Network;
use crate::limits::{DOOR_EVENTS, PROOF_AGE, PROOFS};

/// See the module's text. Strangers choose the keys, so both tables hash with a secret.
#[derive(Debug)]
pub(super) struct Ledger {
    here: HashMap<Network, Here>,
    /// Those that left last are at the end.
    gone: LinkedHashMap<Network, Shared, RandomState>,
    /// How many of them are remembered.
    most: usize,
    /// From where sides have proven themselves by certificate, and when last.
    proofs: LinkedHashMap<Network, Instant, RandomState>,
    telling: Telling,
    /// When it was told that strangers have all places that they may have.
    crowd_told: Option<Instant>,
}

/// A session works on its own network's, and never on the table.
pub(super) type Shared = Arc<Mutex<Account>>;

/// A network with open connections.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) open: usize,
    pub(super) account: Shared,
}

/// How many events there were in this minute.
#[derive(Debug)]
struct Telling {
    since: Instant,
    count: u32,
}

impl Ledger {
    pub(super) fn new(most: usize, now: Instant) -> Self {
        Self {
            here: HashMap::default(),
            gone: LinkedHashMap::default(),
            most,
            proofs: LinkedHashMap::default(),
            telling: Telling {
                since: now,
                count: 0,
            },
            crowd_told: None,
        }
    }

    /// Its account, for a connection that is there now. Every one has to [`leave`](Self::leave).
    pub(super) fn enter(&mut self, network: Network, now: Instant) -> &mut Here {
        let gone = &mut self.gone;
        let here = self.here.entry(network).or_insert_with(|| {
            let remembered = gone.remove(&network);
            let account = remembered.unwrap_or_else(|| Arc::new(Mutex::new(Account::new(now))));
            Here { open: 0, account }
        });
        here.open += 1;
        here
    }

    /// One of its connections is gone.
    pub(super) fn leave(&mut self, network: Network, now: Instant) {
        let Some(here) = self.here.get_mut(&network) else {
            return;
        };
        here.open -= 1;
        if here.open > 0 {
            return;
        }
        let Some(Here { account, .. }) = self.here.remove(&network) else {
            return;
        };
        self.forget(now);
        if !lock(&account).is_over(now) {
            if self.gone.len() >= self.most {
                self.gone.pop_front();
            }
            self.gone.insert(network, account);
        }
    }

    /// Two for each that comes, so that the table becomes small again after an attack.
    fn forget(&mut self, now: Instant) {
        for _ in 0..2 {
            let oldest = self.gone.front();
            if !oldest.is_some_and(|(_, account)| lock(account).is_over(now)) {
                return;
            }
            self.gone.pop_front();
        }
    }

    /// A side has proven itself from there.
    pub(super) fn prove(&mut self, network: Network, now: Instant) {
        if self.proofs.len() >= PROOFS && !self.proofs.contains_key(&network) {
            self.proofs.pop_front();
        }
        self.proofs.insert(network, now);
    }

    /// Whether one did of late.
    pub(super) fn has_proven(&self, network: Network, now: Instant) -> bool {
        let proven = self.proofs.get(&network);
        proven.is_some_and(|at| now.saturating_duration_since(*at) < PROOF_AGE)
    }

    /// Whether there may be one more event: a flood from many networks must not become one of the log.
    pub(super) fn may_tell(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.telling.since) >= MINUTE {
            self.telling = Telling {
                since: now,
                count: 0,
            };
        }
        self.telling.count = self.telling.count.saturating_add(1);
        self.telling.count <= DOOR_EVENTS
    }

    /// Whether it is worth a word that there is no place for strangers: once a minute.
    pub(super) fn is_crowd_news(&mut self, now: Instant) -> bool {
        let told = self.crowd_told;
        let is_news = told.is_none_or(|at| now.saturating_duration_since(at) >= MINUTE);
        if is_news {
            self.crowd_told = Some(now);
        }
        is_news
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.here.len() + self.gone.len()
    }
}

pub(super) fn lock(account: &Shared) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use smtp::reply::Reply;

    use super::super::tests::limits;
    use super::*;
    use crate::limits::{HARVEST_CUT, HARVEST_WINDOW};

    fn network(number: u32) -> Network {
        Network::of(IpAddr::V4(Ipv4Addr::from(number)))
    }

    /// It comes, asks for too many, and goes.
    fn harvest(ledger: &mut Ledger, number: u32, now: Instant) {
        let limits = limits();
        let account = Arc::clone(&ledger.enter(network(number), now).account);
        for _ in 0..=limits.unknown_per_client * HARVEST_CUT {
            lock(&account).unknown(1, &limits, now);
        }
        ledger.leave(network(number), now);
    }

    fn is_shut(ledger: &mut Ledger, number: u32, now: Instant) -> bool {
        let account = Arc::clone(&ledger.enter(network(number), now).account);
        let refused = lock(&account).connect(&limits(), now).err();
        ledger.leave(network(number), now);
        refused.is_some_and(|excess| excess.reply == Reply::TOO_MANY_UNKNOWN)
    }

    #[test]
    fn a_full_table_forgets_those_that_left_first() {
        let now = Instant::now();
        let mut ledger = Ledger::new(3, now);
        for number in 0..3 {
            harvest(&mut ledger, number, now);
        }
        assert!((0..3).all(|number| is_shut(&mut ledger, number, now)));
        harvest(&mut ledger, 3, now);
        assert_eq!(ledger.len(), 3);
        assert!(!is_shut(&mut ledger, 0, now), "the first is forgotten");
        assert!((2..4).all(|number| is_shut(&mut ledger, number, now)));
    }

    #[test]
    fn whoever_is_here_is_never_forgotten() {
        let now = Instant::now();
        let mut ledger = Ledger::new(2, now);
        let account = Arc::clone(&ledger.enter(network(0), now).account);
        for number in 1..10 {
            harvest(&mut ledger, number, now);
        }
        assert_eq!(ledger.len(), 3);
        assert!(Arc::ptr_eq(
            &account,
            &ledger.enter(network(0), now).account
        ));
    }

    #[test]
    fn the_table_becomes_small_again() {
        let begin = Instant::now();
        let mut ledger = Ledger::new(1000, begin);
        for number in 0..1000 {
            harvest(&mut ledger, number, begin);
        }
        let later = begin + HARVEST_WINDOW.max(crate::limits::HARVEST_SHUT);
        for number in 2000..2500 {
            ledger.enter(network(number), later);
            ledger.leave(network(number), later);
        }
        let left = ledger.gone.len();
        assert!(left <= 500, "{left} of them are new");
    }

    #[test]
    fn proofs_are_bounded_in_number_and_time() {
        let begin = Instant::now();
        let mut ledger = Ledger::new(1, begin);
        for number in 0..=PROOFS {
            ledger.prove(network(u32::try_from(number).expect("few")), begin);
        }
        assert!(!ledger.has_proven(network(0), begin), "one past the bound");
        assert!(ledger.has_proven(network(1), begin));
        let just = std::time::Duration::from_millis(1);
        assert!(ledger.has_proven(network(1), begin + PROOF_AGE - just));
        assert!(!ledger.has_proven(network(1), begin + PROOF_AGE));
    }

    #[test]
    fn events_are_bounded_by_the_minute() {
        let begin = Instant::now();
        let mut ledger = Ledger::new(1, begin);
        assert!((0..DOOR_EVENTS).all(|_| ledger.may_tell(begin)));
        assert!(!ledger.may_tell(begin), "one past the bound");
        assert!(ledger.may_tell(begin + MINUTE));
    }
}
