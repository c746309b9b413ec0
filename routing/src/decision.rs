//! What routing says for one forward path: a total function of path, origin, snapshot, policy and time.
//!
//! Two rules stand above all others. Mail is never handed back to the side it came from: two systems that each believe
//! the other has a person would send the message in circles. And what the directory does not say is not held against
//! the sender while the directory itself may be wrong: then the answer is temporary.

use std::sync::Arc;
use std::time::Duration;

use crate::policy::Area;
use crate::snapshot::RecipientView;
use crate::{
    Address, Found, Origin, Policy, RecipientForm, SideName, SideRule, Snapshot, Tags, UnixTime,
    UnknownRule,
};

mod expansion;
mod reason;
mod search;

pub use expansion::{Expansion, Member, Stays, decide_member, expand};
pub(crate) use search::Notes;
use search::{Hit, Search, Unheard, Via, search};

/// What becomes of one forward path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// It goes there.
    Deliver {
        /// Where.
        to: Destination,
        /// The address in the form that the destination wants.
        path: Address,
        /// The reason.
        why: Why,
    },
    /// It is refused for good.
    Refuse(Refusal),
    /// It is refused for now.
    Defer(Deferral),
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Destination {
    /// To a side's next hop.
    Side(SideName),
    /// Out, to a domain that is not ours.
    Internet,
}

/// Why a path is delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// A recipient has this address.
    Recipient {
        /// As what.
        found: Found,
        /// The source that says where it lives.
        source: Arc<str>,
    },
    /// A recipient has the address without its tag.
    PlusTag {
        /// That address.
        looked_up: Address,
        /// The source that says where it lives.
        source: Arc<str>,
    },
    /// It is in a routing domain, and a recipient has the address in one of ours.
    RoutingDomain {
        /// That address.
        looked_up: Address,
        /// The source that says where it lives.
        source: Arc<str>,
    },
    /// It encapsulates a name of another world (`IMCEAEX-...`), and a recipient has that name.
    Foreign {
        /// The source that says where it lives.
        source: Arc<str>,
    },
    /// The domain's postmaster receives it.
    Postmaster {
        /// The postmaster's address.
        mailbox: Address,
    },
    /// Nobody has the address; the domain sends such mail to this side.
    UnknownToSide,
    /// It is foreign, and its origin may send out.
    WayOut,
    /// It is foreign, and the directory names it as a member of a group.
    Listed,
}

/// Why a path is refused for good. `Display` is the operator's sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Nobody has the address.
    Unknown,
    /// Nobody has the address, and the side that is to get such mail is the one that sent it.
    UnknownThereToo {
        /// That side.
        side: SideName,
    },
    /// The domain is not ours and the origin may not send out.
    RelayDenied,
    /// The recipient lives on the side that sent it.
    WrongSide {
        /// That side.
        side: SideName,
        /// The source that says so.
        source: Arc<str>,
    },
    /// The recipient lives on a side without a next hop.
    SendOnlySide {
        /// That side.
        side: SideName,
        /// The source that says so.
        source: Arc<str>,
    },
}

/// Why a path is refused for now. `Display` is the operator's sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deferral {
    /// The recipient lives on the side that sent it, but only since a short while.
    Settling {
        /// That side.
        side: SideName,
        /// The side before.
        previous_side: Option<SideName>,
        /// The source that says so.
        source: Arc<str>,
        /// Since when.
        moved_at: UnixTime,
        /// From when on it is refused.
        until: UnixTime,
    },
    /// The recipient lives on the side that sent it, says a snapshot that is too old to be sure.
    WrongSideStale {
        /// That side.
        side: SideName,
        /// The source that says so.
        source: Arc<str>,
        /// The snapshot's age; `None`: a source was never read.
        age: Option<Duration>,
    },
    /// Nobody has the address, says a snapshot that is too old to be sure.
    StaleUnknown {
        /// Its age.
        age: Duration,
    },
    /// Nobody has the address, but at least one source was never read.
    NoDirectory,
    /// The stored snapshot is damaged where the answer should be.
    SnapshotDamaged,
    /// Nobody has the address; the domain waits for such people to become known.
    UnknownDeferred,
    /// The side is not in the configuration.
    SideMissing {
        /// Its name.
        side: SideName,
    },
    /// The domain's postmaster is to receive it, but nobody has the postmaster's own address.
    PostmasterUnknown {
        /// That address.
        mailbox: Address,
    },
    /// In a routing domain: people of our domains share the name.
    Ambiguous {
        /// One of them.
        first: Address,
        /// Another.
        second: Address,
    },
}

/// Decides for one forward path.
pub fn decide(
    path: &Address,
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
    now: UnixTime,
) -> Decision {
    decide_noting(
        path,
        &Given {
            origin,
            snapshot,
            policy,
            now,
        },
        &mut Unheard,
    )
}

/// Decides for `<Postmaster>`, which names no domain (RFC 5321 §4.5.1): the first of our domains that has one.
pub fn decide_postmaster(
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
    now: UnixTime,
) -> Decision {
    match postmaster(policy) {
        Some(path) => decide(&path, origin, snapshot, policy, now),
        None => Decision::Refuse(Refusal::Unknown),
    }
}

/// The address `<Postmaster>` stands for; `None` without a domain.
pub(crate) fn postmaster(policy: &Policy) -> Option<Address> {
    let named = policy
        .domains()
        .iter()
        .find(|rule| rule.postmaster.is_some());
    let rule = named.or(policy.domains().first())?;
    Address::from_parts("postmaster", rule.name.as_str()).ok()
}

/// What a decision rests on besides the path.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) policy: &'a Policy,
    pub(crate) now: UnixTime,
}

pub(crate) fn decide_noting(path: &Address, given: &Given, notes: &mut impl Notes) -> Decision {
    let area = given.policy.area(path.domain());
    if area == Area::Foreign {
        return given.way_out(path);
    }
    match search(path, area, given.snapshot, given.policy, notes) {
        Search::Hit(hit) => given.deliver(path, hit),
        Search::Ambiguous { first, second } => {
            Decision::Defer(Deferral::Ambiguous { first, second })
        }
        Search::Damaged => Decision::Defer(Deferral::SnapshotDamaged),
        Search::Nobody => match given.postmaster_of(path, area) {
            Some(mailbox) => given.deliver_to_postmaster(mailbox, notes),
            None => given.unknown(path, area),
        },
    }
}

impl Given<'_> {
    /// Relaying for foreign domains is for the sides that are named for it (RFC 5321 §7.7: nobody else).
    fn way_out(&self, path: &Address) -> Decision {
        match self.origin {
            Origin::Side(side) if self.policy.lets_out(side) => Decision::Deliver {
                to: Destination::Internet,
                path: path.clone(),
                why: Why::WayOut,
            },
            Origin::Side(_) | Origin::Internet => Decision::Refuse(Refusal::RelayDenied),
        }
    }

    fn deliver(&self, path: &Address, hit: Hit) -> Decision {
        let (Some(side), Some(source)) = (hit.view.side(), hit.view.source()) else {
            return Decision::Defer(Deferral::NoDirectory); // a snapshot that names no side is none
        };
        let Some(rule) = self.policy.side(side) else {
            return Decision::Defer(Deferral::SideMissing { side: side.clone() });
        };
        let source = source.clone();
        if !rule.has_next_hop {
            return Decision::Refuse(Refusal::SendOnlySide {
                side: side.clone(),
                source,
            });
        }
        if self.origin.side() == Some(side) {
            return self.wrong_side(&hit.view, side.clone(), source);
        }
        let (to, form) = (Destination::Side(side.clone()), self.form(path, &hit, rule));
        let looked_up = |hit: Hit| hit.looked_up.unwrap_or_else(|| path.clone());
        let why = match hit.via {
            Via::Itself => Why::Recipient {
                found: hit.view.found(),
                source,
            },
            Via::PlusTag => Why::PlusTag {
                looked_up: looked_up(hit),
                source,
            },
            Via::RoutingDomain => Why::RoutingDomain {
                looked_up: looked_up(hit),
                source,
            },
            Via::Foreign => Why::Foreign { source },
        };
        let path = form;
        Decision::Deliver { to, path, why }
    }

    /// The origin's own directory and ours contradict each other about where this recipient lives.
    fn wrong_side(&self, view: &RecipientView, side: SideName, source: Arc<str>) -> Decision {
        if let Some(moved_at) = view.moved_at() {
            let until = moved_at.after(self.policy.settle());
            if self.now < until {
                let previous_side = view.previous_side().cloned();
                return Decision::Defer(Deferral::Settling {
                    side,
                    previous_side,
                    source,
                    moved_at,
                    until,
                });
            }
        }
        match self.snapshot.age(self.now) {
            Some(age) if age <= self.policy.stale_after() => {
                Decision::Refuse(Refusal::WrongSide { side, source })
            }
            age => Decision::Defer(Deferral::WrongSideStale { side, source, age }),
        }
    }

    /// The recipient's address as its side wants it. A tag stays where the side knows tags: people sort by them.
    fn form(&self, path: &Address, hit: &Hit, rule: &SideRule) -> Address {
        let own = match rule.recipient {
            RecipientForm::RoutingAddress => {
                hit.view.routing_address().or_else(|| hit.view.primary())
            }
            RecipientForm::Primary => hit.view.primary(),
            // The name means nothing outside the system that it is from.
            RecipientForm::AsGiven if hit.via == Via::Foreign => hit.view.primary(),
            RecipientForm::AsGiven => return self.as_given(path, hit, rule),
        };
        let own = own.unwrap_or_else(|| hit.looked_up.as_ref().unwrap_or(path).clone());
        let tag = if hit.tagged && rule.tags == Tags::Kept {
            path.plus_tag()
        } else {
            None
        };
        tag.and_then(|tag| own.with_plus_tag(tag)).unwrap_or(own)
    }

    /// A name in another side's routing domain means nothing to this one.
    fn as_given(&self, path: &Address, hit: &Hit, rule: &SideRule) -> Address {
        let knows = match self.policy.area(path.domain()) {
            _ if hit.tagged && rule.tags != Tags::Kept => false,
            Area::Ours(_) => true,
            Area::Routing => rule
                .routing_domains
                .iter()
                .any(|domain| domain.as_str() == path.domain()),
            Area::Foreign => false,
        };
        match hit.view.primary() {
            _ if knows => path.clone(),
            Some(primary) if hit.view.found() == Found::RoutingAddress => primary,
            _ => hit.looked_up.as_ref().unwrap_or(path).clone(),
        }
    }

    /// The mailbox for postmaster@ and abuse@ (RFC 5321 §4.5.1, RFC 2142), which need not be in any directory.
    fn postmaster_of(&self, path: &Address, area: Area) -> Option<Address> {
        if !matches!(path.folded_local(), "postmaster" | "abuse") {
            return None;
        }
        self.policy.domain_rule(area)?.postmaster.clone()
    }

    fn deliver_to_postmaster(&self, mailbox: Address, notes: &mut impl Notes) -> Decision {
        let area = self.policy.area(mailbox.domain());
        if area == Area::Foreign && self.policy.has_way_out() {
            // The address is the administrator's choice, not the sender's: nothing is relayed for a stranger.
            let path = mailbox.clone();
            return Decision::Deliver {
                to: Destination::Internet,
                path,
                why: Why::Postmaster { mailbox },
            };
        }
        let hit = match search(&mailbox, area, self.snapshot, self.policy, notes) {
            Search::Hit(hit) => hit,
            Search::Damaged => return Decision::Defer(Deferral::SnapshotDamaged),
            Search::Ambiguous { .. } | Search::Nobody => {
                return Decision::Defer(Deferral::PostmasterUnknown { mailbox });
            }
        };
        match self.deliver(&mailbox, hit) {
            Decision::Deliver { to, path, .. } => Decision::Deliver {
                to,
                path,
                why: Why::Postmaster { mailbox },
            },
            other => other,
        }
    }

    fn unknown(&self, path: &Address, area: Area) -> Decision {
        let Some(age) = self.snapshot.age(self.now) else {
            return Decision::Defer(Deferral::NoDirectory);
        };
        if age > self.policy.stale_after() {
            return Decision::Defer(Deferral::StaleUnknown { age });
        }
        let Some(domain) = self.policy.domain_rule(area) else {
            return Decision::Refuse(Refusal::Unknown);
        };
        let side = match &domain.unknown {
            UnknownRule::Reject => return Decision::Refuse(Refusal::Unknown),
            UnknownRule::Defer => return Decision::Defer(Deferral::UnknownDeferred),
            UnknownRule::Side(side) => side,
        };
        if self.origin.side() == Some(side) {
            return Decision::Refuse(Refusal::UnknownThereToo { side: side.clone() });
        }
        let Some(rule) = self.policy.side(side).filter(|rule| rule.has_next_hop) else {
            return Decision::Defer(Deferral::SideMissing { side: side.clone() });
        };
        let known_there = area != Area::Routing
            || rule
                .routing_domains
                .iter()
                .any(|own| own.as_str() == path.domain());
        let path = if known_there {
            path.clone()
        } else {
            path.with_domain(&domain.name)
                .unwrap_or_else(|_| path.clone())
        };
        Decision::Deliver {
            to: Destination::Side(side.clone()),
            path,
            why: Why::UnknownToSide,
        }
    }
}

#[cfg(test)]
mod tests;
