//! How much each client address may do at a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use smtp::reply::Reply;
use tokio::time::Instant;

use crate::config::Limits;
use crate::limits;

/// Connections and messages by client address.
#[derive(Debug, Default, Clone)]
pub(crate) struct Clients(Arc<Mutex<HashMap<IpAddr, Client>>>); // an instant a connection and a message

#[derive(Debug)]
struct Client {
    connections: usize,
    messages: u32,
    minute: Instant,
}

/// An open connection's place; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Seat {
    clients: Clients,
    address: IpAddr,
}

impl Clients {
    /// A place for one more connection.
    pub(crate) fn admit(&self, address: IpAddr, limits: &Limits) -> Result<Seat, Reply> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= limits::CLIENTS {
            clients.retain(|_, client| client.connections > 0 || client.minute.elapsed() < MINUTE);
        }
        let client = clients.entry(address).or_insert_with(Client::new);
        if client.connections >= limits.connections_per_client && !is_exempt(address, limits) {
            return Err(Reply::TOO_MANY_CONNECTIONS);
        }
        client.connections += 1;
        Ok(Seat {
            clients: self.clone(),
            address,
        })
    }

    /// One more message, unless it is too many for this minute.
    pub(crate) fn message(&self, address: IpAddr, limits: &Limits) -> Result<(), Reply> {
        if limits.messages_per_client == 0 || is_exempt(address, limits) {
            return Ok(());
        }
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(address).or_insert_with(Client::new);
        if client.minute.elapsed() >= MINUTE {
            client.minute = Instant::now();
            client.messages = 0;
        }
        if client.messages >= limits.messages_per_client {
            return Err(Reply::TOO_FAST);
        }
        client.messages += 1;
        Ok(())
    }
}

impl Client {
    fn new() -> Self {
        Self {
            connections: 0,
            messages: 0,
            minute: Instant::now(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut clients = self
            .clients
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get_mut(&self.address) {
            client.connections = client.connections.saturating_sub(1);
            if client.connections == 0 && client.minute.elapsed() >= MINUTE {
                clients.remove(&self.address);
            }
        }
    }
}

fn is_exempt(address: IpAddr, limits: &Limits) -> bool {
    limits
        .exempt
        .iter()
        .any(|network| network.contains(&address))
}

const MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(connections: usize, messages: u32, exempt: &str) -> Limits {
        Limits {
            message_size: 1,
            recipients: 1,
            connections_per_client: connections,
            messages_per_client: messages,
            client_idle: MINUTE,
            hop_envelope: MINUTE,
            exempt: exempt
                .split_whitespace()
                .map(|network| network.parse().expect("a network"))
                .collect(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connections_are_counted_and_given_back() {
        let clients = Clients::default();
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        let first = clients.admit(address, &limits(2, 0, ""));
        let second = clients.admit(address, &limits(2, 0, ""));
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(
            clients.admit(address, &limits(2, 0, "")).err(),
            Some(Reply::TOO_MANY_CONNECTIONS)
        );
        assert!(
            clients
                .admit(address, &limits(2, 0, "192.0.2.0/24"))
                .is_ok(),
            "exempt"
        );
        drop(first);
        drop(second);
        assert!(clients.admit(address, &limits(2, 0, "")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn messages_are_counted_by_the_minute() {
        let clients = Clients::default();
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..3 {
            assert_eq!(clients.message(address, &limits(1, 3, "")), Ok(()));
        }
        assert_eq!(
            clients.message(address, &limits(1, 3, "")),
            Err(Reply::TOO_FAST)
        );
        tokio::time::advance(MINUTE).await;
        assert_eq!(clients.message(address, &limits(1, 3, "")), Ok(()));
    }
}
