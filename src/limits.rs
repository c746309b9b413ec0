//! The gateway's own bounds; what sites differ in is in `[limits]` of the configuration.

use std::time::Duration;

/// Content is held back until this much has come, or all of it: most messages are whole in memory before anything
/// leaves us, and can then be retried on another hop.
pub const HOLD_BACK_BYTES: usize = 64 * 1024;
/// Transactions that hold content at a time, over all sessions.
pub const HOLD_BACK_TRANSACTIONS: usize = 4096;
/// Largest header block.
pub const HEADER_BYTES: usize = 256 * 1024;
/// Octets read from a socket at once.
pub const READ_BYTES: usize = 64 * 1024;
/// A client must send this much of a body to count as alive again (against slow drip).
pub const PROGRESS_BYTES: usize = 4 * 1024;
/// Sessions of all clients at a time.
pub const SESSIONS: usize = 20_000;
/// A whole session, from the greeting on.
pub const SESSION: Duration = Duration::from_secs(4 * 60 * 60);
/// The TLS handshake with a client.
pub const CLIENT_HANDSHAKE: Duration = Duration::from_secs(30);
/// Received fields (RFC 5321 §6.3 asks for at least 100 in a simple counter).
pub const RECEIVED_FIELDS: usize = 100;
/// Loop tokens read from the Received fields of one message.
pub const LOOP_TOKENS: usize = 10_000;

/// Connecting to one address of a hop.
pub const HOP_CONNECT: Duration = Duration::from_secs(20);
/// Addresses tried for one hop name.
pub const HOP_ADDRESSES: usize = 8;
/// A hop that takes no octet of a body for this long is lost (RFC 5321 §4.5.3.2.5).
pub const HOP_STALL: Duration = Duration::from_secs(3 * 60);
/// From the client's terminator to the hop's final reply; clients wait 10 minutes (RFC 5321 §4.5.3.2.6).
pub const HOP_FINAL_REPLY: Duration = Duration::from_secs(9 * 60);
/// Tidying up a connection after a refused envelope.
pub const HOP_RESET: Duration = Duration::from_secs(5);
/// A pooled connection's age, below the five minutes after which servers hang up (RFC 5321 §4.5.3.2.7).
pub const POOL_AGE: Duration = Duration::from_secs(4 * 60 + 30);
/// How often the pool is searched for connections that are too old.
pub const POOL_SWEEP: Duration = Duration::from_secs(10);
/// How long a side's EHLO reply is remembered.
pub const CAPABILITIES_AGE: Duration = Duration::from_secs(60 * 60);
/// Failures in a row after which a hop is left alone.
pub const BREAKER_FAILURES: u32 = 3;
/// For how long.
pub const BREAKER_OPEN: Duration = Duration::from_secs(30);
/// How long a refused recipient is remembered for the retry.
pub const REFUSAL_AGE: Duration = Duration::from_secs(2 * 60 * 60);
/// How many are.
pub const REFUSALS: usize = 100_000;

/// How often certificate, key, root and list files are looked at.
pub const FILES_INTERVAL: Duration = Duration::from_secs(1);
/// Open sessions are given this long at a drain.
pub const DRAIN: Duration = Duration::from_secs(30);
/// Pause after accept(2) failed (for lack of descriptors, say).
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Client addresses whose rate is remembered.
pub const CLIENTS: usize = 100_000;
