//! Every bound of this crate. Each has a test at the bound and one past it.

/// Octets of a line, its end not counted (RFC 5322 §2.1.1).
pub const LINE_OCTETS_MAX: usize = 998;

/// Octets after which a field is folded where it has a blank (RFC 5322 §2.1.1).
pub const FOLD_OCTETS: usize = 78;

/// Octets of a word in a field. A longer one is broken by a blank.
pub const WORD_OCTETS_MAX: usize = 900;

/// Blanks in a row that a field keeps.
pub const BLANKS_MAX: usize = 64;

/// Octets of a whole field value; the rest is cut.
pub const FIELD_OCTETS_MAX: usize = 2048;

/// Characters of a line of the explanation, where it has blanks.
pub const EXPLANATION_COLUMNS: usize = 76;

/// Octets of an address (RFC 5321 §4.5.3.1.3); a longer one is cut. With each character written as `\x{...}` it still
/// fits on a line.
pub const ADDRESS_OCTETS_MAX: usize = 256;

/// Octets of an Original-Recipient as written. A longer one is left out, for half an address is another one.
pub const ORIGINAL_RECIPIENT_OCTETS_MAX: usize = 900;

/// Octets kept of what a hop said.
pub const DIAGNOSTIC_OCTETS_MAX: usize = 1024;

/// Octets kept of a host's name.
pub const HOST_OCTETS_MAX: usize = 255;

/// Octets kept of the original Subject.
pub const SUBJECT_OCTETS_MAX: usize = 400;

/// Octets of the original Message-ID with its brackets. A longer one is not referred to.
pub const MESSAGE_ID_OCTETS_MAX: usize = 250;

/// Octets of the name of a report's author.
pub const AUTHOR_OCTETS_MAX: usize = 100;

/// Octets of an encoded word (RFC 2047 §2).
pub const ENCODED_WORD_OCTETS_MAX: usize = 75;

/// Octets of the original's header that are returned; what follows is cut off between two fields.
pub const RETURNED_HEADER_OCTETS_MAX: usize = 64 * 1024;

/// Recipients that share one fate and are named in the explanation; the others are counted there.
pub const NAMED_RECIPIENTS_MAX: usize = 20;

/// Fates that are explained; the others are counted.
pub const EXPLAINED_FATES_MAX: usize = 50;
