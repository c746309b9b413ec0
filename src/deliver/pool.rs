//! Idle connections, kept for the next message of the same kind.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::hop::Connection;
use crate::config::{Hop, IdentityOrigin, TlsMode};
use crate::limits;

/// What must be the same for a connection to be used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) way: String,
    pub(super) hop: Hop,
    pub(super) identity: IdentityOrigin,
    pub(super) mode: TlsMode,
}

/// The youngest is used first, so that a burst's extra connections grow old and go.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<HashMap<Key, Vec<Connection>>>); // held for a push or a pop

impl Pool {
    pub(super) fn take(&self, key: &Key, generation: u64) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(key)?;
        while let Some(connection) = connections.pop() {
            if usable(&connection, generation) {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn put(&self, key: Key, mut connection: Connection) {
        let permit = connection.rest();
        {
            let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(key).or_default().push(connection);
        }
        drop(permit); // only now: who waits for a place must find the connection
    }

    /// Gives up idle connections of this way, whatever their key, until at most `most` are left.
    pub(super) fn evict(&self, way: &str, most: usize) -> Vec<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut here: Vec<_> = idle
            .iter_mut()
            .filter(|(key, _)| key.way == way)
            .map(|(_, list)| list)
            .collect();
        let surplus = here
            .iter()
            .map(|list| list.len())
            .sum::<usize>()
            .saturating_sub(most);
        let mut evicted = Vec::new();
        while evicted.len() < surplus
            && let Some(list) = here.iter_mut().find(|list| !list.is_empty())
        {
            evicted.push(list.remove(0)); // the oldest of them
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
