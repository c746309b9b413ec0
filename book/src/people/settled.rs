//! Who is who among a few entries that may share addresses. Nothing here but the addresses themselves counts.

use std::collections::HashMap;

use routing::Address;

use super::{Rival, Voice};
use crate::merge::merge;
use crate::{Claim, Location};

/// The people among some claims.
#[derive(Debug, Default)]
pub(super) struct Settled<'c> {
    /// The numbers of each one's claims, in their order.
    people: Vec<Vec<usize>>,
    /// Who has an address.
    owners: HashMap<&'c str, usize>,
    /// Whose primary address it is.
    primaries: HashMap<&'c str, usize>,
    /// The claim that decides of each person.
    winners: Vec<Option<usize>>,
}

/// What a claim is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Weight {
    /// It says where a mailbox is.
    Mailbox,
    /// It does not say where.
    Silent,
    /// It says that mail goes elsewhere.
    Elsewhere,
}

impl<'c> Settled<'c> {
    /// `claims` are in the order of their precedence.
    pub(super) fn of(claims: &[Claim<'c>]) -> Self {
        let mut settled = Self::default();
        for weight in [Weight::Mailbox, Weight::Silent, Weight::Elsewhere] {
            for (number, claim) in claims.iter().enumerate() {
                if Weight::of(claim) == weight {
                    settled.add(number, claim, weight);
                }
            }
        }
        for members in &mut settled.people {
            members.sort_unstable();
            let own: Vec<Claim<'_>> = members.iter().map(|member| claims[*member]).collect();
            let winner = merge(&own).winner.map(|winner| members[winner]);
            settled.winners.push(winner);
        }
        settled
    }

    /// The numbers of each one's claims. Who comes first has the older right to its addresses.
    pub(super) fn people(&self) -> &[Vec<usize>] {
        &self.people
    }

    pub(super) fn into_people(self) -> Vec<Vec<usize>> {
        self.people
    }

    /// The person who has an address.
    pub(super) fn owner(&self, address: &Address) -> Option<usize> {
        self.owners.get(address.canonical()).copied()
    }

    /// Where the claims of a person contradict those who have their addresses.
    pub(super) fn rivals(&self, person: usize, claims: &[Claim<'_>]) -> Vec<Rival> {
        let mut rivals = Vec::new();
        for member in &self.people[person] {
            let loser = &claims[*member];
            let mut met = Vec::new();
            for address in loser.entry.addresses() {
                let Some(owner) = self.owner(address).filter(|owner| !met.contains(owner)) else {
                    continue;
                };
                met.push(owner);
                rivals.extend(self.rival(address, owner, loser, claims));
            }
        }
        rivals
    }

    fn rival(
        &self,
        address: &Address,
        owner: usize,
        loser: &Claim<'_>,
        claims: &[Claim<'_>],
    ) -> Option<Rival> {
        let winner = &claims[self.winners[owner]?];
        let is_contradicted = Weight::of(loser) == Weight::Mailbox && winner.side != loser.side;
        is_contradicted.then_some(())?;
        Some(Rival {
            address: address.clone(),
            winner: Voice::of(winner)?,
            loser: Voice::of(loser)?,
        })
    }

    fn add(&mut self, number: usize, claim: &Claim<'c>, weight: Weight) {
        let entry = claim.entry;
        let Some(primary) = entry.addresses().next().map(Address::canonical) else {
            return;
        };
        let person = match self.owners.get(primary) {
            Some(known) => *known,
            None => self
                .known_by_another(claim, weight)
                .unwrap_or(self.people.len()),
        };
        match self.people.get_mut(person) {
            Some(members) => members.push(number),
            None => self.people.push(vec![number]),
        }
        self.primaries.entry(primary).or_insert(person);
        for address in entry.addresses() {
            self.owners.entry(address.canonical()).or_insert(person);
        }
    }

    /// Whoever does not say where it lives, and has somebody's primary address as a further one of its own, is this
    /// person: without that nothing would lead to its primary address. Whoever has a mailbox of its own is not, or its
    /// mail would go to another one.
    fn known_by_another(&self, claim: &Claim<'c>, weight: Weight) -> Option<usize> {
        let mut addresses = claim.entry.addresses();
        match weight {
            Weight::Silent => {
                addresses.find_map(|address| self.primaries.get(address.canonical()).copied())
            }
            Weight::Mailbox | Weight::Elsewhere => None,
        }
    }
}

impl Weight {
    fn of(claim: &Claim<'_>) -> Self {
        match &claim.entry.location {
            Location::In(_) | Location::GroupOf(_) if claim.side.is_some() => Self::Mailbox,
            Location::In(_) | Location::GroupOf(_) | Location::Unknown(_) => Self::Silent,
            Location::External(_) => Self::Elsewhere,
        }
    }
}
