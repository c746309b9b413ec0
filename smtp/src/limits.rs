//! Every bound of this crate. Each has a test at the bound and one past it.

/// Octets of a command line with its CRLF (RFC 5321 §4.5.3.1.4).
pub const COMMAND_LINE_OCTETS_MAX: usize = 512;

/// What the parameters of MAIL add: SIZE 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531), RET and ENVID 115
/// (RFC 3461 §4.3, §4.4).
pub const MAIL_PARAMETERS_OCTETS_MAX: usize = 26 + 17 + 10 + 115;

/// What the parameters of RCPT add: NOTIFY 28 and ORCPT 500 (RFC 3461 §4.1, §4.2).
pub const RCPT_PARAMETERS_OCTETS_MAX: usize = 28 + 500;

/// Octets of one unfinished command line that are dropped before the connection is closed.
pub const COMMAND_FLOOD_OCTETS_MAX: usize = 64 * 1024;

/// Octets of a local part, as written. RFC 5321 §4.5.3.1.1 obliges a server to take 64 and asks it to take more:
/// senders that encode a return path or a calendar event in theirs pass 64 daily.
pub const LOCAL_PART_OCTETS_MAX: usize = 128;

/// Octets of a local part that encapsulates an address of another world (`IMCEAEX-...`). An escape takes three octets, and
/// an X.500 name has at most 256 characters besides the types of its parts.
pub const ENCAPSULATED_OCTETS_MAX: usize = 768;

/// Octets of a domain (RFC 5321 §4.5.3.1.2).
pub const DOMAIN_OCTETS_MAX: usize = 255;

/// Octets of one label of a domain (RFC 1035 §2.3.4).
pub const LABEL_OCTETS_MAX: usize = 63;

/// Octets of a path with its angle brackets (RFC 5321 §4.5.3.1.3).
pub const PATH_OCTETS_MAX: usize = 256;

/// Octets kept of the argument of EHLO or HELO.
pub const HELLO_NAME_OCTETS_MAX: usize = 255;

/// Characters of an ENVID (RFC 3461 §4.4).
pub const ENVID_OCTETS_MAX: usize = 100;

/// Characters of an ORCPT (RFC 3461 §4.2).
pub const ORCPT_OCTETS_MAX: usize = 500;

/// Digits of SIZE (RFC 1870 §3) and of a BDAT size: what fits into 64 bits.
pub const SIZE_DIGITS_MAX: usize = 20;

/// Commands in a row that are unknown, malformed or out of sequence.
pub const BAD_COMMANDS_MAX: u32 = 10;

/// Commands that move nothing (NOOP, RSET, EHLO, MAIL, VRFY ...) without a message being taken.
pub const IDLE_COMMANDS_MAX: u32 = 100;

/// Recipients refused, in excess, or sent after a refused MAIL, without a message being taken.
pub const REFUSED_RECIPIENTS_MAX: u32 = 10_000;

/// Octets swallowed of a refused message beyond the largest size taken, before the connection is closed.
pub const SWALLOWED_MARGIN_OCTETS: u64 = 64 * 1024 * 1024;

/// Octets of an insert in a reply.
pub const INSERT_OCTETS_MAX: usize = 200;

/// Octets of a reply line we send, with its CRLF (RFC 5321 §4.5.3.1.5).
pub const REPLY_LINE_SENT_OCTETS_MAX: usize = 512;

/// Octets of one line of a hop's reply with its line end. RFC 5321 §4.5.3.1.5 says 512; some say more.
pub const REPLY_LINE_OCTETS_MAX: usize = 1024;

/// Lines of a hop's reply.
pub const REPLY_LINES_MAX: usize = 100;

/// Octets of a hop's whole reply.
pub const REPLY_OCTETS_MAX: usize = 8 * 1024;

/// Octets of a header block, without the empty line that ends it.
pub const HEADER_BLOCK_OCTETS_MAX: usize = 256 * 1024;

/// Octets of one line of a trace field, without its CRLF (RFC 5322 §2.1.1).
pub const TRACE_LINE_OCTETS_MAX: usize = 998;

/// Octets of a whole trace field.
pub const TRACE_FIELD_OCTETS_MAX: usize = 16 * 1024;
