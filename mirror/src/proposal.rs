//! What would change if everything that a source says now were believed.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use book::{Key, Location};
use routing::Address;

use crate::change::is_person;
use crate::limits::EXAMPLES_MAX;
use crate::touched::{Raw, Touched};
use crate::{Change, MirrorError, View, meta};

/// What would change if everything that a source says now were believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// People that are believed: everybody but contacts, whose mail goes elsewhere anyway.
    pub people: u64,
    /// Entries that are new.
    pub added: u64,
    /// Entries that stay where they are, with something else about them, and contacts that are gone.
    pub changed: u64,
    /// People that stay, but lose one of their addresses.
    pub narrowed: u64,
    /// People that are gone.
    pub lost: u64,
    /// Entries whose system, or kind of place, is another one.
    pub moved: u64,
    /// Some of those that are lost, moved, or narrowed.
    pub examples: Vec<Example>,
    /// Nobody would be left, or none of the people.
    pub empty: bool,
    /// Names this very change of what is believed now.
    pub digest: Digest,
}

/// Somebody whom a proposal touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The address it is known by, if it has one.
    pub address: Option<Address>,
    /// What its source tells it apart by.
    pub key: Key,
    /// What becomes of it.
    pub change: Change,
    /// Where it is.
    pub before: Location,
    /// Where it would be; `None`: nowhere.
    pub after: Option<Location>,
}

/// A SHA-256. Its text is hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; SHA256_OUTPUT_LEN]);

impl Proposal {
    /// Whether there is nothing new.
    pub fn is_nothing(&self) -> bool {
        self.added + self.changed + self.narrowed + self.moved + self.lost == 0
    }

    pub(crate) fn of(view: &View) -> Result<Self, MirrorError> {
        let mut examples: Vec<Example> = Vec::new();
        let mut digest = Context::new(&SHA256);
        let generation = meta::number(view.connection(), meta::GENERATION)?;
        digest.update(&generation.to_le_bytes());
        let tally = Tally::taken_raw(view, |touched, raw| {
            absorb(&mut digest, touched, raw);
            if examples.len() < EXAMPLES_MAX {
                examples.extend(Example::of(touched));
            }
            Ok(())
        })?;
        let mut octets = [0; SHA256_OUTPUT_LEN];
        octets.copy_from_slice(digest.finish().as_ref());
        Ok(Self {
            people: tally.people,
            added: tally.added,
            changed: tally.changed,
            narrowed: tally.narrowed,
            lost: tally.lost,
            moved: tally.moved,
            examples,
            empty: tally.is_empty_after(),
            digest: Digest(octets),
        })
    }
}

/// Each part with its length, so that no two changes read alike.
fn absorb(digest: &mut Context, touched: &Touched, raw: &Raw) {
    let after = raw.after.as_deref();
    for part in [Some(touched.key.as_str().as_bytes()), after] {
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        digest.update(&length.to_le_bytes());
        digest.update(part.unwrap_or_default());
    }
}

impl Example {
    fn of(touched: &Touched) -> Option<Self> {
        let before = touched.before.as_ref()?;
        match touched.change {
            Change::Added | Change::Changed => None,
            Change::Narrowed | Change::Moved | Change::Lost => Some(Self {
                address: before.addresses().next().cloned(),
                key: touched.key.clone(),
                change: touched.change,
                before: before.location.clone(),
                after: touched.after.as_ref().map(|entry| entry.location.clone()),
            }),
        }
    }
}

/// The numbers of a proposal.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    people: u64,
    entries: u64,
    added: u64,
    changed: u64,
    narrowed: u64,
    moved: u64,
    lost: u64,
    entries_gone: u64,
    people_come: u64,
    people_gone: u64,
}

impl Tally {
    /// Counts, and lets somebody look at each.
    pub(crate) fn taken(
        view: &View,
        mut look: impl FnMut(&Touched) -> Result<(), MirrorError>,
    ) -> Result<Self, MirrorError> {
        Self::taken_raw(view, |touched, _| look(touched))
    }

    fn taken_raw(
        view: &View,
        mut look: impl FnMut(&Touched, &Raw) -> Result<(), MirrorError>,
    ) -> Result<Self, MirrorError> {
        let mut tally = Self {
            people: meta::number(view.connection(), meta::PEOPLE)?,
            entries: meta::number(view.connection(), meta::ENTRIES)?,
            ..Self::default()
        };
        let mut touched = view.touched()?;
        while let Some(next) = touched.next_raw() {
            let (touched, raw) = next?;
            tally.count(&touched);
            look(&touched, &raw)?;
        }
        Ok(tally)
    }

    fn count(&mut self, touched: &Touched) {
        let number = match touched.change {
            Change::Added => &mut self.added,
            Change::Changed => &mut self.changed,
            Change::Narrowed => &mut self.narrowed,
            Change::Moved => &mut self.moved,
            Change::Lost => &mut self.lost,
        };
        *number += 1;
        self.entries_gone += u64::from(touched.after.is_none());
        self.people_come += u64::from(touched.after.as_ref().is_some_and(is_person));
        self.people_gone += u64::from(touched.before.as_ref().is_some_and(is_person));
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.added + self.changed + self.narrowed + self.moved + self.lost == 0
    }

    /// A source that only ever had contacts is not empty because it has no people.
    fn is_empty_after(&self) -> bool {
        self.entries_after() == 0 || self.people > 0 && self.people_after() == 0
    }

    pub(crate) fn people_after(&self) -> u64 {
        (self.people + self.people_come).saturating_sub(self.people_gone)
    }

    pub(crate) fn entries_after(&self) -> u64 {
        (self.entries + self.added).saturating_sub(self.entries_gone)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests;
