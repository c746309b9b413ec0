//! What every session needs of the gateway, in one place and without a way back to it.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use authentication::{Dns, Verifier};
use hickory_resolver::TokioResolver;
use tokio::sync::Semaphore;

use crate::clients::Clients;
use crate::converter::Converter;
use crate::deliver::Deliver;
use crate::directory::Directory;
use crate::dns::Resolver;
use crate::event::Events;
use crate::generation::Generation;
use crate::hold::Holding;
use crate::queue::Queue;
use crate::trace::LoopKey;
use crate::unknown::Unknown;

/// Shared, and each part immutable or a service of its own.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) generation: ArcSwap<Generation>,
    pub(crate) directory: Directory,
    pub(crate) deliver: Deliver,
    /// Names to addresses.
    pub(crate) resolver: Resolver,
    pub(crate) clients: Clients,
    pub(crate) loop_key: LoopKey,
    pub(crate) events: Events,
    /// One permit a transaction that holds content back.
    pub(crate) hold_back: Arc<Semaphore>,
    /// Messages that must be whole before they go on.
    pub(crate) holding: Arc<Holding>,
    /// Messages in custody; not set where nothing may be kept.
    pub(crate) queue: OnceLock<Arc<Queue>>,
    /// Where messages are converted.
    pub(crate) converter: Converter,
    /// Who was asked for and is not known.
    pub(crate) unknown: Unknown,
}

impl Services {
    /// Finds out who internet mail is from, by the resolver as it is configured now.
    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(Dns::new(TokioResolver::clone(&self.resolver.stub())))
    }
}
