//! What of the unsynced is there after power was lost.

use std::sync::Arc;

use super::{Change, Inode, SimulatedDisk, State};
use crate::lock;

/// Which unsynced changes survive, of files and of names, in the order they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survival {
    writes: Vec<Part>,
    names: Vec<bool>,
}

/// What is left of one change of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    None,
    All,
    /// The first sectors.
    Head(usize),
    /// All but one sector.
    Without(usize),
}

impl SimulatedDisk {
    /// The ways in which this disk may look after a loss of power: all prefixes of what is unsynced, each change
    /// missing alone, each there alone, and the last write torn at sectors.
    pub fn survivals(&self) -> Vec<Survival> {
        let state = lock(&self.state);
        let (writes, last) = state.unsynced_writes();
        let names = state.unsynced.len();
        let mut found = Vec::new();
        for kept in subsets(writes) {
            let kept: Vec<_> = kept.into_iter().map(Part::whole).collect();
            found.extend([false, true].map(|keep| Survival {
                writes: kept.clone(),
                names: vec![keep; names],
            }));
        }
        for kept in subsets(names) {
            found.extend([false, true].map(|keep| Survival {
                writes: vec![Part::whole(keep); writes],
                names: kept.clone(),
            }));
        }
        for torn in torn(last) {
            let mut writes = vec![Part::All; writes];
            writes[last.map_or(0, |(place, _)| place)] = torn;
            found.push(Survival {
                writes,
                names: vec![true; names],
            });
        }
        found
    }

    /// The disk as it is found when power is back.
    pub fn after_power_loss(&self, survival: &Survival) -> Self {
        let state = lock(&self.state);
        let mut parts = vec![Vec::new(); state.inodes.len()];
        for ((inode, _), part) in state.in_order().into_iter().zip(&survival.writes) {
            parts[inode].push(*part);
        }
        let mut names = state.durable_names.clone();
        for (renamed, _) in state
            .unsynced
            .iter()
            .zip(&survival.names)
            .filter(|(_, k)| **k)
        {
            for (name, inode) in &renamed.names {
                super::set(&mut names, name, *inode);
            }
        }
        let after = Self::default();
        for (name, inode) in names {
            after.place_shared(&name, state.inodes[inode].survived(&parts[inode]));
        }
        after.resize(state.octets_total, state.inodes_total);
        after
    }

    /// Tells disks of different content apart.
    pub fn fingerprint(&self) -> Vec<(String, usize, u32)> {
        let state = lock(&self.state);
        let of = |(name, inode): (&String, &usize)| {
            let file = &state.inodes[*inode].current;
            (name.clone(), file.len(), crc32fast::hash(file))
        };
        state.names.iter().map(of).collect()
    }
}

impl State {
    /// Files with unsynced changes, as often as they have some, in order of time; and the number in the file.
    fn in_order(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (number, inode) in self.inodes.iter().enumerate() {
            let changes = inode.unsynced.iter().enumerate();
            found.extend(changes.map(|(at, written)| (written.step, number, at)));
        }
        found.sort_unstable();
        found
            .into_iter()
            .map(|(_, inode, at)| (inode, at))
            .collect()
    }

    /// How many there are, and of the last write its place and sectors.
    fn unsynced_writes(&self) -> (usize, Option<(usize, usize)>) {
        let order = self.in_order();
        let sectors = |&(inode, at): &(usize, usize)| match &self.inodes[inode].unsynced[at].change
        {
            Change::Write { octets, .. } => octets.len().div_ceil(SECTOR),
            Change::Length(_) => 0,
        };
        let last = order.iter().rposition(|place| sectors(place) > 0);
        (order.len(), last.map(|last| (last, sectors(&order[last]))))
    }
}

impl Inode {
    fn survived(&self, parts: &[Part]) -> Arc<Vec<u8>> {
        let mut file = Arc::clone(&self.durable);
        for (written, part) in self.unsynced.iter().zip(parts) {
            if *part != Part::None {
                written.change.survived(*part, Arc::make_mut(&mut file));
            }
        }
        file
    }
}

impl Change {
    fn survived(&self, part: Part, file: &mut Vec<u8>) {
        let keeps = |sector: usize| match part {
            Part::None => false,
            Part::All => true,
            Part::Head(count) => sector < count,
            Part::Without(missing) => sector != missing,
        };
        match self {
            Self::Length(_) if part == Part::None => {}
            Self::Length(_) => self.apply(file),
            Self::Write { offset, octets } => {
                for (sector, chunk) in octets.chunks(SECTOR).enumerate() {
                    if keeps(sector) {
                        let write = Self::Write {
                            offset: offset + sector * SECTOR,
                            octets: chunk.to_vec(),
                        };
                        write.apply(file);
                    }
                }
            }
        }
    }
}

impl Part {
    fn whole(keep: bool) -> Self {
        match keep {
            true => Self::All,
            false => Self::None,
        }
    }
}

/// Prefixes (none and all among them), all but one, and one alone.
fn subsets(count: usize) -> Vec<Vec<bool>> {
    let prefixes = (0..=count).map(|kept| (0..count).map(|at| at < kept).collect());
    let without = (0..count).map(|missing| (0..count).map(|at| at != missing).collect());
    let alone = (0..count).map(|only| (0..count).map(|at| at == only).collect());
    prefixes.chain(without).chain(alone).collect()
}

/// Ways to tear the last write.
fn torn(last: Option<(usize, usize)>) -> Vec<Part> {
    let sectors = last.map_or(0, |(_, sectors)| sectors);
    let places: Vec<usize> = match sectors <= SECTORS_EACH {
        true => (0..sectors).collect(),
        false => vec![0, 1, 2, sectors / 2, sectors - 2, sectors - 1],
    };
    let heads = places
        .iter()
        .filter(|&&at| at > 0)
        .map(|&at| Part::Head(at));
    let without = places.iter().map(|&at| Part::Without(at));
    heads.chain(without).collect()
}

const SECTOR: usize = 512;
/// A write of so many sectors is torn at each.
const SECTORS_EACH: usize = 9;
