//! The list on disk: a line that says what it is, then a line an address.
//!
//! It is written beside its place and renamed. A line that cannot be read costs that address and no other.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::tally::{Sum, Tally};
use crate::directory::now;
use crate::limits::{UNKNOWN_FILE, UNKNOWN_KEPT};

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u32,
    #[serde(flatten)]
    sum: Sum,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) tally: Tally,
    /// Lines that could not be used.
    pub(super) damaged: usize,
}

/// Why nothing of it can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("{0}")]
    Io(io::Error),
    #[error("it was written by another version of twinmx")]
    Version,
    #[error("its first line is damaged")]
    Damaged,
}

impl Unusable {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

pub(super) fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("unknown-recipients")
}

pub(super) fn read(path: &Path) -> Result<Read, Unusable> {
    let file = File::open(path).map_err(Unusable::Io)?;
    let mut lines = BufReader::new(file.take(UNKNOWN_FILE)).split(b'\n');
    let first = lines.next().ok_or(Unusable::Damaged)?;
    let first = first.map_err(Unusable::Io)?;
    // The version first: a later one may say anything behind it.
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_slice(&first).map_err(|_| Unusable::Damaged)?;
    if version != VERSION {
        return Err(Unusable::Version);
    }
    let head: Head = serde_json::from_slice(&first).map_err(|_| Unusable::Damaged)?;
    let mut tally = Tally::new(UNKNOWN_KEPT, now());
    tally.restore_sum(&head.sum);
    let mut damaged = 0;
    for line in lines {
        let line = line.map_err(Unusable::Io)?;
        let sought = serde_json::from_slice(&line).ok();
        if sought.and_then(|sought| tally.restore(sought)).is_none() {
            damaged += 1;
        }
    }
    Ok(Read { tally, damaged })
}

pub(super) fn write(path: &Path, tally: &Tally) -> io::Result<()> {
    let head = Head {
        version: VERSION,
        sum: tally.sum(),
    };
    let mut octets = serde_json::to_vec(&head)?;
    octets.push(b'\n');
    for sought in tally.first(usize::MAX) {
        serde_json::to_writer(&mut octets, &sought)?;
        octets.push(b'\n');
    }
    let beside = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o640);
    let mut file = options.open(&beside)?;
    file.write_all(&octets)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Nothing that another version wrote is overwritten.
pub(super) fn set_aside(path: &Path) {
    let _ = std::fs::rename(path, path.with_extension("unusable")); // it was told already
}

const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{UNKNOWN_NETWORKS, UNKNOWN_OCTETS};
    use routing::UnixTime;

    /// As large as a list can be: every count, name and network.
    fn largest() -> Tally {
        let mut tally = Tally::new(UNKNOWN_KEPT, UnixTime::from_seconds(1));
        for number in 0..UNKNOWN_KEPT {
            let name = format!("{number:0>width$}", width = UNKNOWN_OCTETS - 1) + "\"";
            for network in 0..=UNKNOWN_NETWORKS as u128 {
                let client = std::net::Ipv6Addr::from(u128::MAX - (network << 64));
                tally.count(&name, client.into(), UnixTime::from_seconds(4_000_000_000));
            }
        }
        tally
    }

    fn found(path: &Path) -> (usize, usize) {
        let read = read(path).expect("it can be read");
        (read.tally.first(usize::MAX).len(), read.damaged)
    }

    #[test]
    fn the_largest_list_fits_its_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, tally) = (path(dir.path()), largest());
        write(&path, &tally).expect("it is written");
        let read = read(&path).expect("it is read");
        assert_eq!(read.damaged, 0);
        assert_eq!(read.tally.first(usize::MAX), tally.first(usize::MAX));
        assert_eq!(read.tally.sum(), tally.sum());
        let octets = path.metadata().expect("it is there").len();
        assert!(octets < UNKNOWN_FILE, "{octets}");
        // One more than there is room for.
        let mut text = std::fs::read_to_string(&path).expect("text");
        let more = text.lines().last().expect("a line").replace("000", "001");
        text.push_str(&more);
        std::fs::write(&path, text).expect("it is written");
        assert_eq!(found(&path), (UNKNOWN_KEPT, 1));
    }

    #[test]
    fn damage_costs_what_it_hits() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = path(dir.path());
        let mut tally = Tally::new(3, UnixTime::from_seconds(1));
        for name in ["a@x", "b@x", "c@x"] {
            tally.count(name, [192, 0, 2, 1].into(), UnixTime::from_seconds(5));
        }
        write(&path, &tally).expect("it is written");
        let whole = std::fs::read(&path).expect("it is there");
        let first = whole
            .iter()
            .position(|octet| *octet == b'\n')
            .expect("a line");
        for cut in first + 1..whole.len() {
            std::fs::write(&path, &whole[..cut]).expect("it is written");
            let (left, damaged) = found(&path);
            assert!(left + damaged <= 3 && damaged <= 1, "{cut}");
        }
        for place in 0..whole.len() {
            let mut octets = whole.clone();
            octets[place] ^= 0x15;
            std::fs::write(&path, &octets).expect("it is written");
            match read(&path) {
                // A line break in a line makes two of it, one that is gone one of two.
                Ok(read) => assert!(read.tally.first(9).len() + read.damaged >= 2, "{place}"),
                Err(_) => assert!(place <= first, "{place}"),
            }
        }
    }

    #[test]
    fn another_version_is_not_read() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = path(dir.path());
        for (text, expected) in [
            ("{\"version\":2,\"x\":1}\n", "another version"),
            ("{\"version\":1,\"x\":1}\n", "first line"),
            ("", "first line"),
            ("\n", "first line"),
        ] {
            std::fs::write(&path, text).expect("it is written");
            let error = read(&path).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
