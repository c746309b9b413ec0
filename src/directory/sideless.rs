//! People of a system that no side stands for. Nobody can be asked for them, so they are unknown here.

use std::fmt;

use book::{Person, System};
use routing::Address;

use super::shelf::Shelved;
use crate::limits::DIRECTORY_SIDELESS_KEPT;

/// The systems without a side, as they are met.
#[derive(Debug, Default)]
pub(super) struct Sideless {
    systems: Vec<SidelessSystem>,
}

/// A system of a source, and who is lost by it.
#[derive(Debug, Clone)]
pub(crate) struct SidelessSystem {
    source: Box<str>,
    system: System,
    people: usize,
    example: Address,
}

impl Sideless {
    /// Notes a person whom no source gives a side. Who has no address is nobody's recipient anyway, and one whose mail
    /// goes elsewhere needs none.
    pub(super) fn note(&mut self, person: &Person, shelves: &[Shelved<'_>]) {
        if person.merged.recipient.is_some() {
            return;
        }
        let lost = person.entries.iter().find_map(|(source, entry)| {
            let (source, system) = (shelves[*source].source, entry.system()?);
            let is_sideless = source.side_of(system).is_none();
            let address = entry.addresses().next().filter(|_| is_sideless)?;
            Some((&*source.name, system, address))
        });
        let Some((source, system, example)) = lost else {
            return;
        };
        let is_same = |known: &SidelessSystem| known.is_of(source, system);
        if let Some(known) = self.systems.iter().position(is_same) {
            self.systems[known].people += 1;
        } else if self.systems.len() < DIRECTORY_SIDELESS_KEPT {
            self.systems.push(SidelessSystem {
                source: source.into(),
                system: system.clone(),
                people: 1,
                example: example.clone(),
            });
        }
    }

    /// Whether these are the same systems, however many people they have.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let has = |one: &Self, system: &SidelessSystem| {
            let mut systems = one.systems.iter();
            systems.any(|known| known.is_of(&system.source, &system.system))
        };
        self.systems.len() == other.systems.len()
            && self.systems.iter().all(|system| has(other, system))
    }

    pub(super) fn systems(&self) -> &[SidelessSystem] {
        &self.systems
    }
}

impl SidelessSystem {
    fn is_of(&self, source: &str, system: &System) -> bool {
        *self.source == *source && self.system == *system
    }
}

impl fmt::Display for SidelessSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            source,
            system,
            people,
            example,
        } = self;
        write!(
            f,
            "directory source {source}: no side stands for {system}, so who lives there is unknown here: {people} in all, such as \
             {example}. Say in [directory.sides] of it which side is {system}"
        )
    }
}
