//! What the configuration says about routing.

use std::collections::HashMap;
use std::time::Duration;

use crate::{Address, Domain, SideName};

/// The rules by which decisions are taken.
#[derive(Clone, Debug)]
pub struct Policy {
    domains: Vec<DomainRule>,
    sides: Vec<SideRule>,
    internet: Option<Vec<SideName>>,
    settle: Duration,
    stale_after: Duration,
    areas: HashMap<Domain, Area>,
}

/// A domain whose recipients we know.
#[derive(Clone, Debug)]
pub struct DomainRule {
    /// Its name.
    pub name: Domain,
    /// What becomes of a recipient nobody knows.
    pub unknown: UnknownRule,
    /// Where postmaster@, abuse@ and `<Postmaster>` go.
    pub postmaster: Option<Address>,
}

/// What becomes of a recipient nobody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnknownRule {
    /// Refused.
    Reject,
    /// Deferred.
    Defer,
    /// Goes to this side, unless it comes from there.
    Side(SideName),
}

/// A side, as far as routing cares.
#[derive(Clone, Debug)]
pub struct SideRule {
    /// Its name.
    pub name: SideName,
    /// Domains in which an address means the person of the same name in one of ours.
    pub routing_domains: Vec<Domain>,
    /// What RCPT says to it.
    pub recipient: RecipientForm,
    /// What becomes of john+tag@, where john@ is one of its recipients.
    pub tags: Tags,
    /// Whether it has a next hop; without one it only sends.
    pub has_next_hop: bool,
}

/// What becomes of an address with a tag that nobody has, but somebody has without the tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tags {
    /// It is unknown.
    Refused,
    /// It goes to the side without the tag.
    Removed,
    /// It goes to the side as it is.
    Kept,
}

/// The form of a recipient that a side wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecipientForm {
    /// The routing address, else the primary address.
    RoutingAddress,
    /// The primary address.
    Primary,
    /// What the sender wrote, as long as the side can know that name.
    AsGiven,
}

/// To what a domain belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Area {
    /// The domain of this number.
    Ours(usize),
    /// A routing domain.
    Routing,
    /// Neither.
    Foreign,
}

impl Policy {
    /// The rules of a configuration. `internet`: the sides whose mail may leave to foreign domains, `None` without a
    /// way out. A domain that is ours and somebody's routing domain is ours.
    pub fn new(
        domains: Vec<DomainRule>,
        sides: Vec<SideRule>,
        internet: Option<Vec<SideName>>,
        settle: Duration,
        stale_after: Duration,
    ) -> Self {
        let routing = sides
            .iter()
            .flat_map(|side| &side.routing_domains)
            .map(|domain| (domain.clone(), Area::Routing));
        let ours = domains
            .iter()
            .enumerate()
            .map(|(number, rule)| (rule.name.clone(), Area::Ours(number)));
        let areas = routing.chain(ours).collect();
        Self {
            domains,
            sides,
            internet,
            settle,
            stale_after,
            areas,
        }
    }

    /// The domains whose recipients we know, in the order of the configuration.
    pub fn domains(&self) -> &[DomainRule] {
        &self.domains
    }

    /// The sides, in the order of the configuration.
    pub fn sides(&self) -> &[SideRule] {
        &self.sides
    }

    /// The side of this name.
    pub fn side(&self, name: &SideName) -> Option<&SideRule> {
        self.sides.iter().find(|side| side.name == *name)
    }

    /// How long a change of side excuses a contradiction.
    pub fn settle(&self) -> Duration {
        self.settle
    }

    /// The age at which a snapshot is no longer trusted about what it does not contain.
    pub fn stale_after(&self) -> Duration {
        self.stale_after
    }

    pub(crate) fn area(&self, domain: &str) -> Area {
        self.areas.get(domain).copied().unwrap_or(Area::Foreign)
    }

    /// The rule for what a domain does not know. In a routing domain the first of our domains speaks that does not
    /// refuse: a person may be meant who is unknown in only one of them.
    pub(crate) fn domain_rule(&self, area: Area) -> Option<&DomainRule> {
        match area {
            Area::Ours(number) => self.domains.get(number),
            Area::Routing => {
                let patient = self
                    .domains
                    .iter()
                    .find(|rule| rule.unknown != UnknownRule::Reject);
                patient.or(self.domains.first())
            }
            Area::Foreign => None,
        }
    }

    pub(crate) fn has_way_out(&self) -> bool {
        self.internet.is_some()
    }

    pub(crate) fn lets_out(&self, side: &SideName) -> bool {
        self.internet
            .as_ref()
            .is_some_and(|sides| sides.contains(side))
    }
}
