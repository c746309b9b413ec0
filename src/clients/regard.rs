//! To whom the bounds for clients apply: the only place that says so.

use crate::config::{Accept, Config, EarlyTalkers, Listener};
use crate::origin::{Peer, Standing};

/// How a client is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Regard {
    /// All bounds apply.
    Stranger,
    /// It speaks, or may speak, for one of our sides: only the number of connections at a time applies. A provisional
    /// side is one of them: what its own people write to nobody must not lock it out.
    Side,
    /// It is in `exempt`, or a mail filter that hands on the mail of many: none applies.
    Exempt,
}

impl Regard {
    /// Before it has said anything.
    pub(crate) fn at_the_door(peer: &Peer, config: &Config) -> Self {
        let address = peer.ip();
        let is_named = |accept: &Accept| {
            let here = accept.listeners.is_empty() || accept.listeners.contains(&peer.listener);
            let mut networks = accept.networks.iter();
            here && networks.any(|network| network.contains(&address))
        };
        let mut exempt = config.limits.exempt.iter();
        let mut filters = config.upstreams.iter();
        let mut sides = config.sides.iter().filter_map(|side| side.accept.as_ref());
        if exempt.any(|network| network.contains(&address))
            || filters.any(|filter| is_named(&filter.accept))
        {
            Self::Exempt
        } else if sides.any(is_named) {
            Self::Side
        } else {
            Self::Stranger
        }
    }

    /// With what it has shown since.
    pub(crate) fn of(peer: &Peer, standing: &Standing, config: &Config) -> Self {
        match (Self::at_the_door(peer, config), standing) {
            (Self::Stranger, Standing::Side(_) | Standing::Provisional(_)) => Self::Side,
            (_, Standing::Upstream(_)) => Self::Exempt,
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
