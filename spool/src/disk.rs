//! The only way to a file system: every file call of the store goes through [`Disk`].

mod simulated;
mod system;

use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::sync::Arc;

pub use simulated::{Fault, SimulatedDisk, Survival};
pub use system::SystemDisk;

/// One directory. Names are plain, or `folder/name` with a folder made before.
pub trait Disk: Send + Sync + Debug {
    /// Makes this process the owner until the guard is dropped; `WouldBlock` if there is one.
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>>;
    /// Names of the files in `folder`, which is `""` for the directory itself; none if there is no such folder.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// Makes a folder; it is no error if it is there.
    fn create_folder(&self, name: &str) -> io::Result<()>;
    /// A new, empty file to read and write; an error if the name is taken.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// A file that is there.
    fn open(&self, name: &str, access: Access) -> io::Result<Arc<dyn DiskFile>>;
    /// Gives a file another name, replacing what had it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a name away.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes the names in `folder` durable.
    fn sync_directory(&self, folder: &str) -> io::Result<()>;
    /// What is free.
    fn space(&self) -> io::Result<Space>;
}

/// An open file. Positions are absolute, so one handle serves all threads.
pub trait DiskFile: Send + Sync + Debug {
    /// Reads what is there, at most `buffer`; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes some of it and says how much.
    fn write_vectored_at(&self, pieces: &[IoSlice<'_>], offset: u64) -> io::Result<usize>;
    /// Takes space for the first `octets`, which become the length.
    fn allocate(&self, octets: u64) -> io::Result<()>;
    /// Makes content and length durable.
    fn sync_data(&self) -> io::Result<()>;
    /// Cuts or lengthens the file.
    fn set_len(&self, octets: u64) -> io::Result<()>;
    /// Its length.
    fn length(&self) -> io::Result<u64>;
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing will be changed.
    Read,
    /// It may be written.
    Write,
}

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Octets that this process may still take.
    pub octets_free: u64,
    /// Octets in all.
    pub octets_total: u64,
    /// Files that may still be made.
    pub inodes_free: u64,
    /// Files in all; 0 where none are counted.
    pub inodes_total: u64,
}

/// Reads until `buffer` is full or the file ends, and says how much there was.
pub(crate) fn read_full(file: &dyn DiskFile, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(octets) => filled += octets,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Writes all of `pieces`, however many calls that takes.
pub(crate) fn write_full(
    file: &dyn DiskFile,
    pieces: &[impl AsRef<[u8]>],
    offset: u64,
) -> io::Result<()> {
    let mut at = offset;
    for chunk in pieces.chunks(PIECES_PER_WRITE) {
        let mut slices: Vec<_> = chunk.iter().map(|p| IoSlice::new(p.as_ref())).collect();
        let mut rest = &mut slices[..];
        IoSlice::advance_slices(&mut rest, 0); // leading empty pieces
        while !rest.is_empty() {
            match file.write_vectored_at(rest, at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(octets) => {
                    at += octets as u64;
                    IoSlice::advance_slices(&mut rest, octets);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// As many as Linux takes (IOV_MAX).
const PIECES_PER_WRITE: usize = 1024;
