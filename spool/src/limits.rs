//! Every bound of the store.

/// Largest `meta` of a message, in octets.
pub const META_OCTETS_MAX: usize = 384 << 10;
/// Largest `state` of a message, in octets.
pub const STATE_OCTETS_MAX: usize = 384 << 10;
/// Entries in one batch.
pub const BATCH_ENTRIES_MAX: usize = 4096;
/// Largest content of one message, in octets.
pub const CONTENT_OCTETS_MAX: u64 = 4 << 30;

/// A block of a large message: the unit that is verified before it is given out.
pub const BLOCK_OCTETS: usize = 64 << 10;

/// Smallest segment that may be chosen; its records are small too.
pub const SEGMENT_OCTETS_MIN: u64 = 32 << 10;
/// Smallest fitted segment. The largest record, half of it, takes one message with the largest meta and state.
pub const SEGMENT_OCTETS_FITTED_MIN: u64 = 2 << 20;
/// Largest segment.
pub const SEGMENT_OCTETS_MAX: u64 = 64 << 20;
/// A fitted segment is this part of the file system.
pub const SEGMENTS_PER_DISK: u64 = 32;
/// Content above this is a file of its own, if the segment is not small.
pub const INLINE_OCTETS_MAX: u64 = 1 << 20;
/// Content above this part of a segment is a file of its own.
pub const INLINES_PER_SEGMENT: u64 = 16;

/// The fitted floor of free space is this part of the file system, but not more than [`FLOOR_OCTETS_MAX`].
pub const FLOORS_PER_DISK: u64 = 20;
/// Highest fitted floor of free space.
pub const FLOOR_OCTETS_MAX: u64 = 1 << 30;
/// Inodes that stay free, where the file system counts them.
pub const FLOOR_INODES: u64 = 64;

/// Groups begin at multiples of this: no write touches a block that holds what was accepted before.
pub const GROUP_ALIGNMENT: u64 = 4096;
/// Octets the committer puts into one group.
pub const GROUP_OCTETS_MAX: usize = 16 << 20;
/// Batches the committer puts into one group.
pub const GROUP_BATCHES_MAX: usize = 4096;
/// A settlement waits this long for company.
pub const SOON_MILLISECONDS: u64 = 50;
/// The committer waits this long between two looks for space to give back.
pub const LOOK_MILLISECONDS: u64 = 20;

/// Identifiers set aside for one opening: none is used twice even if it was never stored.
pub const IDS_PER_OPENING: u64 = 1 << 38;

/// Octets that an opening writes again at once, of segments that were left open.
pub const WRITTEN_AGAIN_AT_ONCE: usize = 1 << 20;
/// Segments kept ready.
pub const SPARES_KEPT: usize = 2;
/// Octets of one damaged stretch that are kept in quarantine.
pub const QUARANTINE_OCTETS_MAX: u64 = 64 << 20;
/// Findings of one kind that are named; the others are counted.
pub const FINDINGS_NAMED_MAX: usize = 100;
