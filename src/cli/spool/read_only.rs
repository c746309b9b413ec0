//! A disk that is read and never written: what a spool writes when it is opened stays in memory.
//!
//! So every octet of a spool can be verified, while its owner uses it or after he died, by the code that the gateway
//! itself reads with.

use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use spool::{Access, Disk, DiskFile, Space, SystemDisk};

/// See the module's text.
#[derive(Debug)]
pub(super) struct ReadOnly {
    disk: SystemDisk,
    /// What was made since. Removals and renames are forgotten: nothing depends on them before the next opening.
    made: Mutex<BTreeMap<String, Arc<Page>>>,
}

impl ReadOnly {
    pub(super) fn over(disk: SystemDisk) -> Self {
        Self {
            disk,
            made: Mutex::default(),
        }
    }

    fn made(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Page>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for ReadOnly {
    /// Nothing is owned, so nobody is kept from owning it.
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        Ok(Box::new(()))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.disk.list(folder)
    }

    fn create_folder(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let page = Arc::new(Page::default());
        self.made().insert(name.to_owned(), Arc::clone(&page));
        Ok(page)
    }

    fn open(&self, name: &str, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        if let Some(page) = self.made().get(name) {
            return Ok(Arc::clone(page) as Arc<dyn DiskFile>);
        }
        let file = self.disk.open(name, Access::Read)?;
        Ok(match access {
            Access::Read => file,
            Access::Write => Arc::new(Unwritten(file)),
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut made = self.made();
        if let Some(page) = made.remove(from) {
            made.insert(to.to_owned(), page);
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.made().remove(name);
        Ok(())
    }

    fn sync_directory(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn space(&self) -> io::Result<Space> {
        self.disk.space()
    }
}

/// A file that is there. What is written to it is dropped.
#[derive(Debug)]
struct Unwritten(Arc<dyn DiskFile>);

impl DiskFile for Unwritten {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn write_vectored_at(&self, pieces: &[IoSlice<'_>], _: u64) -> io::Result<usize> {
        Ok(pieces.iter().map(|piece| piece.len()).sum())
    }

    fn allocate(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }
}

/// A file that is nowhere but in memory: a segment that was begun and holds little. Room that was only set aside takes
/// none.
#[derive(Debug, Default)]
struct Page {
    octets: Mutex<Vec<u8>>,
}

impl Page {
    fn octets(&self) -> MutexGuard<'_, Vec<u8>> {
        self.octets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DiskFile for Page {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let octets = self.octets();
        let begin = usize::try_from(offset).map_or(octets.len(), |at| at.min(octets.len()));
        let count = buffer.len().min(octets.len() - begin);
        buffer[..count].copy_from_slice(&octets[begin..begin + count]);
        Ok(count)
    }

    fn write_vectored_at(&self, pieces: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        let mut octets = self.octets();
        let begin = usize::try_from(offset).map_err(io::Error::other)?;
        let count = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        let end = begin
            .checked_add(count)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        if octets.len() < end {
            octets.resize(end, 0);
        }
        let mut at = begin;
        for piece in pieces {
            octets[at..at + piece.len()].copy_from_slice(piece);
            at += piece.len();
        }
        Ok(count)
    }

    fn allocate(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, octets: u64) -> io::Result<()> {
        let octets = usize::try_from(octets).map_err(io::Error::other)?;
        self.octets().truncate(octets);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.octets().len() as u64)
    }
}
