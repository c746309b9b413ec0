//! The file of a mirror: whose it is, who may write it, and how a damaged one is set aside.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::MirrorError;
use crate::limits::{BUSY_MILLISECONDS, CACHE_KIB};
use crate::schema::{self, Form};

/// The right to write a mirror, until it is dropped. It is a lock on a file beside: SQLite's own locks on the database
/// would be lost by closing it once more in the same process.
#[derive(Debug)]
pub(crate) struct Right {
    _lock: File,
}

impl Right {
    pub(crate) fn take(file: &Path) -> Result<Self, MirrorError> {
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(MODE)
            .open(beside(file, ".lock"))?;
        give_to_owner_of(file, &lock)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(MirrorError::Busy),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// Opens a file to write it, or makes it. A file that is not ours, or of a newer version, is left as it is.
pub(crate) fn open_to_write(file: &Path) -> Result<(Connection, Form), MirrorError> {
    match create(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    let form = schema::form(&open_to_read(file)?)?;
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLISECONDS))?;
    Ok((connection, form))
}

/// Opens a file only to read it. Where no program has it open and we may not write beside it, nothing is written there
/// and it is read as it lies.
pub(crate) fn open_to_read(file: &Path) -> Result<Connection, MirrorError> {
    fs::metadata(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLISECONDS))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    let first = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match first.map_err(|error| (error.sqlite_error_code(), error)) {
        Ok(()) => Ok(connection),
        Err((Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly), _)) if is_at_rest(file) => {
            let uri = format!("file:{}?immutable=1", escaped(file));
            Ok(Connection::open_with_flags(
                uri,
                flags | OpenFlags::SQLITE_OPEN_URI,
            )?)
        }
        Err((_, error)) => Err(error.into()),
    }
}

/// Puts a damaged file, which may hold the cause, where the next one does not overwrite it but the next damaged one
/// does. Gives where that is.
pub(crate) fn set_aside(file: &Path) -> io::Result<PathBuf> {
    let aside = beside(file, ".damaged");
    let log = beside(file, "-wal");
    match fs::rename(&log, beside(&aside, "-wal")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Err(_) => match fs::remove_file(beside(&aside, "-wal")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        },
        Ok(()) => {}
    }
    let _ = fs::remove_file(beside(file, "-shm")); // an index that the next one makes anew
    fs::rename(file, &aside)?;
    Ok(aside)
}

/// Everybody's addresses are not for everybody's eyes. What SQLite makes beside the file is as open as that.
fn create(file: &Path) -> io::Result<()> {
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(file)?;
    give_to_owner_of(file, &new)
}

/// A command run as root must not leave a file that the gateway cannot write.
fn give_to_owner_of(path: &Path, file: &File) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let (wanted, own) = (fs::metadata(directory)?, file.metadata()?);
    if own.uid() == 0 && (wanted.uid(), wanted.gid()) != (own.uid(), own.gid()) {
        fchown(file, Some(wanted.uid()), Some(wanted.gid()))?;
    }
    Ok(())
}

fn is_at_rest(file: &Path) -> bool {
    fs::metadata(beside(file, "-wal")).is_err()
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The characters that mean something in a URI.
fn escaped(file: &Path) -> String {
    let text = file.to_string_lossy();
    text.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

const MODE: u32 = 0o640;
