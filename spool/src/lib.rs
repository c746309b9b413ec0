//! A durable store of messages. It knows nothing of SMTP: what describes a message, and the state of its delivery,
//! are octets to it.

mod batch;
mod committer;
mod disk;
mod draft;
mod error;
mod fields;
mod findings;
mod header;
mod id;
mod index;
mod item;
pub mod limits;
mod log;
mod marks;
mod names;
mod options;
mod reader;
mod reclaim;
mod record;
mod recovery;
mod reserve;
mod roster;
mod segment;
mod store;
mod uid;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use batch::{Batch, Content, Entry};
pub use committer::{Committer, Urgency};
pub use disk::{Access, Disk, DiskFile, Fault, SimulatedDisk, Space, Survival, SystemDisk};
pub use draft::{Draft, DraftReader};
pub use error::{OpenError, ReadError, SpoolError};
pub use findings::{Damage, Findings, Found};
pub use id::{NotQueueId, QueueId};
pub use options::{Options, Sizes};
pub use reader::{Reader, Stored};
pub use reserve::{Full, Reservation};
pub use store::Spool;

/// A thread that panicked has not left anything half done that others could see: what is shared changes only after
/// the disk has been written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
