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
/// Octets of the header around a TNEF stream that are read.
pub const OUTER_HEADER_OCTETS_MAX: usize = 256 << 10;

/// Octets of a file name, its extension included: what file systems take.
pub const FILE_NAME_OCTETS_MAX: usize = 255;
/// Octets of a Content-ID that is kept. A longer one is replaced.
pub const CONTENT_ID_OCTETS_MAX: usize = 200;
/// Entries of an OLE object that are looked at.
pub const OLE_ENTRIES_MAX: usize = 256;
/// Buttons of one vote.
pub const VOTING_OPTIONS_MAX: usize = 64;
/// Octets of PidTagTransportMessageHeaders that become the header of a message within.
pub const TRANSPORT_HEADER_OCTETS_MAX: usize = 256 << 10;
/// Names kept in a report, of what was not mapped.
pub const REPORTED_NAMES_MAX: usize = 64;
/// Notes kept in a report.
pub const REPORTED_NOTES_MAX: usize = 64;
