//! Every bound of this crate.

/// Octets of a local part as it is written (RFC 5321 §4.5.3.1.1; octets, not characters, also for UTF-8: RFC 6531 §3.3).
pub const LOCAL_PART_OCTETS_MAX: usize = 64;
/// Octets of a folded local part. Folding and composing can lengthen UTF-8; the index keeps the length in one octet.
pub const FOLDED_LOCAL_PART_OCTETS_MAX: usize = 255;
/// Octets of a domain (RFC 5321 §4.5.3.1.2).
pub const DOMAIN_OCTETS_MAX: usize = 255;
/// Octets of an address: a path is 256 with its angle brackets (RFC 5321 §4.5.3.1.3).
pub const ADDRESS_OCTETS_MAX: usize = 254;

/// Addresses of one recipient besides the primary and the routing address.
pub const ALIASES_MAX: usize = 1_000;
/// Different domains in one snapshot: their number is stored in two octets.
pub const SNAPSHOT_DOMAINS_MAX: usize = 65_535;
/// Different sides, and different sources, in one snapshot; the last number means "none".
pub const SNAPSHOT_NAMES_MAX: usize = 65_535;
/// Octets of the name of a side or a source.
pub const NAME_OCTETS_MAX: usize = 255;
/// Octets of each part of a snapshot: places are stored in four octets.
pub const SNAPSHOT_SECTION_OCTETS_MAX: usize = u32::MAX as usize;

/// Octets of a CSV or LDIF file.
pub const SOURCE_OCTETS_MAX: u64 = 1 << 30;
/// Octets of one line that matters.
pub const SOURCE_LINE_OCTETS_MAX: usize = 64 << 10;
/// Physical lines that one quoted CSV record may span.
pub const CSV_RECORD_LINES_MAX: usize = 16;
/// Columns of a CSV file.
pub const CSV_COLUMNS_MAX: usize = 256;
/// Problems of one file that are kept with their line; the rest are only counted.
pub const PROBLEMS_KEPT_MAX: usize = 100;
/// Characters of a file's own text that a problem repeats.
pub const QUOTED_CHARS_MAX: usize = 80;
