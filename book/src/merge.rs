//! Several sources, one recipient.
//!
//! The sources are in an order that the administrator chose. The first that says where somebody's mailbox is, wins; one
//! that only says that mail goes elsewhere counts after all that name a mailbox, and one that does not say where is
//! silent, wherever it stands. Everybody's addresses lead to the recipient all the same: nothing is refused because two
//! sources disagree.

use std::fmt;

use routing::limits::ALIASES_MAX;
use routing::{Address, Recipient, SideName};

use crate::limits::{CLAIMS_MAX, FOREIGN_MAX};
use crate::{Entry, ForeignAddress, Location, PresetKind, System, WhyUnknown};

/// What one source says of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The source, by its name in the configuration.
    pub source: &'a str,
    /// Its kind; `None` for files in our own words and for overrides.
    pub kind: Option<PresetKind>,
    /// What it says.
    pub entry: &'a Entry,
    /// The side that stands for the entry's system.
    pub side: Option<&'a SideName>,
}

/// A recipient as the sources together see it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Merged {
    /// What routing needs; `None` where no source names a side.
    pub recipient: Option<Recipient>,
    /// Its X.500, Notes and GroupWise addresses.
    pub foreign: Vec<ForeignAddress>,
    /// How each claim stands, in their order.
    pub standings: Vec<Standing>,
    /// The claim that decides.
    pub winner: Option<usize>,
}

/// How a claim stands against the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It decides.
    Wins,
    /// It says the same as the one that decides.
    Agrees,
    /// It does not say where.
    Silent(WhyUnknown),
    /// It says otherwise, and the other comes first in the order of the sources.
    Overruled,
    /// It says that mail goes elsewhere, and another one has a mailbox.
    NoMailbox,
}

/// Merges the claims on one recipient. Their order is their precedence; past [`CLAIMS_MAX`] they are not looked at.
pub fn merge(claims: &[Claim<'_>]) -> Merged {
    let claims = &claims[..claims.len().min(CLAIMS_MAX)];
    let places = |claim: &Claim<'_>| claim.silence().is_none() && claim.entry.system().is_some();
    let winner = claims.iter().position(places);
    let winner = winner.or_else(|| claims.iter().position(|claim| claim.silence().is_none()));
    let standing = |(number, claim): (usize, &Claim<'_>)| match (claim.silence(), winner) {
        (Some(why), _) => Standing::Silent(why),
        (None, Some(winner)) if winner == number => Standing::Wins,
        (None, Some(winner)) if claim.agrees_with(&claims[winner]) => Standing::Agrees,
        (None, _) if claim.entry.system().is_none() => Standing::NoMailbox,
        (None, _) => Standing::Overruled,
    };
    let standings: Vec<Standing> = claims.iter().enumerate().map(standing).collect();
    let recipient = winner.and_then(|winner| recipient(claims, winner, &standings));
    Merged {
        recipient,
        foreign: foreign(claims),
        standings,
        winner,
    }
}

impl Claim<'_> {
    /// Why it says nothing of where.
    fn silence(&self) -> Option<WhyUnknown> {
        match &self.entry.location {
            Location::Unknown(why) => Some(*why),
            Location::In(_) | Location::GroupOf(_) if self.side.is_none() => {
                Some(WhyUnknown::UnknownSystem)
            }
            Location::In(_) | Location::GroupOf(_) | Location::External(_) => None,
        }
    }

    fn agrees_with(&self, other: &Self) -> bool {
        match (self.side, other.side) {
            (Some(own), Some(others)) => own == others,
            _ => self.entry.location == other.entry.location,
        }
    }

    /// The system it names.
    pub fn system(&self) -> Option<&System> {
        self.entry.system()
    }
}

fn recipient(claims: &[Claim<'_>], winner: usize, standings: &[Standing]) -> Option<Recipient> {
    let first = &claims[winner];
    let all = || std::iter::once(first).chain(claims);
    let primary = all()
        .find_map(|claim| claim.entry.addresses().next())?
        .clone();
    let mut recipient = Recipient::new(primary, first.side?.clone(), first.source);
    for address in all().flat_map(|claim| claim.entry.addresses()) {
        if recipient.aliases.len() < ALIASES_MAX && !leads_to(&recipient, address) {
            recipient.aliases.push(address.clone());
        }
    }
    // Replies to old messages go by names, wherever their owner lives by now.
    let names = foreign(claims);
    let names = names.iter().map(Address::of_foreign);
    let room = ALIASES_MAX - recipient.aliases.len();
    recipient.aliases.extend(names.take(room));
    // Another side's name for somebody is of no use.
    let sides = claims.iter().zip(standings);
    let sides = sides.filter(|(_, standing)| matches!(standing, Standing::Wins | Standing::Agrees));
    let mut sides = std::iter::once(first).chain(sides.map(|(claim, _)| claim));
    recipient.routing_address = sides.find_map(|claim| claim.entry.routing_address.clone());
    Some(recipient)
}

fn leads_to(recipient: &Recipient, address: &Address) -> bool {
    recipient.primary == *address || recipient.aliases.contains(address)
}

fn foreign(claims: &[Claim<'_>]) -> Vec<ForeignAddress> {
    let mut all: Vec<ForeignAddress> = Vec::new();
    for address in claims.iter().flat_map(|claim| &claim.entry.foreign) {
        if all.len() < FOREIGN_MAX && !all.contains(address) {
            all.push(address.clone());
        }
    }
    all
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wins => f.write_str("decides"),
            Self::Agrees => f.write_str("says the same"),
            Self::Silent(why) => write!(f, "does not say where: {why}"),
            Self::Overruled => {
                f.write_str("says otherwise, and comes later in the order of the sources")
            }
            Self::NoMailbox => f.write_str("only sends mail on, and another source has a mailbox"),
        }
    }
}

#[cfg(test)]
mod tests;
