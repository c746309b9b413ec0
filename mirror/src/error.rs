//! Why a mirror cannot be read or written.

use std::io;

use rusqlite::ErrorCode;

use crate::limits::CURSOR_OCTETS_MAX;
use crate::schema::VERSION;

/// Why a mirror cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The file, as SQLite sees it.
    #[error("the copy of the source cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file, as the system sees it.
    #[error("the copy of the source cannot be opened: {0}")]
    Io(#[from] io::Error),
    /// An entry that cannot be stored, or that was not stored so.
    #[error("the copy of the source has an entry that cannot be used: {0}")]
    Entry(#[from] book::StoredError),
    /// Its octets are not what was written.
    #[error("the copy of the source is damaged: {0}")]
    Damaged(String),
    /// Another program's.
    #[error("the file is no copy of a source")]
    Foreign,
    /// Written by a newer version, which is to be used.
    #[error(
        "the copy of the source has format {found}, this program reads format {VERSION}; it was written by a newer version"
    )]
    Newer {
        /// Its format.
        found: i64,
    },
    /// Written by an older version; whoever writes it next brings it up to date.
    #[error(
        "the copy of the source has format {found}; a gateway or `directory sync` of this version brings it to format {VERSION}"
    )]
    Older {
        /// Its format.
        found: i64,
    },
    /// Somebody else writes it.
    #[error("another program, such as a running gateway, keeps the copy of the source up to date")]
    Busy,
    /// There is no unfinished reading to go on with.
    #[error("there is no unfinished reading of the source to go on with")]
    NothingUnfinished,
    /// The source gave a cursor past its bound.
    #[error("the source gave a cursor of more than {CURSOR_OCTETS_MAX} octets")]
    Cursor,
}

impl MirrorError {
    /// Whether the file is of no use any more: what it held is to be read from its source anew.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) | Self::Foreign | Self::Entry(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::Io(_)
            | Self::Newer { .. }
            | Self::Older { .. }
            | Self::Busy
            | Self::NothingUnfinished
            | Self::Cursor => false,
        }
    }

    /// Whether there is simply no file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}
