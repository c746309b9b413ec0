//! Who a message for a group goes to, where the group's owner cannot reach all of them: an alias, so the reverse path stays
//! (RFC 5321 §3.9.1).
//!
//! A group stays with the side that owns it. Only where a source says that its groups' owner cannot reach members on
//! other sides, and there are such members now, the group is expanded here, and then for everybody: its owner must not
//! expand it again. Each member is decided on at this moment, so whoever changed sides is followed at once.
//!
//! Members are decided on as if a stranger had named them: one may live on the side that the mail comes from. This hands
//! no mail back. The side asked for the group, which it could not expand; what returns are other forward paths, those of
//! its own people. Should it give one of them to us again, the loop token of this path and side is in our Received field
//! already; should it give us the group again, the token of the group is, which goes with each of its members.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use super::search::{Search, Unheard, Via, search};
use super::{Decision, Deferral, Destination, Given, Refusal, Why, decide_noting};
use crate::limits::{EXPANSION_DEPTH_MAX, EXPANSION_LOOKUPS_MAX, EXPANSION_MAX};
use crate::policy::Area;
use crate::snapshot::{GroupView, RecipientView};
use crate::{Address, Origin, Policy, ReadError, SideName, Snapshot, UnixTime};

/// A group, and who is behind it now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expansion {
    /// Its primary address.
    pub group: Address,
    /// The side that owns it.
    pub owner: SideName,
    /// Why it goes to its owner as it is; `None`: it is expanded here.
    pub stays: Option<Stays>,
    /// Its members in the end, each once; those up to the bound that was met.
    pub members: Vec<Member>,
    /// Members of it, and of the groups within it, of whom no address is known.
    pub nameless: u64,
    /// Whether this depends on whom the mail comes from.
    pub internal_only: bool,
}

/// A member of a group in the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its primary address, or the one that the group names it by if nobody has that.
    pub address: Address,
    /// The groups that lead to it: the one that was asked for, then those within it.
    pub through: Arc<[Address]>,
    /// What becomes of it.
    pub decision: Decision,
}

/// Why a group goes to its owner as it is. `Display` is the operator's sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stays {
    /// Nobody in it lives on another side.
    OneSide,
    /// It takes mail only from senders that its system knows, and that system alone can tell.
    InternalOnly,
    /// It has too many members.
    TooMany,
    /// There are too many groups within one another.
    TooDeep,
}

impl Stays {
    /// Whether a bound of ours is the reason: members elsewhere may then get nothing.
    pub fn is_bound(self) -> bool {
        matches!(self, Self::TooMany | Self::TooDeep)
    }
}

impl Expansion {
    /// Those who are not delivered to, and never will be as the directory is now.
    pub fn left_out(&self) -> impl Iterator<Item = (&Member, &Refusal)> {
        self.members
            .iter()
            .filter_map(|member| match &member.decision {
                Decision::Refuse(refusal) => Some((member, refusal)),
                Decision::Deliver { .. } | Decision::Defer(_) => None,
            })
    }
}

/// Who is behind `path`, if it is a group that its owner may not be able to expand.
pub fn expand(
    path: &Address,
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
    now: UnixTime,
) -> Result<Option<Expansion>, Deferral> {
    if snapshot.groups() == 0 {
        return Ok(None);
    }
    let stranger = Given {
        origin: &Origin::Internet,
        snapshot,
        policy,
        now,
    };
    let Some((view, group)) = group_of(path, &stranger)? else {
        return Ok(None);
    };
    let (Some(address), Some(owner)) = (view.primary(), view.side().cloned()) else {
        return Err(Deferral::SnapshotDamaged);
    };
    let internal_only = group.is_internal_only();
    let mut walk = Walk::new(stranger);
    let met = match (internal_only, origin) {
        (true, Origin::Internet) => Some(Stays::InternalOnly),
        (true, Origin::Side(_)) | (false, _) => walk.walk(view, &address)?,
    };
    let stays = met.or_else(|| walk.is_one_side(&owner).then_some(Stays::OneSide));
    Ok(Some(Expansion {
        group: address,
        owner,
        stays,
        members: walk.members,
        nameless: walk.nameless,
        internal_only,
    }))
}

/// Decides for a member of a group, who was named by the directory and not by a sender: from nobody is it refused
/// because of where the mail came from, and an address outside our domains is one that our own people chose.
pub fn decide_member(
    path: &Address,
    snapshot: &Snapshot,
    policy: &Policy,
    now: UnixTime,
) -> Decision {
    let stranger = Given {
        origin: &Origin::Internet,
        snapshot,
        policy,
        now,
    };
    stranger.member(path)
}

/// The group that an address leads to, if it is one.
fn group_of<'a>(
    path: &Address,
    given: &Given<'a>,
) -> Result<Option<(RecipientView<'a>, GroupView<'a>)>, Deferral> {
    let area = given.policy.area(path.domain());
    if area == Area::Foreign {
        return Ok(None);
    }
    let Search::Hit(hit) = search(path, area, given.snapshot, given.policy, &mut Unheard) else {
        return Ok(None); // the decision says why
    };
    let group = hit.view.group().map_err(damaged)?;
    Ok(group.map(|group| (hit.view, group)))
}

impl Given<'_> {
    fn member(&self, path: &Address) -> Decision {
        match self.policy.area(path.domain()) {
            Area::Foreign if self.policy.has_way_out() => Decision::Deliver {
                to: Destination::Internet,
                path: path.clone(),
                why: Why::Listed,
            },
            Area::Foreign | Area::Ours(_) | Area::Routing => {
                decide_noting(path, self, &mut Unheard)
            }
        }
    }
}

/// One expansion, group by group.
struct Walk<'a> {
    given: Given<'a>,
    members: Vec<Member>,
    nameless: u64,
    /// Groups and members that were met, by their addresses.
    met: HashSet<Address>,
    /// Groups that are still to be looked at.
    waiting: VecDeque<(RecipientView<'a>, Arc<[Address]>)>,
    lookups: usize,
}

impl<'a> Walk<'a> {
    fn new(given: Given<'a>) -> Self {
        Self {
            given,
            members: Vec::new(),
            nameless: 0,
            met: HashSet::new(),
            waiting: VecDeque::new(),
            lookups: 0,
        }
    }

    /// All members of a group; gives the bound that was met.
    fn walk(
        &mut self,
        view: RecipientView<'a>,
        address: &Address,
    ) -> Result<Option<Stays>, Deferral> {
        self.met.insert(address.clone());
        self.waiting.push_back((view, Arc::new([address.clone()])));
        while let Some((view, through)) = self.waiting.pop_front() {
            let Some(group) = view.group().map_err(damaged)? else {
                continue;
            };
            if group.is_too_large() {
                return Ok(Some(Stays::TooMany));
            }
            self.nameless += u64::from(group.nameless());
            for member in group.members() {
                let bound = self.take(member.map_err(damaged)?, &through)?;
                if bound.is_some() {
                    return Ok(bound);
                }
            }
        }
        Ok(None)
    }

    fn take(
        &mut self,
        address: Address,
        through: &Arc<[Address]>,
    ) -> Result<Option<Stays>, Deferral> {
        self.lookups += 1;
        if self.lookups > EXPANSION_LOOKUPS_MAX {
            return Ok(Some(Stays::TooMany));
        }
        let (address, group) = self.named(address)?;
        if !self.met.insert(address.clone()) {
            return Ok(None);
        }
        if let Some(view) = group {
            if through.len() >= EXPANSION_DEPTH_MAX {
                return Ok(Some(Stays::TooDeep));
            }
            let further = through.iter().cloned().chain([address]).collect();
            self.waiting.push_back((view, further));
            return Ok(None);
        }
        if self.members.len() >= EXPANSION_MAX {
            return Ok(Some(Stays::TooMany));
        }
        let decision = self.given.member(&address);
        if decision == Decision::Defer(Deferral::SnapshotDamaged) {
            return Err(Deferral::SnapshotDamaged);
        }
        self.members.push(Member {
            address,
            through: Arc::clone(through),
            decision,
        });
        Ok(None)
    }

    /// Somebody has several addresses and is one recipient. A group within that only its system may open to strangers is
    /// a recipient like others: it goes there.
    fn named(&self, address: Address) -> Result<(Address, Option<RecipientView<'a>>), Deferral> {
        let Given {
            snapshot, policy, ..
        } = self.given;
        let area = policy.area(address.domain());
        if area == Area::Foreign {
            return Ok((address, None));
        }
        let hit = match search(&address, area, snapshot, policy, &mut Unheard) {
            Search::Hit(hit) => hit,
            Search::Damaged => return Err(Deferral::SnapshotDamaged),
            Search::Nobody | Search::Ambiguous { .. } => return Ok((address, None)),
        };
        if hit.via == Via::PlusTag {
            return Ok((address, None)); // the tag is meant for its system
        }
        let group = hit.view.group().map_err(damaged)?;
        let opens = group.is_some_and(|group| !group.is_internal_only());
        let primary = hit.view.primary().ok_or(Deferral::SnapshotDamaged)?;
        Ok((primary, opens.then_some(hit.view)))
    }

    /// Whether nobody is to get it on another side than this. What leaves our sides, this one reaches itself.
    fn is_one_side(&self, owner: &SideName) -> bool {
        let is_elsewhere = |member: &Member| match &member.decision {
            Decision::Deliver {
                to: Destination::Side(side),
                ..
            } => side != owner,
            Decision::Deliver {
                to: Destination::Internet,
                ..
            }
            | Decision::Refuse(_)
            | Decision::Defer(_) => false,
        };
        !self.members.iter().any(is_elsewhere)
    }
}

fn damaged(_: ReadError) -> Deferral {
    Deferral::SnapshotDamaged
}

impl fmt::Display for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneSide => f.write_str("nobody in it lives on another side than its owner"),
            Self::InternalOnly => f.write_str(
                "it takes mail only from senders that its own system knows, which alone can tell",
            ),
            Self::TooMany => write!(
                f,
                "it has more than {EXPANSION_MAX} members, or its groups name more than {EXPANSION_LOOKUPS_MAX}"
            ),
            Self::TooDeep => write!(
                f,
                "it has groups within groups more than {EXPANSION_DEPTH_MAX} deep"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
