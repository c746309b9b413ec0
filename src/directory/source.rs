//! One source file: whether it changed, and what it holds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use book::table::{Table, TableError};
use routing::limits::SOURCE_OCTETS_MAX;
use routing::{Listing, SideName, Unreadable, csv, ldif};

use crate::config::{Directory, LdifAttributes, Words};

/// What tells one state of a file from another without reading it. The time of change is among it, so that a tool
/// that sets the modification time back hides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let file = fs::metadata(path)?;
        Ok(Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Reading {
    /// SHA-256 of its octets, in hexadecimal.
    pub(super) digest: String,
    pub(super) content: Content,
}

/// What a file holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Lines in our own words.
    Lines(Listing),
    /// What a mail system exported.
    Table(Table),
}

/// Why a source gives nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The file itself.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Somebody writes to it.
    #[error("it changed while it was read; write the new file beside it and rename it")]
    Changing,
    /// It is past its bound.
    #[error("it has more than {SOURCE_OCTETS_MAX} octets")]
    TooLarge,
    /// Its content.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// Its first line.
    #[error("{0}")]
    Table(#[from] TableError),
    /// Its mirror.
    #[error("{0}")]
    Mirror(#[from] mirror::MirrorError),
    /// Nobody has asked it yet.
    #[error("it was never read; start the gateway, or run twinmx directory sync")]
    NeverRead,
    /// What a running gateway says of it.
    #[error("{0}")]
    Noted(String),
}

/// Reads and understands a source.
pub(super) fn read(source: &Directory, sides: &[SideName]) -> Result<Reading, SourceError> {
    let path = source.path().unwrap_or(Path::new(""));
    let stamp = Stamp::of(path)?;
    let octets = read_octets(path, SOURCE_OCTETS_MAX)?;
    if Stamp::of(path)? != stamp {
        return Err(SourceError::Changing);
    }
    let name: Arc<str> = source.name.as_str().into();
    let digest = digest(&SHA256, &octets);
    let content = match &source.words {
        Words::Csv => Content::Lines(csv::read(&octets, &name, sides)?),
        Words::Ldif(map) => Content::Lines(ldif::read(&octets, &name, sides, &attributes(map))?),
        Words::Preset(_) => Content::Table(Table::read(octets)?),
    };
    let digest = digest.as_ref().iter();
    Ok(Reading {
        digest: digest.map(|octet| format!("{octet:02x}")).collect(),
        content,
    })
}

fn read_octets(path: &Path, max: u64) -> Result<Vec<u8>, SourceError> {
    let mut octets = Vec::new();
    File::open(path)?.take(max + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > max {
        Err(SourceError::TooLarge)
    } else {
        Ok(octets)
    }
}

fn attributes(map: &LdifAttributes) -> ldif::Attributes {
    ldif::Attributes {
        address: map.address.clone(),
        side: map.side.clone(),
        routing_address: map.routing_address.clone(),
        aliases: map.aliases.clone(),
        default_side: map.default_side.as_deref().map(SideName::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [b'x'; 100]).unwrap();
        assert_eq!(read_octets(file.path(), 100).unwrap().len(), 100);
        assert!(matches!(
            read_octets(file.path(), 99),
            Err(SourceError::TooLarge)
        ));
    }

    #[test]
    fn a_file_that_is_replaced_or_touched_has_another_stamp() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&path, "same").unwrap();
        let first = Stamp::of(&path).unwrap();
        assert_eq!(Stamp::of(&path).unwrap(), first);
        fs::write(&other, "same").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(time)
            .unwrap();
        fs::rename(&other, &path).unwrap();
        assert_ne!(Stamp::of(&path).unwrap(), first);
    }
}
