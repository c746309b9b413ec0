//! Every bound of this crate.

/// Parts within parts of a message, messages within it included.
pub const DEPTH_MAX: usize = 100;
/// Parts of one message.
pub const PARTS_MAX: usize = 10_000;
/// Octets of the header block of one part.
pub const PART_HEADER_OCTETS_MAX: usize = 1 << 20;
