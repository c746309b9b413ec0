//! A large message while it comes in: a file of blocks, each with its checksum behind it.

use std::io;
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};

use crate::disk::{Disk, DiskFile, write_full};
use crate::error::{ReadError, SpoolError};
use crate::limits::{BLOCK_OCTETS, CONTENT_OCTETS_MAX};
use crate::lock;
use crate::names;
use crate::reader::read_block;
use crate::uid::Uid;

/// Written without a sync; removed when dropped. It becomes durable in
/// [`append`](crate::Spool::append), or its content already in [`Draft::sync`].
#[derive(Debug)]
pub struct Draft {
    disk: Arc<dyn Disk>,
    name: String,
    shared: Arc<Shared>,
    synced: bool,
    kept: bool,
    /// After an error nothing is known of the file, and a second sync would not tell.
    broken: Option<SpoolError>,
}

/// Reads a draft while it grows, and after it was committed.
#[derive(Clone, Debug)]
pub struct DraftReader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    file: Arc<dyn DiskFile>,
    uid: Uid,
    salt: u64,
    end: Mutex<End>,
}

/// Where writing stands.
#[derive(Debug, Default)]
struct End {
    /// Whole blocks in the file.
    blocks: u64,
    /// The octets behind them, less than a block.
    rest: BytesMut,
}

impl Draft {
    pub(crate) fn create(
        disk: &Arc<dyn Disk>,
        number: u64,
        uid: Uid,
        salt: u64,
    ) -> Result<Self, SpoolError> {
        let name = names::draft(number);
        let file = disk
            .create(&name)
            .map_err(SpoolError::disk("make a file for a large message"))?;
        let shared = Shared {
            file,
            uid,
            salt,
            end: Mutex::default(),
        };
        Ok(Self {
            disk: Arc::clone(disk),
            name,
            shared: Arc::new(shared),
            synced: false,
            kept: false,
            broken: None,
        })
    }

    /// Adds octets at the end.
    pub fn write(&mut self, pieces: &[Bytes]) -> Result<(), SpoolError> {
        self.synced = false;
        let added: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
        let octets = self.octets() + added;
        if octets > CONTENT_OCTETS_MAX {
            return Err(SpoolError::TooLarge {
                what: "a message",
                octets,
                max: CONTENT_OCTETS_MAX,
            });
        }
        self.guarded(WRITE, |shared| {
            for piece in pieces {
                let mut piece = &piece[..];
                while !piece.is_empty() {
                    let room = BLOCK_OCTETS - lock(&shared.end).rest.len();
                    let (taken, rest) = piece.split_at(room.min(piece.len()));
                    piece = rest;
                    shared.take(taken)?;
                }
            }
            Ok(())
        })
    }

    /// Octets written.
    pub fn octets(&self) -> u64 {
        lock(&self.shared.end).octets()
    }

    /// Reads what was written so far, from any thread.
    pub fn reader(&self) -> DraftReader {
        DraftReader {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Makes the content durable, so that the commit, which others wait for too, need not.
    pub fn sync(&mut self) -> Result<(), SpoolError> {
        if !self.synced {
            self.guarded(WRITE, Shared::flush)?;
            let step = "make a large message durable";
            self.guarded(step, |shared| shared.file.sync_data())?;
            self.synced = true;
        }
        Ok(())
    }

    fn guarded(
        &mut self,
        step: &'static str,
        work: impl FnOnce(&Shared) -> io::Result<()>,
    ) -> Result<(), SpoolError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let result = work(&self.shared).map_err(SpoolError::disk(step));
        self.broken = result.as_ref().err().cloned();
        result
    }

    pub(crate) fn salt(&self) -> u64 {
        self.shared.salt
    }

    /// Gives the file its last name. It is the caller's from now on.
    pub(crate) fn keep(mut self, name: &str) -> Result<(), SpoolError> {
        self.sync()?;
        let step = "name a large message";
        // Whether or not it has been renamed, recovery takes away what has no record.
        let renamed = self.disk.rename(&self.name, name);
        self.kept = renamed.is_ok();
        renamed.map_err(SpoolError::disk(step))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind is removed when the spool is opened next.
            let _ = self.disk.remove(&self.name);
        }
    }
}

impl DraftReader {
    /// Octets from `offset` on, at most a block; none where nothing was written yet.
    pub fn read_at(&self, offset: u64) -> Result<Bytes, ReadError> {
        let block = offset / BLOCK_OCTETS as u64;
        let within = (offset % BLOCK_OCTETS as u64) as usize;
        let octets = {
            let end = lock(&self.shared.end);
            match block < end.blocks {
                true => None,
                false if block == end.blocks => Some(Bytes::copy_from_slice(&end.rest)),
                false => Some(Bytes::new()),
            }
        };
        let octets = match octets {
            Some(octets) => octets,
            None => {
                let shared = &self.shared;
                let file = &*shared.file;
                let read = read_block(file, shared.uid, shared.salt, block, BLOCK_OCTETS)?;
                read.ok_or_else(|| ReadError::Damaged {
                    name: "a large message".to_owned(),
                    offset,
                })?
            }
        };
        Ok(octets.slice(within.min(octets.len())..))
    }

    /// Octets written so far.
    pub fn octets(&self) -> u64 {
        lock(&self.shared.end).octets()
    }
}

impl Shared {
    /// Takes octets that fit into the block in progress.
    fn take(&self, octets: &[u8]) -> io::Result<()> {
        let whole = {
            let mut end = lock(&self.end);
            end.rest.extend_from_slice(octets);
            (end.rest.len() == BLOCK_OCTETS).then(|| (end.blocks, end.rest.clone()))
        };
        // Readers take it from memory until it is in the file.
        if let Some((block, octets)) = whole {
            self.write_block(block, &octets)?;
            let mut end = lock(&self.end);
            end.blocks += 1;
            end.rest.clear();
        }
        Ok(())
    }

    /// Writes the last, short block; it may be written again when more comes.
    fn flush(&self) -> io::Result<()> {
        let (block, rest) = {
            let end = lock(&self.end);
            (end.blocks, end.rest.clone())
        };
        match rest.is_empty() {
            true => Ok(()),
            false => self.write_block(block, &rest),
        }
    }

    fn write_block(&self, block: u64, octets: &[u8]) -> io::Result<()> {
        let check = block_check(self.uid, self.salt, block, octets).to_le_bytes();
        let offset = block * BLOCK_SPAN;
        write_full(&*self.file, &[octets, &check[..]], offset)
    }
}

impl End {
    fn octets(&self) -> u64 {
        self.blocks * BLOCK_OCTETS as u64 + self.rest.len() as u64
    }
}

/// Checksum of one block in its place in its file.
pub(crate) fn block_check(uid: Uid, salt: u64, block: u64, octets: &[u8]) -> u64 {
    let crc = crc32fast::hash(octets);
    uid.check(&[salt, block, octets.len() as u64, u64::from(crc)], &[])
}

/// Whether the file has the length that a message of `octets` takes.
pub(crate) fn fits(file: &dyn DiskFile, octets: u64) -> io::Result<bool> {
    let blocks = octets.div_ceil(BLOCK_OCTETS as u64);
    Ok(file.length()? == octets + blocks * CHECK_OCTETS)
}

pub(crate) const CHECK_OCTETS: u64 = 8;
/// From one block to the next in the file.
pub(crate) const BLOCK_SPAN: u64 = BLOCK_OCTETS as u64 + CHECK_OCTETS;
const WRITE: &str = "write a large message";
