//! Every bound of this crate.

/// Rounds without an entry after which it is gone, where a source cannot name those that it deleted.
pub const MISSING_ROUNDS_MAX: u32 = 2;
/// Octets of a cursor. Those of Microsoft Graph are links of several thousand octets.
pub const CURSOR_OCTETS_MAX: usize = 64 << 10;
/// Octets of the text of a failure that are kept.
pub const FAILURE_OCTETS_MAX: usize = 1_024;
/// People of a proposal that are named.
pub const EXAMPLES_MAX: usize = 5;
/// Entries that a question for an address gives.
pub const FOUND_MAX: usize = 100;

/// Changes of which is known what was believed before.
pub const CHANGES_MAX: usize = 10_000;

/// Rows of the index that are in memory at once, in some thirty octets each, while they are brought in their order.
pub(crate) const HANDLES_AT_ONCE: usize = 1 << 19;
/// Rows that are in memory at once while all are read.
pub(crate) const ROWS_AT_ONCE: usize = 256;
/// Keys that are in memory at once while those that are missing are looked for.
pub(crate) const KEYS_AT_ONCE: usize = 4_096;
/// Kibibytes of the file that SQLite keeps in memory.
pub(crate) const CACHE_KIB: i64 = 16 << 10;
/// Pages of 4 KiB in the write-ahead log after which they are brought to the file.
pub(crate) const CHECKPOINT_PAGES: i64 = 8 << 10;
/// Octets of the write-ahead log that are left when it is empty.
pub(crate) const LOG_OCTETS_LEFT: i64 = 4 << 20;
/// Milliseconds to wait for another program that holds a lock.
pub(crate) const BUSY_MILLISECONDS: u64 = 10_000;

/// All of them: name, value and what is counted.
pub const ALL: &[(&str, u64, &str)] = &[
    ("mirror.missing_rounds", MISSING_ROUNDS_MAX as u64, "rounds"),
    ("mirror.cursor", CURSOR_OCTETS_MAX as u64, "octets"),
    ("mirror.failure", FAILURE_OCTETS_MAX as u64, "octets"),
    ("mirror.examples", EXAMPLES_MAX as u64, "people"),
    ("mirror.found", FOUND_MAX as u64, "entries"),
    ("mirror.changes", CHANGES_MAX as u64, "changes"),
];
