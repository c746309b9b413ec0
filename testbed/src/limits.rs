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

/// Octets of the header of a numbered message, trace fields included.
pub const NUMBERED_HEADER_MAX: usize = 32 << 10;

/// Octets of one read of a counter or a flood.
pub const FLOOD_READ: usize = 64 << 10;

/// Messages that a counter can tell apart, and that one flood may send.
pub const COUNTED_MAX: u64 = 1 << 24;

/// Connections that a counter serves at a time; more wait to be accepted.
pub const COUNTER_CONNECTIONS_MAX: usize = 20_000;

/// Connections that are held at a time.
pub const HELD_CONNECTIONS_MAX: usize = 20_000;

/// Connections of a siege at a time.
pub const SIEGE_CONNECTIONS_MAX: usize = 18_000;

/// New connections of a siege in a second.
pub const SIEGE_PACE_MAX: u32 = 20_000;

/// The longest that a flood lasts.
pub const FLOOD_TIME_MAX: Duration = Duration::from_secs(600);

/// Failures after which a session of a flood gives up.
pub const FLOOD_FAILURES_MAX: usize = 100;

/// The longest that a flood waits for one reply: a server with a queue may be slow.
pub const FLOOD_WAIT: Duration = Duration::from_secs(60);

/// Octets of the stack of a session of a counter or a flood: enough for a TLS handshake.
pub const COUNTER_STACK: usize = 256 << 10;

/// Octets of the body of a question to the tenant that stands in.
pub const GRAPH_BODY_MAX: usize = 1 << 20;

/// Octets of what a client says to a proxy before the tunnel.
pub const PROXY_HEAD_MAX: usize = 16 << 10;

/// The longest that a domain controller may take until it listens; a loaded machine may need most of it.
pub const SAMBA_START: Duration = Duration::from_secs(60);
