//! What can go wrong, by who is told.

use std::io;
use std::sync::Arc;

use crate::id::QueueId;

/// Why a batch was not taken. Nothing that was accepted before is touched by it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SpoolError {
    /// The disk said no.
    #[error("the spool could not {step}: {cause}")]
    Disk {
        /// What was tried.
        step: &'static str,
        /// What it said.
        #[source]
        cause: Arc<io::Error>,
    },
    /// No room; what is left is kept for settlements.
    #[error("the spool is full: what room is left is kept for settlements")]
    Full,
    /// A state or settlement of a message that is not there.
    #[error("{0} is not in the spool")]
    Unknown(QueueId),
    /// A second message of the same name, or a name that was not given out.
    #[error("{0} cannot be added: the name is in use or was never given out")]
    Taken(QueueId),
    /// Above a bound of [`limits`](crate::limits).
    #[error("{what} of {octets} is above the bound of {max}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        octets: u64,
        /// The bound.
        max: u64,
    },
    /// The committer has been stopped.
    #[error("the spool is closing")]
    Stopped,
}

impl SpoolError {
    /// Whether the same may go well another time.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Disk { .. } | Self::Full)
    }

    /// Whether room will help, and so waiting.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full => true,
            Self::Disk { cause, .. } => means_full(cause),
            Self::Unknown(_) | Self::Taken(_) | Self::TooLarge { .. } | Self::Stopped => false,
        }
    }

    pub(crate) fn disk(step: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Disk {
            step,
            cause: Arc::new(cause),
        }
    }
}

/// Why a spool was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// One process owns a spool.
    #[error("another process owns this spool")]
    InUse,
    /// Nothing was touched.
    #[error(
        "{name} has format version {version}, this program knows up to {known}: use the newer one"
    )]
    Newer {
        /// Which file says so.
        name: String,
        /// Its version.
        version: u32,
        /// Ours.
        known: u32,
    },
    /// Neither the file `format` nor any segment says whose spool this is, so that nothing can be verified.
    #[error(
        "the file format and the first block of every segment are damaged: restore one of them"
    )]
    Unreadable,
    /// An option out of its bounds.
    #[error("{what} must be from {min} to {max}")]
    Option {
        /// Which.
        what: &'static str,
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// The disk said no.
    #[error("the spool could not {step}: {cause}")]
    Disk {
        /// What was tried.
        step: &'static str,
        /// What it said.
        #[source]
        cause: io::Error,
    },
}

impl OpenError {
    pub(crate) fn disk(step: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Disk { step, cause }
    }
}

/// Why content was not given out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// No such message.
    #[error("{0} is not in the spool")]
    Unknown(QueueId),
    /// What is on the disk is not what was written. Nothing altered is given out.
    #[error("{name} is damaged at {offset}")]
    Damaged {
        /// The file.
        name: String,
        /// Where in it.
        offset: u64,
    },
    /// The disk said no.
    #[error("the spool could not read: {0}")]
    Disk(#[source] Arc<io::Error>),
}

impl From<io::Error> for ReadError {
    fn from(cause: io::Error) -> Self {
        Self::Disk(Arc::new(cause))
    }
}

/// Out of room, of inodes or of quota.
pub(crate) fn means_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
