//! The entries of several sources, gathered into people.
//!
//! An entry whose primary address somebody has already is the same person; whoever shares only further addresses is
//! another one, and an address that two people have stays with the first. Entries that say where a mailbox is go before
//! those that do not, then the order of the sources counts: an entry without a mailbox, such as a contact, takes nobody's
//! address away.
//!
//! The entries are read twice, one after the other, and only those that share an address are in memory together.
//! Between the readings some twenty octets are kept of each address, and the keys of entries that are not the first of
//! theirs. Numbers made of addresses only say which entries to look at together; who is who, the addresses themselves
//! decide.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use routing::{Address, SideName};

use crate::limits::ALIASES_MAX;
use crate::merge::merge;
use crate::{Claim, Entry, Key, Merged, PresetKind};

mod kinship;
mod settled;

use kinship::{Kin, Kinship};
use settled::Settled;

/// All entries of one source, the same ones in the same order each time.
pub trait Shelf {
    /// Why they cannot be read.
    type Error;

    /// The source's name in the configuration.
    fn name(&self) -> &str;

    /// Its kind; `None` for files in our own words and for overrides.
    fn kind(&self) -> Option<PresetKind>;

    /// The side that stands for an entry's system. Somebody whose mail goes elsewhere has one only if the configuration
    /// names one for those.
    fn side(&self, entry: &Entry) -> Option<SideName>;

    /// The entries. To skip some by `nth` should cost little.
    fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, Self::Error>> + '_>;

    /// One of them.
    fn entry(&self, key: &Key) -> Result<Option<Entry>, Self::Error>;
}

/// Somebody, as all sources together see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// What each source says, by the number of the source; in the order of the sources.
    pub entries: Vec<(usize, Entry)>,
    /// What follows. Its addresses are this person's alone.
    pub merged: Merged,
    /// Addresses that sources claim for different sides.
    pub rivals: Vec<Rival>,
}

/// One address that two entries claim for different sides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rival {
    /// The address.
    pub address: Address,
    /// Who has it.
    pub winner: Voice,
    /// Who would have it.
    pub loser: Voice,
}

/// Who says where an address leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Voice {
    /// The side.
    pub side: SideName,
    /// The source.
    pub source: String,
    /// What the source calls this state of the entry.
    pub version: Option<String>,
}

/// Why there are no people.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PeopleError<E> {
    /// A source.
    #[error("{0}")]
    Source(E),
    /// More entries, or longer keys, than can be numbered.
    #[error("the sources have more entries than can be gathered")]
    TooMany,
}

impl<E> From<E> for PeopleError<E> {
    fn from(error: E) -> Self {
        Self::Source(error)
    }
}

/// Everybody, one after the other, in the order of the first entries.
pub struct People<'s, S: Shelf, H = RandomState> {
    shelves: &'s [S],
    kinship: Kinship<H>,
    reading: Reading<'s, S>,
    /// People that were found together and are not given yet.
    found: VecDeque<Person>,
    /// Computed addresses that are nobody's.
    taken: HashSet<Address>,
}

impl<'s, S: Shelf> People<'s, S> {
    /// Reads everything once. The order of the sources is their precedence.
    pub fn gather(shelves: &'s [S]) -> Result<Self, PeopleError<S::Error>> {
        Self::gather_by(shelves, RandomState::new())
    }
}

impl<'s, S: Shelf, H: BuildHasher> People<'s, S, H> {
    fn gather_by(shelves: &'s [S], hasher: H) -> Result<Self, PeopleError<S::Error>> {
        let mut kinship = Kinship::new(hasher);
        for shelf in shelves {
            kinship.begin_source();
            for entry in shelf.entries() {
                kinship.add(&entry?).ok_or(PeopleError::TooMany)?;
            }
        }
        for number in kinship.keyless() {
            let (source, place) = kinship.place(number);
            if let Some(entry) = shelves[source].entries().nth(place) {
                kinship
                    .name(number, &entry?.key)
                    .ok_or(PeopleError::TooMany)?;
            }
        }
        kinship.close();
        Ok(Self {
            shelves,
            kinship,
            reading: Reading::new(shelves),
            found: VecDeque::new(),
            taken: HashSet::new(),
        })
    }

    /// Where these are not all entries: the computed addresses that others have or compute, too.
    #[must_use]
    pub fn without_computed(self, taken: HashSet<Address>) -> Self {
        Self { taken, ..self }
    }

    /// Reads the next entries that share addresses.
    fn advance(&mut self) -> Result<bool, S::Error> {
        let Some(first) = self.kinship.next_first() else {
            return Ok(false);
        };
        let (source, place) = self.kinship.place(first);
        let Some(entry) = self.reading.entry(source, place)? else {
            return Ok(true);
        };
        let mut entries = vec![(source, entry)];
        for Kin { source, key } in self.kinship.kin_of(first) {
            if let Some(entry) = self.shelves[source].entry(&Key::known(key))? {
                entries.push((source, entry));
            }
        }
        self.settle(entries);
        Ok(true)
    }

    fn settle(&mut self, entries: Vec<(usize, Entry)>) {
        let side = |(source, entry): &(usize, Entry)| self.shelves[*source].side(entry);
        let sides: Vec<Option<SideName>> = entries.iter().map(side).collect();
        let claims = entries.iter().zip(&sides);
        let claims: Vec<Claim<'_>> = claims
            .map(|((source, entry), side)| Claim {
                source: self.shelves[*source].name(),
                kind: self.shelves[*source].kind(),
                entry,
                side: side.as_ref(),
            })
            .collect();
        let settled = Settled::of(&claims);
        let mut people = Vec::new();
        for (number, members) in settled.people().iter().enumerate() {
            let own: Vec<Claim<'_>> = members.iter().map(|member| claims[*member]).collect();
            let mut merged = merge(&own);
            if let Some(recipient) = &mut merged.recipient {
                recipient
                    .aliases
                    .retain(|alias| alias.is_foreign() || settled.owner(alias) == Some(number));
                self.add_computed(&own, recipient);
            }
            people.push((merged, settled.rivals(number, &claims)));
        }
        let members = settled.into_people();
        let mut entries: Vec<Option<(usize, Entry)>> = entries.into_iter().map(Some).collect();
        for (members, (merged, rivals)) in members.into_iter().zip(people) {
            self.found.push_back(Person {
                entries: members
                    .iter()
                    .filter_map(|member| entries[*member].take())
                    .collect(),
                merged,
                rivals,
            });
        }
    }

    fn add_computed(&self, claims: &[Claim<'_>], to: &mut routing::Recipient) {
        for address in claims.iter().flat_map(|claim| &claim.entry.computed) {
            let is_new = to.primary != *address && !to.aliases.contains(address);
            let is_alone = self.kinship.is_alone(address) && !self.taken.contains(address);
            if is_new && to.aliases.len() < ALIASES_MAX && is_alone {
                to.aliases.push(address.clone());
            }
        }
    }
}

impl<S: Shelf, H: BuildHasher> Iterator for People<'_, S, H> {
    type Item = Result<Person, S::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(person) = self.found.pop_front() {
                return Some(Ok(person));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<S: Shelf, H> fmt::Debug for People<'_, S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").finish_non_exhaustive()
    }
}

/// The second reading.
struct Reading<'s, S: Shelf> {
    shelves: &'s [S],
    source: usize,
    entries: Option<Box<dyn Iterator<Item = Result<Entry, S::Error>> + 's>>,
    /// The place of the entry that comes next.
    place: usize,
}

impl<'s, S: Shelf> Reading<'s, S> {
    fn new(shelves: &'s [S]) -> Self {
        Self {
            shelves,
            source: 0,
            entries: None,
            place: 0,
        }
    }

    /// An entry further on.
    fn entry(&mut self, source: usize, place: usize) -> Result<Option<Entry>, S::Error> {
        if self.entries.is_none() || source != self.source {
            self.entries = Some(self.shelves[source].entries());
            (self.source, self.place) = (source, 0);
        }
        let skipped = place - self.place;
        self.place = place + 1;
        let next = self
            .entries
            .as_mut()
            .and_then(|entries| entries.nth(skipped));
        next.transpose()
    }
}

impl Voice {
    fn of(claim: &Claim<'_>) -> Option<Self> {
        Some(Self {
            side: claim.side?.clone(),
            source: claim.source.to_owned(),
            version: claim.entry.version.clone(),
        })
    }
}

impl fmt::Display for Rival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is claimed for {} and for {}; the first counts",
            self.address, self.winner, self.loser
        )
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.side, self.source)?;
        match &self.version {
            Some(version) => write!(f, " {version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
