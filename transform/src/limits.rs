//! Every bound of this crate.

/// Parts within parts of a message, messages within it included.
pub const DEPTH_MAX: usize = 100;
/// Parts of one message.
pub const PARTS_MAX: usize = 10_000;
/// Octets of the header block of one part.
pub const PART_HEADER_OCTETS_MAX: usize = 1 << 20;
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
