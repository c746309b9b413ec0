//! Every bound of this crate.

use std::time::Duration;

/// The longest wait for a peer: connect, handshake, one reply, one write, one condition.
pub const WAIT: Duration = Duration::from_secs(10);

/// The longest that a sink waits for the next octet of a client that says nothing.
pub const SINK_IDLE: Duration = Duration::from_secs(600);

/// Octets of one line of a reply, with its CRLF. RFC 5321 §4.5.3.1.5 says 512; a test must see more before it complains.
pub const REPLY_LINE_MAX: usize = 4096;

/// Lines of one reply.
pub const REPLY_LINES_MAX: usize = 256;

/// Octets of one command line that a sink reads, with its CRLF.
pub const COMMAND_LINE_MAX: usize = 4096;

/// Octets of one message that a sink takes.
pub const CONTENT_MAX: usize = 256 << 20;

/// Octets of content that a sink keeps in all; beyond it messages are counted and verified, but not kept.
pub const KEPT_OCTETS_MAX: usize = 1 << 30;

/// Records (messages, connections, commands of one connection) that a sink keeps of each kind; beyond it they are only
/// counted.
pub const KEPT_RECORDS_MAX: usize = 100_000;

/// Connections that a sink serves at a time; more wait to be accepted.
pub const CONNECTIONS_MAX: usize = 2048;

/// Octets read ahead of the session while it is held by a gate.
pub const READ_AHEAD_MAX: usize = 1 << 20;

/// Octets of one read.
pub const READ: usize = 64 << 10;

/// Messages of one load.
pub const LOAD_MESSAGES_MAX: usize = 1_000_000;

/// Sessions of one load.
pub const LOAD_SESSIONS_MAX: usize = 1000;
