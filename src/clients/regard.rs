//! To whom the bounds for clients apply: the only place that says so.

use crate::config::{Config, EarlyTalkers, Listener};
use crate::origin::{Peer, Standing};

/// How a client is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Regard {
    /// All bounds apply.
    Stranger,
    /// It speaks, or may speak, for one of our sides: only the number of connections at a time applies. A provisional
    /// side is one of them: what its own people write to nobody must not lock it out.
    Side,
    /// It is in `exempt`: none applies.
    Exempt,
}

impl Regard {
    /// Before it has said anything.
    pub(crate) fn at_the_door(peer: &Peer, config: &Config) -> Self {
        let address = peer.ip();
        let exempt = &config.limits.exempt;
        if exempt.iter().any(|network| network.contains(&address)) {
            return Self::Exempt;
        }
        let accepts = config.sides.iter().filter_map(|side| side.accept.as_ref());
        let mut networks = accepts
            .filter(|accept| {
                accept.listeners.is_empty() || accept.listeners.contains(&peer.listener)
            })
            .flat_map(|accept| &accept.networks);
        match networks.any(|network| network.contains(&address)) {
            true => Self::Side,
            false => Self::Stranger,
        }
    }

    /// With what it has shown since.
    pub(crate) fn of(peer: &Peer, standing: &Standing, config: &Config) -> Self {
        match (Self::at_the_door(peer, config), standing) {
            (Self::Stranger, Standing::Side(_) | Standing::Provisional(_)) => Self::Side,
            (regard, _) => regard,
        }
    }

    /// Whether it must wait for our greeting before it speaks. A balancer that asks how we are need not.
    pub(crate) fn must_wait(self, peer: &Peer, config: &Config) -> bool {
        let is_balancer = |listener: &Listener| {
            let mut from = listener.proxy_from.iter();
            listener.name == peer.listener && from.any(|network| network.contains(&peer.ip()))
        };
        self == Self::Stranger
            && config.limits.early_talkers == EarlyTalkers::Refuse
            && !config.listeners.iter().any(is_balancer)
    }
}
