//! A disk in memory that keeps what was not synced apart, fails when told to, and loses power.
//!
//! What a failed sync should have made durable is in limbo from then on: it is seen, it may survive, and no later
//! sync makes it durable, as with the page cache of Linux.

mod survival;

use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::lock;

use super::{Access, Disk, DiskFile, Space};

pub use survival::Survival;

/// A directory in memory; clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk {
    state: Arc<Mutex<State>>,
    owned: Arc<AtomicBool>,
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An error, and nothing was done.
    Refused(io::ErrorKind),
    /// An error, and half of it was done.
    Torn(io::ErrorKind),
    /// Half of a read or write is done, which is no error.
    Short,
}

#[derive(Debug)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Changes of names that no sync has covered.
    unsynced: Vec<Renamed>,
    steps: u64,
    fault: Option<Planned>,
    octets_total: u64,
    inodes_total: u64,
}

#[derive(Clone, Debug, Default)]
struct Inode {
    // Shared with the disks that a loss of power may leave, as long as none changes it.
    current: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    unsynced: Vec<Written>,
}

/// A change of a file.
#[derive(Clone, Debug)]
struct Written {
    change: Change,
    in_limbo: bool,
    /// Its place among all changes.
    step: u64,
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, octets: Vec<u8> },
    Length(usize),
}

/// A change of the directory: each name gets a file or none.
#[derive(Clone, Debug)]
struct Renamed {
    names: Vec<(String, Option<usize>)>,
    in_limbo: bool,
}

#[derive(Clone, Copy, Debug)]
struct Planned {
    at: u64,
    fault: Fault,
    lasts: bool,
}

#[derive(Debug)]
struct SimulatedFile {
    state: Arc<Mutex<State>>,
    inode: usize,
}

/// Gives the disk up when dropped.
struct Owner(Arc<AtomicBool>);

impl SimulatedDisk {
    /// Everything from this disk's step `at` on fails so, counted from the first step ever.
    pub fn fail_from(&self, at: u64, fault: Fault) {
        lock(&self.state).fault = Some(Planned {
            at,
            fault,
            lasts: true,
        });
    }

    /// One step fails so, then all is well again.
    pub fn fail_once(&self, at: u64, fault: Fault) {
        lock(&self.state).fault = Some(Planned {
            at,
            fault,
            lasts: false,
        });
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        lock(&self.state).fault = None;
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        lock(&self.state).steps
    }

    /// The size of the disk, in octets and in files.
    pub fn resize(&self, octets: u64, inodes: u64) {
        let mut state = lock(&self.state);
        (state.octets_total, state.inodes_total) = (octets, inodes);
    }

    /// Names of all files.
    pub fn names(&self) -> Vec<String> {
        lock(&self.state).names.keys().cloned().collect()
    }

    /// A file as it is seen.
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let state = lock(&self.state);
        let inode = state.names.get(name)?;
        Some(state.inodes[*inode].current.to_vec())
    }

    /// Puts a durable file there, as if it had always been.
    pub fn place(&self, name: &str, octets: Vec<u8>) {
        self.place_shared(name, Arc::new(octets));
    }

    fn place_shared(&self, name: &str, octets: Arc<Vec<u8>>) {
        let mut state = lock(&self.state);
        let inode = state.inodes.len();
        state.inodes.push(Inode {
            current: Arc::clone(&octets),
            durable: octets,
            unsynced: Vec::new(),
        });
        state.names.insert(name.to_owned(), inode);
        state.durable_names.insert(name.to_owned(), inode);
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced: Vec::new(),
            steps: 0,
            fault: None,
            octets_total: 1 << 40,
            inodes_total: 1 << 20,
        }
    }
}

impl State {
    /// Counts a step; the fault that is due, if there is one.
    fn step(&mut self) -> Option<Fault> {
        let step = self.steps;
        self.steps += 1;
        let planned = self.fault?;
        let is_due = step == planned.at || (planned.lasts && step > planned.at);
        is_due.then_some(planned.fault)
    }

    /// A step that is done or not.
    fn whole_step(&mut self) -> io::Result<()> {
        match self.step() {
            Some(Fault::Refused(kind) | Fault::Torn(kind)) => Err(kind.into()),
            Some(Fault::Short) | None => Ok(()),
        }
    }

    fn find(&self, name: &str) -> io::Result<usize> {
        let found = self.names.get(name).copied();
        found.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn octets_used(&self) -> u64 {
        let octets = |inode: &usize| self.inodes[*inode].current.len() as u64;
        self.names.values().map(octets).sum()
    }

    fn rename(&mut self, names: Vec<(String, Option<usize>)>) {
        for (name, inode) in &names {
            set(&mut self.names, name, *inode);
        }
        self.unsynced.push(Renamed {
            names,
            in_limbo: false,
        });
    }

    fn change(&mut self, inode: usize, change: Change) -> io::Result<()> {
        let length = self.inodes[inode].current.len();
        let grown = change.end().saturating_sub(length) as u64;
        if grown > 0 && self.octets_used() + grown > self.octets_total {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let step = self.steps;
        let file = &mut self.inodes[inode];
        change.apply(Arc::make_mut(&mut file.current));
        file.unsynced.push(Written {
            change,
            in_limbo: false,
            step,
        });
        Ok(())
    }
}

impl Change {
    fn end(&self) -> usize {
        match self {
            Self::Write { offset, octets } => offset + octets.len(),
            Self::Length(octets) => *octets,
        }
    }

    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Length(octets) => lengthen_or_cut(file, *octets),
            Self::Write { offset, octets } => {
                let end = offset + octets.len();
                if file.len() < end {
                    lengthen_or_cut(file, end);
                }
                file[*offset..end].copy_from_slice(octets);
            }
        }
    }
}

impl Disk for SimulatedDisk {
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        lock(&self.state).whole_step()?;
        match self.owned.swap(true, Ordering::Relaxed) {
            true => Err(io::ErrorKind::WouldBlock.into()),
            false => Ok(Box::new(Owner(Arc::clone(&self.owned)))),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        let within = |name: &String| match (folder, name.rsplit_once('/')) {
            ("", None) => Some(name.clone()),
            (folder, Some((before, name))) if before == folder => Some(name.to_owned()),
            _ => None,
        };
        Ok(state.names.keys().filter_map(within).collect())
    }

    fn create_folder(&self, _name: &str) -> io::Result<()> {
        lock(&self.state).whole_step()
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if state.names.len() as u64 >= state.inodes_total {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode::default());
        state.rename(vec![(name.to_owned(), Some(inode))]);
        let state = Arc::clone(&self.state);
        Ok(Arc::new(SimulatedFile { state, inode }))
    }

    fn open(&self, name: &str, _access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        let inode = state.find(name)?;
        let state = Arc::clone(&self.state);
        Ok(Arc::new(SimulatedFile { state, inode }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = lock(&self.state);
        let fault = state.step();
        if let Some(Fault::Refused(kind)) = fault {
            return Err(kind.into());
        }
        let inode = state.find(from)?;
        state.rename(vec![(from.to_owned(), None), (to.to_owned(), Some(inode))]);
        match fault {
            // It was done all the same.
            Some(Fault::Torn(kind)) => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        state.find(name)?;
        state.rename(vec![(name.to_owned(), None)]);
        Ok(())
    }

    fn sync_directory(&self, _folder: &str) -> io::Result<()> {
        let mut state = lock(&self.state);
        if let Err(error) = state.whole_step() {
            state.unsynced.iter_mut().for_each(|r| r.in_limbo = true);
            return Err(error);
        }
        let (limbo, synced): (Vec<_>, Vec<_>) = std::mem::take(&mut state.unsynced)
            .into_iter()
            .partition(|r| r.in_limbo);
        for (name, inode) in synced.into_iter().flat_map(|renamed| renamed.names) {
            set(&mut state.durable_names, &name, inode);
        }
        state.unsynced = limbo;
        Ok(())
    }

    fn space(&self) -> io::Result<Space> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        Ok(Space {
            octets_free: state.octets_total.saturating_sub(state.octets_used()),
            octets_total: state.octets_total,
            inodes_free: state.inodes_total.saturating_sub(state.names.len() as u64),
            inodes_total: state.inodes_total,
        })
    }
}

impl DiskFile for SimulatedFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = lock(&self.state);
        let fault = state.step();
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let there = state.inodes[self.inode]
            .current
            .get(offset..)
            .unwrap_or(&[]);
        let mut count = there.len().min(buffer.len());
        match fault {
            Some(Fault::Refused(kind) | Fault::Torn(kind)) => return Err(kind.into()),
            Some(Fault::Short) => count = count.div_ceil(2),
            None => {}
        }
        buffer[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    fn write_vectored_at(&self, pieces: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        let mut state = lock(&self.state);
        let fault = state.step();
        let mut octets = Vec::new();
        for piece in pieces {
            octets.extend_from_slice(piece);
        }
        match fault {
            Some(Fault::Refused(kind)) => return Err(kind.into()),
            Some(Fault::Torn(_) | Fault::Short) => octets.truncate(octets.len().div_ceil(2)),
            None => {}
        }
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let count = octets.len();
        state.change(self.inode, Change::Write { offset, octets })?;
        match fault {
            Some(Fault::Torn(kind)) => Err(kind.into()),
            _ => Ok(count),
        }
    }

    fn allocate(&self, octets: u64) -> io::Result<()> {
        self.set_len(octets)
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        let result = state.whole_step();
        let file = &mut state.inodes[self.inode];
        if let Err(error) = result {
            file.unsynced.iter_mut().for_each(|w| w.in_limbo = true);
            return Err(error);
        }
        let (limbo, synced): (Vec<_>, Vec<_>) = std::mem::take(&mut file.unsynced)
            .into_iter()
            .partition(|w| w.in_limbo);
        for written in synced {
            written.change.apply(Arc::make_mut(&mut file.durable));
        }
        file.unsynced = limbo;
        Ok(())
    }

    fn set_len(&self, octets: u64) -> io::Result<()> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        let octets = usize::try_from(octets).map_err(io::Error::other)?;
        state.change(self.inode, Change::Length(octets))
    }

    fn length(&self) -> io::Result<u64> {
        let mut state = lock(&self.state);
        state.whole_step()?;
        Ok(state.inodes[self.inode].current.len() as u64)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn set(names: &mut BTreeMap<String, usize>, name: &str, inode: Option<usize>) {
    match inode {
        Some(inode) => names.insert(name.to_owned(), inode),
        None => names.remove(name),
    };
}

/// Quicker than `resize` where nothing is optimised.
fn lengthen_or_cut(file: &mut Vec<u8>, octets: usize) {
    file.truncate(octets);
    if file.len() < octets {
        let mut longer = vec![0; octets];
        longer[..file.len()].copy_from_slice(file);
        *file = longer;
    }
}
