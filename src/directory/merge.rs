//! Several sources, one view.
//!
//! An address belongs to the first recipient that names it, in the order of the configuration and of the file. Two
//! records that share a primary address, or where one's primary address is the other's alias, are one person: the
//! first says where it lives, the other's addresses still lead there. Nothing is refused because two sources disagree.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use routing::limits::ALIASES_MAX;
use routing::{Address, Found, Listed, Recipient, RecipientView, SideName, Snapshot, UnixTime};

use crate::limits::DIRECTORY_CONFLICTS_KEPT;

/// What one source contributes.
#[derive(Debug)]
pub(super) struct Contribution {
    pub(super) source: Arc<str>,
    pub(super) listed: Vec<Listed>,
    /// Addresses of lines that could not be used: their people stay as they were.
    pub(super) withheld: Vec<Address>,
}

/// All recipients.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) recipients: Vec<Recipient>,
    /// The first conflicts.
    pub(super) conflicts: Vec<Conflict>,
    /// All of them.
    pub(super) conflicts_total: usize,
}

/// One address, two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    address: Address,
    winner: Claim,
    loser: Claim,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    side: SideName,
    source: Arc<str>,
    /// 0: it was not read this time.
    line: u64,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is claimed for {} and for {}; the first counts", self.address, self.winner, self.loser)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.side, self.source)?;
        if self.line > 0 { write!(f, " line {}", self.line) } else { Ok(()) }
    }
}

/// Merges, and says of everybody since when they live where they live.
pub(super) fn merge(parts: Vec<Contribution>, former: &Snapshot, now: UnixTime) -> Merged {
    let mut draft = Draft::default();
    for part in parts {
        for listed in part.listed {
            draft.add(listed);
        }
        for address in &part.withheld {
            if let Some(recipient) = last_known(address, &part.source, former) {
                draft.add(Listed { line: 0, recipient });
            }
        }
    }
    for recipient in &mut draft.merged.recipients {
        date(recipient, former, now);
    }
    draft.merged
}

/// Whom `source` last knew by this address.
fn last_known(address: &Address, source: &str, former: &Snapshot) -> Option<Recipient> {
    let view = former.lookup(address).filter(is_own_address)?;
    view.source().filter(|name| &***name == source)?;
    view.to_recipient()
}

#[derive(Default)]
struct Draft {
    merged: Merged,
    /// The line of each recipient.
    lines: Vec<u64>,
    /// Who has an address, by number.
    owners: HashMap<Address, usize>,
}

impl Draft {
    fn add(&mut self, listed: Listed) {
        let Listed { line, recipient } = listed;
        let known = self.owners.get(&recipient.primary).copied();
        let number = known.unwrap_or(self.merged.recipients.len());
        if known.is_none() {
            self.owners.insert(recipient.primary.clone(), number);
            self.lines.push(line);
            let mut own = recipient.clone();
            own.aliases.clear(); // they are added one by one, as far as nobody has them
            self.merged.recipients.push(own);
        } else {
            self.note_conflict(&recipient.primary, number, &recipient, line);
        }
        for alias in &recipient.aliases {
            self.add_alias(alias, number, &recipient, line);
        }
        // A routing address is the side's own name for somebody: another side's is of no use.
        let own = &mut self.merged.recipients[number];
        if own.routing_address.is_none() && own.side == recipient.side {
            own.routing_address = recipient.routing_address;
        }
    }

    fn add_alias(&mut self, alias: &Address, number: usize, recipient: &Recipient, line: u64) {
        match self.owners.get(alias) {
            Some(owner) if *owner == number => {}
            Some(owner) => self.note_conflict(alias, *owner, recipient, line),
            None if self.merged.recipients[number].aliases.len() < ALIASES_MAX => {
                self.owners.insert(alias.clone(), number);
                self.merged.recipients[number].aliases.push(alias.clone());
            }
            None => self.note_conflict(alias, number, recipient, line),
        }
    }

    /// Only a disagreement about the side sends mail elsewhere than one of the records says.
    fn note_conflict(&mut self, address: &Address, owner: usize, loser: &Recipient, line: u64) {
        let winner = &self.merged.recipients[owner];
        if winner.side == loser.side {
            return;
        }
        self.merged.conflicts_total += 1;
        if self.merged.conflicts.len() < DIRECTORY_CONFLICTS_KEPT {
            let claim = |recipient: &Recipient, line| {
                Claim { side: recipient.side.clone(), source: recipient.source.clone(), line }
            };
            let (winner, loser) = (claim(winner, self.lines[owner]), claim(loser, line));
            self.merged.conflicts.push(Conflict { address: address.clone(), winner, loser });
        }
    }
}

/// Carries over when and from where somebody moved. What a source says when it is read for the first time is no change.
fn date(recipient: &mut Recipient, former: &Snapshot, now: UnixTime) {
    let mut addresses = std::iter::once(&recipient.primary).chain(&recipient.aliases);
    let before = addresses.find_map(|address| former.lookup(address).filter(is_own_address));
    (recipient.moved_at, recipient.previous_side) = match before {
        Some(view) if view.side() == Some(&recipient.side) => (view.moved_at(), view.previous_side().cloned()),
        Some(view) => (Some(now), view.side().cloned()),
        None => {
            let was_read = |source: routing::SourceRead| source.name == recipient.source && source.read_at.is_some();
            (former.sources().any(was_read).then_some(now), None)
        }
    };
}

/// Somebody else's routing address may be one's own primary address; that makes nobody the same person.
fn is_own_address(view: &RecipientView) -> bool {
    view.found() != Found::RoutingAddress
}

#[cfg(test)]
mod tests;
