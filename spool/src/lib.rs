//! A durable store of messages. It knows nothing of SMTP: what describes a message, and the state of its delivery,
//! are octets to it.
//!
//! # What is promised
//!
//! When [`Spool::append`] says `Ok`, the batch is durable, all of it or nothing. An error harms nothing that was
//! accepted. What is read back is what was written, or an error. A settled message does not come back. A name is
//! given out once in the life of a spool. Held by `tests/crash.rs`, `tests/damage.rs`, `tests/space.rs`,
//! `tests/model.rs` and `fuzz_targets/spool_segment.rs`.
//!
//! # What is on the disk
//!
//! One directory; integers are little-endian.
//!
//! | name | what it is |
//! |---|---|
//! | `format` | one header: magic, version, the secret of this spool |
//! | `lock` | held by the owner |
//! | `log-<generation>` | a segment of the log, 16 hexadecimal digits |
//! | `spare-<number>` | a segment to be; its content means nothing |
//! | `draft-<number>` | a large message that is coming in; void at the next opening |
//! | `<id>.msg` | a large message |
//! | `quarantine/` | octets that could not be believed, by file, offset and length |
//!
//! A **header** has magic `TWXSPOOL`, version, CRC-32 of these two (so far the same in all versions to come), then
//! secret, generation, length, next name, first sequence number, and a keyed checksum (SipHash-1-3 under the secret).
//!
//! A **segment** is allocated at its full length. Its first block is a header, the rest are **records**, one behind the
//! other. A record is one batch: a head of 48 octets (`record.rs`) and entries (`item.rs`): add, state, settle, retire,
//! roster. The CRC-32 of the payload is in the head; the head's keyed checksum covers generation, offset and
//! sequence number, so that neither an earlier life of the segment nor a sender who writes records into his
//! mail can bring one about. One write and one `fdatasync` take a *group* of records, which begins at a multiple
//! of 4096: no write touches a block with accepted records (in the very last free segment they are packed).
//!
//! The first record of a segment is the **roster**, twice: all other segments, where each ends, and one bit for each
//! message alive in them. It is durable before the segment has its name. So settlements in older segments are
//! not needed any more, whatever they settled, and a segment goes when nothing alive is left in it. What stands
//! behind the end that a roster gives is void: that is how a group that could not be written stays away.
//! Before a segment goes, a *retire* record is durable. Afterwards it is a spare, or removed.
//!
//! A **large message** is a file of blocks of 64 KiB, each with a keyed checksum of salt, number, length and CRC-32.
//! The salt is in the record. Content is synced before the file gets its name, the name before the record.
//!
//! # Recovery
//!
//! The youngest whole roster says which segments count; they are read in full and verified. A bad stretch with a
//! whole record of a later group behind it, or within what a roster vouches for, was damaged: it is copied to
//! `quarantine/` and reported. At the end of the log it is a torn tail, which was not acknowledged. Then a new segment
//! is begun, which makes what was found the state of things.

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
pub use committer::{Committer, Steps, Urgency};
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
