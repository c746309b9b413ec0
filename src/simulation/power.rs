//! One life of the gateway, from the moment it is switched on: when it ends, nothing that is left of it has any effect.

use std::fmt;
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use spool::{Access, Disk, DiskFile, Fault, SimulatedDisk, Space};
use tokio::sync::Notify;

use super::wire::{Cable, End};

/// What all that is powered by it asks before it does anything.
#[derive(Debug)]
pub(crate) struct Power {
    is_on: AtomicBool,
    /// What it had written to its connections still arrives.
    lets_arrive: bool,
    cables: Mutex<Vec<Cable>>,
    lost: Notify,
    /// Steps of the disk until it is lost, and what becomes of the last.
    steps: AtomicU64,
    last: Last,
}

/// What becomes of the step of the disk that was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    NotDone,
    Torn,
    Done,
}

impl Power {
    /// Power that is lost after so many steps of the disk, if not before.
    pub(crate) fn on(steps: u64, last: Last, lets_arrive: bool) -> Arc<Self> {
        Arc::new(Self {
            is_on: AtomicBool::new(true),
            lets_arrive,
            cables: Mutex::default(),
            lost: Notify::new(),
            steps: AtomicU64::new(steps),
            last,
        })
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    pub(crate) fn cut(&self) {
        if !self.is_on.swap(false, Ordering::Relaxed) {
            return;
        }
        let cables =
            std::mem::take(&mut *self.cables.lock().unwrap_or_else(PoisonError::into_inner));
        for cable in cables {
            cable.cut(self.lets_arrive);
        }
        self.lost.notify_one();
    }

    /// Waits until it is lost by itself.
    pub(crate) async fn lost(&self) {
        self.lost.notified().await;
    }

    /// This end of a connection is the gateway's.
    pub(crate) fn feed(&self, end: &End) {
        let mut cables = self.cables.lock().unwrap_or_else(PoisonError::into_inner);
        cables.push(end.cable());
    }

    fn step<T>(&self, disk: &SimulatedDisk, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if !self.is_on() {
            return Err(gone());
        }
        let before = self.steps.load(Ordering::Relaxed);
        self.steps
            .store(before.saturating_sub(1), Ordering::Relaxed);
        if before > 0 {
            return work();
        }
        match self.last {
            Last::NotDone => {}
            Last::Done => drop(work()),
            Last::Torn => {
                disk.fail_once(disk.steps(), Fault::Torn(io::ErrorKind::Other));
                drop(work());
                disk.heal();
            }
        }
        self.cut();
        Err(gone())
    }
}

fn gone() -> io::Error {
    io::Error::other("there is no power")
}

/// A disk as long as there is power.
#[derive(Clone)]
pub(crate) struct PoweredDisk {
    pub(crate) disk: SimulatedDisk,
    pub(crate) power: Arc<Power>,
}

#[derive(Debug)]
struct PoweredFile {
    file: Arc<dyn DiskFile>,
    disk: PoweredDisk,
}

impl PoweredDisk {
    fn step<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.power.step(&self.disk, work)
    }

    fn file(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(PoweredFile {
            file,
            disk: self.clone(),
        })
    }
}

impl fmt::Debug for PoweredDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PoweredDisk(..)")
    }
}

impl Disk for PoweredDisk {
    /// The lock of a process that died is nobody's.
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        self.step(|| Ok(Box::new(()) as Box<dyn Send + Sync>))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.step(|| self.disk.list(folder))
    }

    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.step(|| self.disk.create_folder(name))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.step(|| self.disk.create(name))
            .map(|file| self.file(file))
    }

    fn open(&self, name: &str, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        self.step(|| self.disk.open(name, access))
            .map(|file| self.file(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.step(|| self.disk.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.step(|| self.disk.remove(name))
    }

    fn sync_directory(&self, folder: &str) -> io::Result<()> {
        self.step(|| self.disk.sync_directory(folder))
    }

    /// It is asked by the system's clock, so it is not a step: a run would not be the same twice.
    fn space(&self) -> io::Result<Space> {
        Ok(Space {
            octets_free: 1 << 30,
            octets_total: 1 << 30,
            inodes_free: 1 << 20,
            inodes_total: 1 << 20,
        })
    }
}

impl DiskFile for PoweredFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.disk.step(|| self.file.read_at(buffer, offset))
    }

    fn write_vectored_at(&self, pieces: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        self.disk
            .step(|| self.file.write_vectored_at(pieces, offset))
    }

    fn allocate(&self, octets: u64) -> io::Result<()> {
        self.disk.step(|| self.file.allocate(octets))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.step(|| self.file.sync_data())
    }

    fn set_len(&self, octets: u64) -> io::Result<()> {
        self.disk.step(|| self.file.set_len(octets))
    }

    fn length(&self) -> io::Result<u64> {
        self.disk.step(|| self.file.length())
    }
}
