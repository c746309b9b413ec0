//! Messages that must be whole before anything of them goes on: in memory up to a bound, then in a file without a name.
//!
//! The file has never been in a directory (or is out of it at once), so a client that leaves, or a gateway that dies,
//! leaves nothing behind. Nothing here is custody: the message stays with its sender until a hop has taken it, so no file
//! is ever synced. No session waits on a disk for another one: reading and writing are done by threads of their own.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::{blocking, limits};

/// Why a message cannot be held. `Display` is the operator's sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HoldError {
    /// A bound is reached; it is better later.
    #[error("{0} are held already")]
    Full(&'static str),
    /// The disk.
    #[error("the temporary file: {0}")]
    File(#[from] io::Error),
}

/// How much is held at a time.
#[derive(Debug, Clone, Copy)]
pub struct HoldMost {
    /// Messages.
    pub messages: usize,
    /// Octets in files.
    pub octets: usize,
}

impl Default for HoldMost {
    fn default() -> Self {
        Self {
            messages: limits::HELD_MESSAGES,
            octets: limits::HELD_OCTETS,
        }
    }
}

/// Everything that is held at a time, and where.
pub(crate) struct Holding {
    open: Box<dyn Fn() -> io::Result<File> + Send + Sync>,
    messages: Arc<Semaphore>,
    /// Of this many octets each: [`UNIT`].
    disk: Arc<Semaphore>,
}

impl std::fmt::Debug for Holding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holding")
            .field("messages", &self.messages.available_permits())
            .field("disk", &self.disk.available_permits())
            .finish_non_exhaustive()
    }
}

impl Holding {
    /// Files in `dir`.
    pub(crate) fn new(dir: PathBuf, most: HoldMost) -> Self {
        Self::within(move || tempfile::tempfile_in(&dir), most)
    }

    fn within(open: impl Fn() -> io::Result<File> + Send + Sync + 'static, most: HoldMost) -> Self {
        Self {
            open: Box::new(open),
            messages: Arc::new(Semaphore::new(most.messages)),
            disk: Arc::new(Semaphore::new(most.octets / UNIT)),
        }
    }

    /// A place for one message.
    pub(crate) fn begin(self: &Arc<Self>) -> Result<Hold, HoldError> {
        let place = acquire(&self.messages, 1, "too many messages")?;
        Ok(Hold {
            holding: Arc::clone(self),
            _place: place,
            memory: BytesMut::new(),
            file: None,
            eight_bit: false,
        })
    }
}

fn acquire(
    of: &Arc<Semaphore>,
    how_many: usize,
    what: &'static str,
) -> Result<OwnedSemaphorePermit, HoldError> {
    let full = |_: TryAcquireError| HoldError::Full(what);
    let how_many = u32::try_from(how_many).map_err(|_| HoldError::Full(what))?;
    Arc::clone(of)
        .try_acquire_many_owned(how_many)
        .map_err(full)
}

/// One message, as far as it has come.
#[derive(Debug)]
pub(crate) struct Hold {
    holding: Arc<Holding>,
    _place: OwnedSemaphorePermit,
    /// Behind what is in the file.
    memory: BytesMut,
    file: Option<Spill>,
    eight_bit: bool,
}

#[derive(Debug)]
struct Spill {
    file: Arc<File>,
    octets: u64,
    read: u64,
    place: OwnedSemaphorePermit,
}

impl Hold {
    /// Octets held and not read back yet.
    pub(crate) fn octets(&self) -> u64 {
        let on_disk = self.file.as_ref().map_or(0, |file| file.octets - file.read);
        on_disk + self.memory.len() as u64
    }

    /// Whether any of it is beyond ASCII.
    pub(crate) fn is_eight_bit(&self) -> bool {
        self.eight_bit
    }

    /// More of the message.
    pub(crate) async fn take(&mut self, octets: &[u8]) -> Result<(), HoldError> {
        if self.memory.len() + octets.len() > limits::HELD_IN_MEMORY {
            self.spill().await?;
        }
        self.memory.extend_from_slice(octets);
        self.eight_bit |= !octets.is_ascii();
        Ok(())
    }

    /// What comes next of it, from its beginning on; `None`: that was all.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, HoldError> {
        if let Some(spill) = &mut self.file
            && spill.read < spill.octets
        {
            let left = spill.octets - spill.read;
            let size = left.min(limits::HELD_IN_MEMORY as u64);
            let piece = spill.read(size).await?;
            spill.read += size;
            return Ok(Some(piece));
        }
        self.file = None;
        let memory = std::mem::take(&mut self.memory).freeze();
        Ok((!memory.is_empty()).then_some(memory))
    }

    /// All of it in one piece.
    pub(crate) async fn whole(mut self) -> Result<Bytes, HoldError> {
        let Some(spill) = &self.file else {
            return Ok(self.memory.freeze());
        };
        let on_disk = usize::try_from(spill.octets).map_err(io::Error::other)?;
        let (file, memory) = (Arc::clone(&spill.file), std::mem::take(&mut self.memory));
        let read = blocking::spawn(move || {
            let mut whole = vec![0; on_disk + memory.len()];
            file.read_exact_at(&mut whole[..on_disk], 0)?;
            whole[on_disk..].copy_from_slice(&memory);
            Ok::<_, io::Error>(whole)
        });
        Ok(read.await.map_err(io::Error::other)??.into())
    }

    /// What is in memory goes to the file.
    async fn spill(&mut self) -> Result<(), HoldError> {
        let octets = std::mem::take(&mut self.memory);
        if octets.is_empty() {
            return Ok(()); // one piece larger than all that may be in memory
        }
        let place = acquire(
            &self.holding.disk,
            octets.len().div_ceil(UNIT),
            "too many octets",
        )?;
        let spill = match &mut self.file {
            Some(spill) => {
                spill.place.merge(place);
                spill
            }
            None => {
                let holding = Arc::clone(&self.holding);
                let file = blocking::spawn(move || (holding.open)()).await;
                let file = Arc::new(file.map_err(io::Error::other)??);
                self.file.insert(Spill {
                    file,
                    octets: 0,
                    read: 0,
                    place,
                })
            }
        };
        spill.write(octets.freeze()).await
    }
}

impl Spill {
    async fn write(&mut self, octets: Bytes) -> Result<(), HoldError> {
        let (file, at, size) = (Arc::clone(&self.file), self.octets, octets.len());
        let written = blocking::spawn(move || file.write_all_at(&octets, at));
        written.await.map_err(io::Error::other)??;
        self.octets += size as u64;
        Ok(())
    }

    async fn read(&self, size: u64) -> Result<Bytes, HoldError> {
        let (file, at) = (Arc::clone(&self.file), self.read);
        let size = usize::try_from(size).map_err(io::Error::other)?;
        let read = blocking::spawn(move || {
            let mut octets = vec![0; size];
            file.read_exact_at(&mut octets, at).map(|()| octets)
        });
        Ok(read.await.map_err(io::Error::other)??.into())
    }
}

/// Places on the disk are counted in these: a semaphore hands out at most 2^32 at once.
const UNIT: usize = 1024;

#[cfg(test)]
mod tests;
