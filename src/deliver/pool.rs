//! Idle connections, kept for the next message of the same kind.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime;

use super::Way;
use super::hop::Connection;
use crate::config::IdentityOrigin;
use crate::limits;

/// What must be the same for a connection to be used again: the way with its TLS policy, the hop, our identity.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) way: Arc<Way>,
    /// Its place in the way's list.
    pub(super) hop: usize,
    pub(super) identity: IdentityOrigin,
}

impl PartialEq for Key {
    /// A way of another generation is another way, whatever it says.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.way, &other.way)
            && (self.hop, self.identity) == (other.hop, other.identity)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Arc::as_ptr(&self.way), self.hop, self.identity).hash(state);
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
            if usable(&connection, generation) {
                return Some(connection);
            }
        }
    }

    pub(super) fn put(&self, key: Key, mut connection: Connection) {
        let permit = connection.rest();
        {
            let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(key).or_default().push(connection);
        }
        drop(permit); // only now: who waits for a place must find the connection
    }

    /// How many are idle on the way of this name, whatever their key.
    pub(super) fn idle(&self, way: &str) -> usize {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter()
            .filter(|(key, _)| key.way.name() == way)
            .map(|(_, connections)| connections.len())
            .sum()
    }

    /// Gives up idle connections of this way, whatever their key, until at most `most` are left.
    pub(super) fn evict(&self, way: &str, most: usize) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut here: Vec<_> = idle
            .iter_mut()
            .filter(|(key, _)| key.way.name() == way)
            .collect();
        let surplus = here
            .iter()
            .map(|(_, list)| list.len())
            .sum::<usize>()
            .saturating_sub(most);
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

    /// Takes out everything that must not be used any more.
    pub(super) fn expired(&self, generation: u64) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut expired = Vec::new();
        for connections in idle.values_mut() {
            let (young, old) = std::mem::take(connections)
                .into_iter()
                .partition(|one| usable(one, generation));
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

fn usable(connection: &Connection, generation: u64) -> bool {
    connection.generation == generation && connection.opened.elapsed() < limits::POOL_AGE
}
