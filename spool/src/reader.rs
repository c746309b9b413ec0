//! What is read back, verified before it is given out.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use crate::disk::{DiskFile, read_full};
use crate::draft::{BLOCK_SPAN, CHECK_OCTETS, block_check};
use crate::error::ReadError;
use crate::limits::BLOCK_OCTETS;
use crate::uid::Uid;

/// A message as it is in the spool.
#[derive(Debug)]
pub struct Stored {
    /// As it was added.
    pub meta: Bytes,
    /// The latest state.
    pub state: Option<Bytes>,
    /// The message.
    pub content: Reader,
}

/// Content in blocks of at most 64 KiB.
pub struct Reader {
    octets: u64,
    at: u64,
    source: Source,
}

pub(crate) enum Source {
    /// Verified as a whole.
    Memory(Bytes),
    File {
        file: Arc<dyn DiskFile>,
        name: String,
        uid: Uid,
        salt: u64,
    },
}

impl Reader {
    pub(crate) fn new(octets: u64, source: Source) -> Self {
        Self {
            octets,
            at: 0,
            source,
        }
    }

    /// Length of the message.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// From the beginning again.
    pub fn rewind(&mut self) {
        self.at = 0;
    }

    /// The next octets, at most a block; `None` at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator cannot fail and end"
    )]
    pub fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        if self.at == self.octets {
            return Ok(None);
        }
        let count = usize::try_from(self.octets - self.at).unwrap_or(usize::MAX);
        let count = count.min(BLOCK_OCTETS);
        let octets = match &self.source {
            Source::Memory(whole) => {
                let at = usize::try_from(self.at).expect("within what is in memory");
                whole.slice(at..at + count)
            }
            Source::File {
                file,
                name,
                uid,
                salt,
            } => {
                let block = self.at / BLOCK_OCTETS as u64;
                let read = read_block(&**file, *uid, *salt, block, count)?;
                read.ok_or_else(|| ReadError::Damaged {
                    name: name.clone(),
                    offset: block * BLOCK_SPAN,
                })?
            }
        };
        self.at += count as u64;
        Ok(Some(octets))
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, octets) = (self.at, self.octets);
        f.debug_struct("Reader")
            .field("octets", &octets)
            .field("at", &at)
            .finish_non_exhaustive()
    }
}

/// One block of a large message; `None` if it is not what was written.
pub(crate) fn read_block(
    file: &dyn DiskFile,
    uid: Uid,
    salt: u64,
    block: u64,
    octets: usize,
) -> io::Result<Option<Bytes>> {
    let mut buffer = vec![0; octets + CHECK_OCTETS as usize];
    let filled = read_full(file, &mut buffer, block * BLOCK_SPAN)?;
    if filled != buffer.len() {
        return Ok(None);
    }
    let (content, check) = buffer.split_at(octets);
    let expected = block_check(uid, salt, block, content).to_le_bytes();
    if check != expected {
        return Ok(None);
    }
    buffer.truncate(octets);
    Ok(Some(buffer.into()))
}
