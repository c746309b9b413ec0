//! How much each client may do: the doors.
//!
//! A client is a [`Network`]. It has a number of connections at a time, rates by the minute, and as many unknown
//! recipients as are no harvest; [`Regard`] says to whom this applies. Strangers together leave a reserve of all
//! sessions to those that we know. One short lock of the table a connection, one of its own account a message; nothing
//! here is looked through, however many networks there are.

mod account;
mod harvest;
mod ledger;
mod network;
mod regard;
mod seat;

pub(crate) use harvest::Conduct;
pub(crate) use network::Network;
pub(crate) use regard::Regard;
pub(crate) use seat::Seat;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smtp::reply::Reply;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::config::Limits;
use crate::event::Event;
use crate::limits::{CLIENTS, SESSIONS, SESSIONS_RESERVED, SLOWED};
use ledger::{Ledger, lock};

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Clients(Arc<Doors>);

#[derive(Debug)]
struct Doors {
    ledger: Mutex<Ledger>, // an instant a connection
    /// One permit a session of a stranger.
    strangers: Arc<Semaphore>,
    /// One permit a session that waits for its reply because of what it asks.
    slowed: Arc<Semaphore>,
}

/// A connection that is not taken.
#[derive(Debug)]
pub(crate) struct TurnedAway {
    pub(crate) reply: Reply,
    /// What an operator should know of it.
    pub(crate) event: Option<Box<Event>>,
}

impl Default for Clients {
    fn default() -> Self {
        Self::bounded(CLIENTS, SESSIONS - SESSIONS_RESERVED, SLOWED)
    }
}

impl Clients {
    fn bounded(remembered: usize, strangers: usize, slowed: usize) -> Self {
        Self(Arc::new(Doors {
            ledger: Mutex::new(Ledger::new(remembered, Instant::now())),
            strangers: Arc::new(Semaphore::new(strangers)),
            slowed: Arc::new(Semaphore::new(slowed)),
        }))
    }

    /// A place for one more connection.
    pub(crate) fn admit(
        &self,
        address: IpAddr,
        regard: Regard,
        limits: &Limits,
    ) -> Result<Seat, TurnedAway> {
        let (network, now) = (Network::of(address), Instant::now());
        let mut ledger = self.ledger();
        let regard = match regard {
            Regard::Stranger if ledger.has_proven(network, now) => Regard::Side,
            regard => regard,
        };
        let here = ledger.enter(network, now);
        let account = Arc::clone(&here.account);
        let others = here.open - 1;
        let connect = || lock(&account).connect(limits, now);
        let place = match regard {
            Regard::Exempt => Ok(None),
            _ if others >= limits.connections_per_client => Err(away(Reply::TOO_MANY_CONNECTIONS)),
            Regard::Side => Ok(None),
            Regard::Stranger => match connect() {
                Ok(()) => self.place(&mut ledger, now).map(Some),
                Err(excess) => Err(TurnedAway {
                    reply: excess.reply,
                    event: (excess.is_new && ledger.may_tell(now))
                        .then(|| too_fast(network, excess.what)),
                }),
            },
        };
        match place {
            Ok(place) => Ok(Seat::new(self.clone(), network, account, place)),
            Err(away) => {
                ledger.leave(network, now);
                Err(away)
            }
        }
    }

    /// One of those that strangers have.
    fn place(&self, ledger: &mut Ledger, now: Instant) -> Result<OwnedSemaphorePermit, TurnedAway> {
        let place = Arc::clone(&self.0.strangers).try_acquire_owned();
        place.map_err(|_| TurnedAway {
            reply: Reply::TOO_BUSY,
            event: ledger.is_crowd_news(now).then(|| {
                Box::new(Event::StrangersCrowd {
                    sessions: SESSIONS - SESSIONS_RESERVED,
                })
            }),
        })
    }

    /// A place among those that wait for their reply; `None`: there are too many already.
    pub(crate) fn slow_down(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.slowed).try_acquire_owned().ok()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        let ledger = self.0.ledger.lock();
        ledger.unwrap_or_else(PoisonError::into_inner)
    }
}

fn away(reply: Reply) -> TurnedAway {
    TurnedAway { reply, event: None }
}

fn too_fast(network: Network, what: &'static str) -> Box<Event> {
    Box::new(Event::ClientTooFast { network, what })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::EarlyTalkers;

    /// Those of the documentation, as far as they matter here.
    pub(super) fn limits() -> Limits {
        Limits {
            message_size: 1,
            recipients: 1,
            connections_per_client: 50,
            new_connections_per_client: 3000,
            messages_per_client: 0,
            recipients_per_client: 0,
            unknown_per_client: 10,
            early_talkers: EarlyTalkers::Refuse,
            greeting_delay: Duration::ZERO,
            client_idle: Duration::from_secs(60),
            hop_envelope: Duration::from_secs(60),
            exempt: Vec::new(),
        }
    }

    fn refused(admitted: Result<Seat, TurnedAway>) -> Option<Reply> {
        admitted.err().map(|away| away.reply)
    }

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[tokio::test(start_paused = true)]
    async fn connections_are_counted_and_given_back() {
        let (clients, mut limits) = (Clients::default(), limits());
        limits.connections_per_client = 2;
        let admit = |regard| clients.admit(ADDRESS, regard, &limits);
        let first = admit(Regard::Stranger);
        let second = admit(Regard::Stranger);
        assert!(first.is_ok() && second.is_ok());
        for regard in [Regard::Stranger, Regard::Side] {
            assert_eq!(refused(admit(regard)), Some(Reply::TOO_MANY_CONNECTIONS));
        }
        assert!(admit(Regard::Exempt).is_ok());
        drop(first);
        assert!(admit(Regard::Stranger).is_ok());
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn new_connections_are_counted_by_the_minute() {
        let (clients, mut limits) = (Clients::default(), limits());
        limits.new_connections_per_client = 3;
        let admit = |regard| clients.admit(ADDRESS, regard, &limits);
        for _ in 0..3 {
            assert!(admit(Regard::Stranger).is_ok());
        }
        let away = admit(Regard::Stranger).expect_err("one past the bound");
        assert_eq!(away.reply, Reply::TOO_MANY_NEW_CONNECTIONS);
        assert!(matches!(
            away.event.as_deref(),
            Some(Event::ClientTooFast { .. })
        ));
        let away = admit(Regard::Stranger).expect_err("two past the bound");
        assert!(away.event.is_none(), "it is told once");
        assert!(admit(Regard::Side).is_ok() && admit(Regard::Exempt).is_ok());
        tokio::time::advance(account::MINUTE).await;
        assert!(admit(Regard::Stranger).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn one_network_of_ipv6_is_one_client() {
        let (clients, mut limits) = (Clients::default(), limits());
        limits.connections_per_client = 1;
        let admit = |address: &str| {
            let address = address.parse().expect("an address");
            clients.admit(address, Regard::Stranger, &limits)
        };
        let _first = admit("2001:db8:1:2::1").expect("the first");
        let again = admit("2001:db8:1:2:aaaa::2");
        assert_eq!(refused(again), Some(Reply::TOO_MANY_CONNECTIONS));
        assert!(admit("2001:db8:1:3::1").is_ok(), "another network");
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_leave_the_reserve_to_those_that_we_know() {
        let (clients, limits) = (Clients::bounded(10, 2, 1), limits());
        let admit = |last: u8, regard| clients.admit([192, 0, 2, last].into(), regard, &limits);
        let first = admit(1, Regard::Stranger).expect("there is room");
        let mut second = admit(2, Regard::Stranger).expect("there is room");
        let away = admit(3, Regard::Stranger).expect_err("one past the bound");
        assert_eq!(away.reply, Reply::TOO_BUSY);
        assert!(matches!(
            away.event.as_deref(),
            Some(Event::StrangersCrowd { .. })
        ));
        let away = admit(3, Regard::Stranger).expect_err("two past the bound");
        assert!(away.event.is_none(), "it is told once a minute");
        assert!(admit(4, Regard::Side).is_ok() && admit(5, Regard::Exempt).is_ok());
        // Whoever proves to be a side is no stranger, nor is the next one from there.
        second.prove();
        let third = admit(3, Regard::Stranger).expect("its place is free");
        assert!(
            admit(2, Regard::Stranger).is_ok(),
            "a side spoke from there"
        );
        assert_eq!(refused(admit(6, Regard::Stranger)), Some(Reply::TOO_BUSY));
        drop((first, third));
        assert!(admit(6, Regard::Stranger).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_has_a_bound() {
        let clients = Clients::bounded(10, 2, 1);
        let first = clients.slow_down();
        assert!(first.is_some() && clients.slow_down().is_none());
        drop(first);
        assert!(clients.slow_down().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_harvest_is_shut_out_for_a_while_and_told_of_once() {
        let (clients, limits) = (Clients::default(), limits());
        let admit = |regard| clients.admit(ADDRESS, regard, &limits);
        let mut seat = admit(Regard::Stranger).expect("a place");
        let (mut conducts, mut events) = (Vec::new(), Vec::new());
        for _ in 0..=limits.unknown_per_client * crate::limits::HARVEST_CUT {
            let (conduct, event) = seat.unknown(1, &limits);
            conducts.push(conduct);
            events.extend(event);
        }
        let at = |wanted| {
            conducts
                .iter()
                .filter(|conduct| **conduct == wanted)
                .count()
        };
        assert_eq!(
            [Conduct::Free, Conduct::Slow, Conduct::Shut].map(at),
            [10, 10, 1]
        );
        assert!(matches!(
            events.as_slice(),
            [
                Event::HarvestSlowed { unknown: 11, .. },
                Event::HarvestShut { unknown: 21, .. }
            ]
        ));
        drop(seat);
        assert_eq!(
            refused(admit(Regard::Stranger)),
            Some(Reply::TOO_MANY_UNKNOWN)
        );
        assert!(
            admit(Regard::Side).is_ok(),
            "a side behind the same address"
        );
        tokio::time::advance(crate::limits::HARVEST_SHUT).await;
        assert!(admit(Regard::Stranger).is_ok());
    }
}
