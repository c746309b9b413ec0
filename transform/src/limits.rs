//! Every bound of this crate.

/// Parts within parts of a message, messages within it included.
pub const DEPTH_MAX: usize = 100;
/// Parts of one message.
pub const PARTS_MAX: usize = 10_000;
/// Octets of the header block of one part.
pub const PART_HEADER_OCTETS_MAX: usize = 1 << 20;
/// Octets of a boundary; a multipart with a longer one, or with none, is one body. RFC 2046 §5.1.1 allows 70.
pub const BOUNDARY_OCTETS_MAX: usize = 250;
/// Octets of a line that may be a delimiter: the boundary, four dashes and blanks.
pub const DELIMITER_OCTETS_MAX: usize = BOUNDARY_OCTETS_MAX + 256;
/// Parameters of one Content-Type or Content-Disposition.
pub const PARAMETERS_MAX: usize = 64;
/// Octets of a body that may pass before it shows whether it is TNEF.
pub const SIGNATURE_OCTETS_MAX: usize = 1024;
/// Octets between a multipart's header and its first part for which a message is held.
pub const PREAMBLE_OCTETS_MAX: usize = 64 << 10;
/// Octets of a body that are held back until it is clear whether they need another encoding.
pub const LOOK_OCTETS_MAX: usize = 64 << 10;
/// Octets of a result that a second parser reads, too.
pub const REPARSED_OCTETS_MAX: usize = 1 << 20;
/// Octets of a line (RFC 5322 §2.1.1), its end not counted.
pub const LINE_OCTETS_MAX: usize = 998;
/// TNEF parts that the field which says what was done names; the others are counted.
pub const PARTS_NAMED_MAX: usize = 8;
