//! Idle connections, kept for the next message of the same kind.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime;

use super::Way;
use super::hop::Connection;
use crate::config::{Hop, IdentityOrigin};
use crate::limits;

/// What must be the same for a connection to be used again: the way with its TLS policy, the hop, our identity.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) way: Arc<Way>,
    /// Its place in the way's list.
    pub(super) hop: usize,
    /// On a way by domain: whose exchangers they are.
    pub(super) domain: Option<Arc<Hop>>,
    pub(super) identity: IdentityOrigin,
}

impl PartialEq for Key {
    /// A way of another generation is another way, whatever it says.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.way, &other.way)
            && (self.hop, self.identity) == (other.hop, other.identity)
            && self.domain == other.domain
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Arc::as_ptr(&self.way), self.hop, self.identity).hash(state);
        self.domain.hash(state);
    }
}

impl Key {
    /// Whether connections under both share their places.
    fn is_beside(&self, other: &Self) -> bool {
        self.way.name() == other.way.name() && self.domain == other.domain
    }

    /// Strangers keep their connections for others.
    fn age(&self) -> Duration {
        match self.domain {
            Some(_) => limits::DOMAIN_POOL_AGE,
            None => limits::POOL_AGE,
        }
    }
}

/// Whether a connection's wake-ups come to the runtime that wants to use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Ours,
    Anybodys,
}

/// The youngest is used first, so that a burst's extra connections grow old and go.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<HashMap<Key, Vec<Connection>>>); // held for a push or a pop

impl Pool {
    pub(super) fn take(&self, key: &Key, generation: u64, whose: Whose) -> Option<Connection> {
        let here = runtime::Handle::current().id();
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(key)?;
        loop {
            let fits = |one: &Connection| whose == Whose::Anybodys || one.runtime == here;
            let at = connections.iter().rposition(fits)?;
            let connection = connections.remove(at);
            if usable(key, &connection, generation) {
                return Some(connection);
            }
        }
    }

    pub(super) fn put(&self, key: Key, mut connection: Connection) {
        let permit = connection.rest();
        let evicted = {
            let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let is_a_domains = key.domain.is_some();
            idle.entry(key).or_default().push(connection);
            match is_a_domains {
                true => evict(&mut idle, limits::DOMAIN_POOL, |key| key.domain.is_some()),
                false => Vec::new(),
            }
        };
        drop(evicted);
        drop(permit); // only now: who waits for a place must find the connection
    }

    /// How many are idle beside this key, whatever theirs.
    pub(super) fn idle(&self, key: &Key) -> usize {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter()
            .filter(|(other, _)| other.is_beside(key))
            .map(|(_, connections)| connections.len())
            .sum()
    }

    /// Gives up idle connections beside this key, until at most `most` are left.
    pub(super) fn evict(&self, key: &Key, most: usize) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        evict(&mut idle, most, |other| other.is_beside(key))
    }

    /// Takes out everything that must not be used any more.
    pub(super) fn expired(&self, generation: u64) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut expired = Vec::new();
        for (key, connections) in idle.iter_mut() {
            let (young, old) = std::mem::take(connections)
                .into_iter()
                .partition(|one| usable(key, one, generation));
            *connections = young;
            expired.extend::<Vec<_>>(old);
        }
        idle.retain(|_, connections| !connections.is_empty());
        expired
    }

    pub(super) fn all(&self) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *idle).into_values().flatten().collect()
    }
}

/// The oldest of those whose key is meant, until at most `most` are left.
fn evict(
    idle: &mut HashMap<Key, Vec<Connection>>,
    most: usize,
    is_meant: impl Fn(&Key) -> bool,
) -> Vec<Connection> {
    let mut here: Vec<_> = idle.iter_mut().filter(|(key, _)| is_meant(key)).collect();
    let all: usize = here.iter().map(|(_, list)| list.len()).sum();
    let surplus = all.saturating_sub(most);
    let mut evicted = Vec::new();
    while evicted.len() < surplus
        && let Some((_, list)) = here
            .iter_mut()
            .filter(|(_, list)| !list.is_empty())
            .min_by_key(|(key, list)| (list[0].opened, key.hop))
    {
        evicted.push(list.remove(0)); // the oldest of all
    }
    evicted
}

fn usable(key: &Key, connection: &Connection, generation: u64) -> bool {
    connection.generation == generation && connection.opened.elapsed() < key.age()
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::config::{Config, Lookup};

    fn way() -> Arc<Way> {
        let text = include_str!("../../config/minimal.toml");
        let parsed = Config::parse(text, "minimal.toml");
        let config = parsed.unwrap_or_else(|faults| panic!("{faults}")).config;
        Arc::clone(&Way::all(&config)[0])
    }

    fn hop(number: usize) -> Hop {
        Hop {
            host: format!("{number}.example"),
            port: 25,
            lookup: Lookup::Exchangers,
        }
    }

    fn key(way: &Arc<Way>, domain: Option<usize>) -> Key {
        Key {
            way: Arc::clone(way),
            hop: 0,
            domain: domain.map(|number| Arc::new(hop(number))),
            identity: IdentityOrigin::Internet,
        }
    }

    fn taken(pool: &Pool, key: &Key) -> bool {
        pool.take(key, 1, Whose::Ours).is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn connections_of_domains_grow_old_sooner() {
        let (pool, way) = (Pool::default(), way());
        for (domain, age) in [(None, limits::POOL_AGE), (Some(0), limits::DOMAIN_POOL_AGE)] {
            let key = key(&way, domain);
            let moment = Duration::from_millis(1);
            pool.put(key.clone(), Connection::to_nobody(&hop(0), 1));
            advance(age - moment).await;
            assert!(
                pool.expired(1).is_empty() && taken(&pool, &key),
                "{domain:?}"
            );
            pool.put(key.clone(), Connection::to_nobody(&hop(0), 1));
            advance(age).await;
            assert!(!taken(&pool, &key), "{domain:?}");
            pool.put(key.clone(), Connection::to_nobody(&hop(0), 1));
            advance(age).await;
            assert_eq!(pool.expired(1).len(), 1, "{domain:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_domains_keep_a_connection_and_the_oldest_goes_first() {
        let (pool, way) = (Pool::default(), way());
        let side = key(&way, None);
        pool.put(side.clone(), Connection::to_nobody(&hop(0), 1));
        for number in 0..=limits::DOMAIN_POOL {
            advance(Duration::from_millis(1)).await;
            let connection = Connection::to_nobody(&hop(number), 1);
            pool.put(key(&way, Some(number)), connection);
        }
        assert!(!taken(&pool, &key(&way, Some(0))), "one past the bound");
        for number in 1..=limits::DOMAIN_POOL {
            assert!(taken(&pool, &key(&way, Some(number))), "{number}");
        }
        assert!(taken(&pool, &side), "a side's own is none of them");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_of_another_kind_or_generation_is_used() {
        let (pool, way) = (Pool::default(), way());
        let ours = key(&way, None);
        let vouching = Key {
            identity: IdentityOrigin::Sides,
            ..ours.clone()
        };
        pool.put(ours.clone(), Connection::to_nobody(&hop(0), 1));
        assert!(!taken(&pool, &vouching) && !taken(&pool, &key(&self::way(), None)));
        assert!(pool.take(&ours, 2, Whose::Ours).is_none());
        assert!(!taken(&pool, &ours), "it is gone for good");
    }
}
