//! The way from the gateway to its hops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::sleep;

use super::hop::Hop;
use super::power::Power;
use super::wire::{self, End};

/// Where a gateway has its network plugged in, for as long as it has power.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(super) hops: Arc<Vec<Arc<Hop>>>,
    pub(super) power: Arc<Power>,
}

impl Port {
    /// A connection to whoever listens there.
    pub(crate) async fn dial(&self, address: SocketAddr) -> io::Result<End> {
        let hop = self.hops.iter().find(|hop| hop.address == address);
        let (Some(hop), true) = (hop, self.power.is_on()) else {
            return Err(io::ErrorKind::NetworkUnreachable.into());
        };
        let latency = hop.latency();
        sleep(2 * latency).await;
        match hop.answers() {
            None => std::future::pending().await,
            Some(false) => Err(io::ErrorKind::ConnectionRefused.into()),
            Some(true) if !self.power.is_on() => Err(io::ErrorKind::ConnectionReset.into()),
            Some(true) => {
                let (ours, theirs) = wire::connect(latency);
                self.power.feed(&ours);
                tokio::spawn(Arc::clone(hop).serve(theirs));
                Ok(ours)
            }
        }
    }
}
