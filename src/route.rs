//! Routing: what the configuration says about it, as the pure crate wants it, and the decision at this moment.

use routing::{
    Address, Decision, Deferral, Domain, DomainRule, Expansion, Origin, Policy, RecipientForm,
    SideName, SideRule, Snapshot, Tags, UnixTime, UnknownRule,
};

use crate::clock;
use crate::config::{self, Config, SideKind, UnknownRecipient};

/// Decides now for one forward path; `None` is `<Postmaster>`.
pub(crate) fn decide(
    address: Option<&Address>,
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
) -> Decision {
    let now = UnixTime::from(clock::system_time());
    match address {
        Some(address) => routing::decide(address, origin, snapshot, policy, now),
        None => routing::decide_postmaster(origin, snapshot, policy, now),
    }
}

/// Who is behind a forward path now, if it is a group that its owner may not be able to expand.
pub(crate) fn expand(
    address: &Address,
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
) -> Result<Option<Expansion>, Deferral> {
    let now = UnixTime::from(clock::system_time());
    routing::expand(address, origin, snapshot, policy, now)
}

/// Decides now for a member of a group.
pub(crate) fn decide_member(address: &Address, snapshot: &Snapshot, policy: &Policy) -> Decision {
    let now = UnixTime::from(clock::system_time());
    routing::decide_member(address, snapshot, policy, now)
}

/// The rules by which decisions are taken.
pub fn policy(config: &Config) -> Policy {
    let internet = config.internet.as_ref();
    Policy::new(
        config.domains.iter().map(domain_rule).collect(),
        config.sides.iter().map(side_rule).collect(),
        internet.map(|internet| {
            internet
                .from
                .iter()
                .map(|side| SideName::from(&**side))
                .collect()
        }),
        config.routing.settle,
        config.routing.stale_after,
    )
}

fn domain_rule(domain: &config::Domain) -> DomainRule {
    DomainRule {
        name: parsed(&domain.name),
        unknown: match &domain.unknown_recipient {
            UnknownRecipient::Reject => UnknownRule::Reject,
            UnknownRecipient::Defer => UnknownRule::Defer,
            UnknownRecipient::Side(side) => UnknownRule::Side(SideName::from(&**side)),
        },
        postmaster: domain
            .postmaster
            .as_deref()
            .and_then(|address| Address::parse(address).ok()),
    }
}

fn side_rule(side: &config::Side) -> SideRule {
    SideRule {
        name: SideName::from(&*side.name),
        routing_domains: side
            .routing_domains
            .iter()
            .map(|name| parsed(name))
            .collect(),
        recipient: match side.recipient {
            config::RecipientForm::RoutingAddress => RecipientForm::RoutingAddress,
            config::RecipientForm::Primary => RecipientForm::Primary,
            config::RecipientForm::AsGiven => RecipientForm::AsGiven,
        },
        tags: match side.kind {
            SideKind::ExchangeOnline => Tags::Kept,
            // Exchange on premises would answer 550, though its people know tags from the cloud.
            SideKind::Exchange => Tags::Removed,
            SideKind::Domino | SideKind::GroupWise | SideKind::Smtp => Tags::Refused,
        },
        has_next_hop: !side.next_hop.is_empty(),
    }
}

fn parsed(name: &str) -> Domain {
    Domain::parse(name).expect("the configuration holds domain names, as A-labels")
}
