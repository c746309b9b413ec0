//! The ways out of the gateway, as one generation of the configuration has them.

use std::sync::Arc;

use crate::config::{Config, Hop, HopTls, SideKind};
use crate::limits;

/// Where a leg goes: a side, or out to the internet. Made once a generation and shared by all its messages.
#[derive(Debug)]
pub(crate) struct Way {
    /// The side's name; `None`: the internet.
    pub(crate) side: Option<String>,
    pub(crate) kind: SideKind,
    pub(crate) hops: Vec<Hop>,
    pub(crate) tls: HopTls,
    pub(crate) max_connections: usize,
    /// Recipients that one transaction may have.
    pub(crate) recipients: usize,
}

impl Way {
    /// Every way that `config` has.
    pub(crate) fn all(config: &Config) -> Vec<Arc<Self>> {
        let sides = config.sides.iter().map(|side| Self {
            side: Some(side.name.clone()),
            kind: side.kind,
            hops: side.next_hop.clone(),
            tls: side.tls.clone(),
            max_connections: side.max_connections,
            recipients: side.recipients_per_transaction.min(limits::LEG_RECIPIENTS),
        });
        let internet = config.internet.as_ref().map(|internet| Self {
            side: None,
            kind: SideKind::Smtp,
            hops: internet.next_hop.clone(),
            tls: internet.tls.clone(),
            max_connections: INTERNET_CONNECTIONS,
            recipients: limits::LEG_RECIPIENTS,
        });
        sides.chain(internet).map(Arc::new).collect()
    }

    /// As events and tokens name it.
    pub(crate) fn name(&self) -> &str {
        self.side.as_deref().unwrap_or("internet")
    }
}

/// Connections to the smart hosts at a time.
const INTERNET_CONNECTIONS: usize = 20;
