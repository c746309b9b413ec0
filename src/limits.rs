//! The gateway's own bounds; what sites differ in is in `[limits]` of the configuration. Each crate keeps its own, and
//! `twinmx check --effective` prints all of them.

mod engine;

use std::time::Duration;

/// One bound, as `check --effective` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name, by area: `configuration.file`.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// What the value counts.
    pub unit: &'static str,
}

/// Octets of a configuration file.
pub const CONFIG_FILE_MAX: u64 = 1 << 20;
/// Complaints shown about one configuration file.
pub const DIAGNOSTICS_MAX: usize = 100;
/// Octets of a certificate, key or root file named in the configuration.
pub const PEM_FILE_MAX: u64 = 4 << 20;
/// Octets of a certificate revocation list; those of public authorities are large.
pub const CRL_FILE_MAX: u64 = 64 << 20;
/// Octets a shared loop key needs at least.
pub const LOOP_KEY_MIN: u64 = 16;

/// Entries that an LDAP server is asked for at a time, at most.
pub const LDAP_PAGE_MAX: u64 = 10_000;

/// Content is held back until this much has come, or all of it: most messages are whole in memory before anything
/// leaves us, and can then be retried on another hop.
pub const HOLD_BACK_BYTES: usize = 64 * 1024;
/// Transactions that hold content at a time, over all sessions.
pub const HOLD_BACK_TRANSACTIONS: usize = 4096;
/// Pieces that it is held in; what comes in smaller ones is copied together.
pub const HOLD_BACK_PIECES: usize = 64;
/// A message that must be whole before it is converted is held in memory up to this, then in a temporary file.
pub const HELD_IN_MEMORY: usize = 256 * 1024;
/// Messages held so at a time.
pub const HELD_MESSAGES: usize = 1_000;
/// Octets of all of them in temporary files.
pub const HELD_OCTETS: usize = 8 << 30;
/// Memory of all conversions at a time; each is counted as [`CONVERSION_FACTOR`] times its message.
pub const CONVERSION_MEMORY: usize = 1 << 30;
/// The message, what its TNEF decodes to, and what is made of that.
pub const CONVERSION_FACTOR: usize = 3;
/// Waiting for a place to be converted.
pub const CONVERSION_WAIT: Duration = Duration::from_secs(120);
/// Largest TNEF part that is converted in its place after what stood before it has gone on.
pub const LATE_PART: usize = 32 << 20;
/// How many of them are held at a time; one more goes on as it is.
pub const LATE_PARTS: usize = 16;
/// Largest header block.
pub const HEADER_BYTES: usize = 256 * 1024;
/// Octets read from a socket at once.
pub const READ_BYTES: usize = 64 * 1024;
/// A client must send this much of a body to count as alive again (against slow drip).
pub const PROGRESS_BYTES: usize = 4 * 1024;
/// Sessions of all clients at a time.
pub const SESSIONS: usize = 20_000;
/// Of those, kept for clients that we know: strangers never have them.
pub const SESSIONS_RESERVED: usize = 2_000;
/// A whole session, from the greeting on.
pub const SESSION: Duration = Duration::from_secs(4 * 60 * 60);
/// The TLS handshake with a client.
pub const CLIENT_HANDSHAKE: Duration = Duration::from_secs(30);
/// The header of the PROXY protocol, from a balancer in front of us.
pub const PROXY_HEADER: Duration = Duration::from_secs(5);
/// Octets of it, with all that a balancer may add.
pub const PROXY_HEADER_BYTES: usize = 4 * 1024;
/// Recipients of one leg, whatever the configuration allows: their loop tokens share one field.
pub const LEG_RECIPIENTS: usize = 750;
/// Recipients of a message with groups, their members among them; what is kept of each must fit into the spool.
pub const EXPANDED_RECIPIENTS: usize = routing::limits::EXPANSION_MAX;
/// Groups of one leg whose loop tokens go with it.
pub const LEG_GROUPS: usize = 250;
/// Received fields (RFC 5321 §6.3 asks for at least 100 in a simple counter).
pub const RECEIVED_FIELDS: usize = 100;
/// Loop tokens read from the Received fields of one message.
pub const LOOP_TOKENS: usize = 10_000;

/// Connecting to one address of a hop.
pub const HOP_CONNECT: Duration = Duration::from_secs(20);
/// Addresses tried for one hop name.
pub const HOP_ADDRESSES: usize = 8;
/// Name servers of the configuration.
pub const DNS_SERVERS: usize = 8;
/// One name, over all servers and attempts.
pub const DNS_LOOKUP: Duration = Duration::from_secs(20);
/// Answers that are remembered.
pub const DNS_CACHE: u64 = 8_192;
/// For how long at most, whatever their records say.
pub const DNS_POSITIVE_TTL: Duration = Duration::from_secs(60 * 60);
/// The same for what does not exist.
pub const DNS_NEGATIVE_TTL: Duration = Duration::from_secs(5 * 60);
/// Aliases (CNAME) that are followed from one name.
pub const DNS_ALIASES: usize = 8;
/// Names that fail one after the other, with no answer between them, before an operator is told.
pub const DNS_FAILURES: usize = 5;
/// Mail exchangers of one domain that are considered, the preferred ones.
pub const EXCHANGERS: usize = 10;
/// A domain that leads here is told of again after this.
pub const LEADS_HERE_TOLD: Duration = Duration::from_secs(60 * 60);
/// Domains of which that is remembered.
pub const LEADS_HERE: usize = 1_000;
/// Connections to the exchangers of one foreign domain at a time.
pub const DOMAIN_CONNECTIONS: usize = 10;
/// Waiting for one of them: a domain that is slow must not hold up the others' mail.
pub const DOMAIN_WAIT: Duration = Duration::from_secs(5);
/// A connection to one of them is not used again when it is older.
pub const DOMAIN_POOL_AGE: Duration = Duration::from_secs(30);
/// Idle connections to all of them.
pub const DOMAIN_POOL: usize = 100;
/// Foreign domains, beside the sides, whose pace is remembered when nothing is under way to them.
pub const PACES: usize = 1_000;
/// Foreign domains of one message that its sender is kept waiting for; the others' turn comes behind.
pub const DOMAINS_AT_ONCE: usize = 10;
/// Attempts at mail to foreign domains by their exchangers at a time.
pub const DOMAIN_ATTEMPTS: usize = 100;
/// Hops whose failures are remembered.
pub const BREAKERS: usize = 10_000;
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

/// A hop that asks for less again within this has not been heard out yet.
pub const PACE_PRESS: Duration = Duration::from_secs(5);
/// After this the sender of a message that waits is told so, once.
pub const DELAY_WARNING: Duration = Duration::from_secs(4 * 60 * 60);
/// Largest message that a report returns whole.
pub const REPORT_RETURNS: u64 = 50 * 1024;
/// Attempts at messages of the queue at a time, over all sides.
pub const QUEUE_ATTEMPTS: usize = 200;
/// Octets of messages that are kept in memory from their commit to their first attempt; the others are read back.
pub const QUEUE_AT_HAND: usize = 16 << 20;

/// A message whose attempts break off so often by a fault of ours, or that the process died of so often, is set aside.
pub const QUEUE_CRASHES: u32 = 2;

/// Connections of operators at a time.
pub const CONTROL_CONNECTIONS: usize = 16;
/// Octets of one request of an operator, names of messages in it.
pub const CONTROL_LINE: usize = 1 << 20;
/// An operator's program must say what it wants in this time.
pub const CONTROL_REQUEST: Duration = Duration::from_secs(30);
/// An operator may think for so long about the number of messages before they are changed.
pub const CONTROL_DECISION: Duration = Duration::from_secs(10 * 60);
/// An operator may look at a page of a list for so long.
pub const CONTROL_WRITE: Duration = Duration::from_secs(10 * 60);
/// Changes under way at a time for one operator.
pub const CONTROL_CHANGES: usize = 64;
/// Nothing moved for so long: nobody waits for a side to become empty any more.
pub const CONTROL_STILL: Duration = Duration::from_secs(60);
/// Messages of another spool that are between the two at a time.
pub const ADOPT_AT_A_TIME: usize = 64;
/// Messages left behind that are named; the others are counted.
pub const ADOPT_NAMED: usize = 100;

/// How often certificate, key, root and list files are looked at.
pub const FILES_INTERVAL: Duration = Duration::from_secs(1);
/// How often it is looked whether the time of a certificate, or of a revocation list, is running out.
pub const CERTIFICATES_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// Open sessions are given this long at a drain.
pub const DRAIN: Duration = Duration::from_secs(30);
/// Pause after accept(2) failed (for lack of descriptors, say).
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Client networks that are remembered after their last connection, besides those that have one.
pub const CLIENTS: usize = 100_000;
/// Networks that a side has proven itself from by certificate, and that therefore have a part in the reserve.
pub const PROOFS: usize = 1_000;
/// For how long that is remembered.
pub const PROOF_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Events of the doors in a minute, over all client networks.
pub const DOOR_EVENTS: u32 = 100;
/// Unknown recipients are counted for so long.
pub const HARVEST_WINDOW: Duration = Duration::from_secs(10 * 60);
/// Of a hundred recipients that a network names, so many unknown ones are a harvest.
pub const HARVEST_SHARE: u64 = 25;
/// So many times the bound of the configuration end the connection.
pub const HARVEST_CUT: u32 = 2;
/// Until then an unknown recipient is answered after this.
pub const HARVEST_DELAY: Duration = Duration::from_secs(2);
/// Sessions that wait for such an answer at a time; who finds no place is let go.
pub const SLOWED: usize = 1_000;
/// For how long a network is refused then.
pub const HARVEST_SHUT: Duration = Duration::from_secs(10 * 60);
/// Transactions for postmasters in a minute from a network that has sent too many messages.
pub const POSTMASTER_TRANSACTIONS: u32 = 20;

/// Octets of the log that may wait for a slow reader before who says more has to wait, too.
pub const LOG_BYTES: usize = 4 << 20;
/// For how long lines of the log gather before they are written together.
pub const LOG_GATHER: Duration = Duration::from_millis(5);

/// Octets of a file that `twinmx convert` takes.
pub const CONVERT_FILE: u64 = 1 << 30;
/// Folders within folders that it walks.
pub const CONVERT_DEPTH: usize = 64;

/// How often the directory's sources are looked at. A change is taken up at the second look that finds it the same.
pub const DIRECTORY_INTERVAL: Duration = Duration::from_millis(250);
/// After a failure to read a source or to write the snapshot.
pub const DIRECTORY_RETRY: Duration = Duration::from_secs(10);
/// At most, after many failures of a server.
pub const DIRECTORY_RETRY_MAX: Duration = Duration::from_secs(300);
/// How often the times of the last reads are stored.
pub const SNAPSHOT_TIMES_INTERVAL: Duration = Duration::from_secs(60);
/// Bad lines, or conflicts, told in one event.
pub const DIRECTORY_EVENT_LINES: usize = 10;
/// Conflicts between records that are kept; the rest are only counted.
pub const DIRECTORY_CONFLICTS_KEPT: usize = 100;
/// Systems without a side that are told; the people of the rest are not counted.
pub const DIRECTORY_SIDELESS_KEPT: usize = 20;
/// People named when a source is held back.
pub const DIRECTORY_EXAMPLES: usize = 5;
/// Entries that are looked at together because of a change; past them everybody is. Fewer than those that are looked at
/// together because they share addresses (`book.kin`), so that this bound is met first.
pub const DIRECTORY_CIRCLE: usize = 5_000;
/// Recipients that a snapshot has otherwise than its index, before it is made one again.
pub const SNAPSHOT_PATCHES: usize = 5_000;
/// Recipients up to which all of them are gathered at once, and the snapshot is stored with each change. More are gathered,
/// and stored, beside what else is done.
pub const DIRECTORY_AT_ONCE: usize = 20_000;
/// People listed whom a source that is held back would touch.
pub const DIRECTORY_TOUCHED: usize = 1_000;
/// People of a source that may always lose one of their addresses.
pub const DIRECTORY_NARROWED_FREE: u64 = 10;

/// Unknown recipients that are counted one by one.
pub const UNKNOWN_KEPT: usize = 10_000;
/// Octets of an address that is counted so; longer ones are only counted together.
pub const UNKNOWN_OCTETS: usize = 254;
/// Networks that are remembered of each.
pub const UNKNOWN_NETWORKS: usize = 8;
/// Whoever was not asked for in this time is forgotten.
pub const UNKNOWN_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How often the list is written, if it changed.
pub const UNKNOWN_SAVE: Duration = Duration::from_secs(60);
/// Octets of its file.
pub const UNKNOWN_FILE: u64 = 32 << 20;

/// All bounds of this crate.
pub const ALL: &[Limit] = &[
    limit("configuration.file", CONFIG_FILE_MAX, "octets"),
    limit(
        "configuration.diagnostics",
        DIAGNOSTICS_MAX as u64,
        "complaints",
    ),
    limit("configuration.pem_file", PEM_FILE_MAX, "octets"),
    limit("configuration.revocation_list", CRL_FILE_MAX, "octets"),
    limit("configuration.loop_key_min", LOOP_KEY_MIN, "octets"),
    limit("configuration.ldap_page", LDAP_PAGE_MAX, "entries"),
    limit("session.open", SESSIONS as u64, "sessions"),
    limit("session.reserved", SESSIONS_RESERVED as u64, "sessions"),
    limit("session.time", SESSION.as_secs(), "seconds"),
    limit("session.handshake", CLIENT_HANDSHAKE.as_secs(), "seconds"),
    limit("session.progress", PROGRESS_BYTES as u64, "octets"),
    limit("session.proxy_header", PROXY_HEADER_BYTES as u64, "octets"),
    limit(
        "session.proxy_header_time",
        PROXY_HEADER.as_secs(),
        "seconds",
    ),
    limit("client.remembered", CLIENTS as u64, "networks"),
    limit("client.proofs", PROOFS as u64, "networks"),
    limit("client.proof_age", PROOF_AGE.as_secs(), "seconds"),
    limit("client.events", DOOR_EVENTS as u64, "a minute"),
    limit("client.harvest_window", HARVEST_WINDOW.as_secs(), "seconds"),
    limit("client.harvest_share", HARVEST_SHARE, "percent"),
    limit("client.harvest_cut", HARVEST_CUT as u64, "times"),
    limit("client.harvest_delay", HARVEST_DELAY.as_secs(), "seconds"),
    limit("client.harvest_shut", HARVEST_SHUT.as_secs(), "seconds"),
    limit("client.slowed", SLOWED as u64, "sessions"),
    limit(
        "client.postmaster",
        POSTMASTER_TRANSACTIONS as u64,
        "transactions a minute",
    ),
    limit("session.drain", DRAIN.as_secs(), "seconds"),
    limit("message.hold_back", HOLD_BACK_BYTES as u64, "octets"),
    limit(
        "message.hold_back_at_a_time",
        HOLD_BACK_TRANSACTIONS as u64,
        "messages",
    ),
    limit(
        "message.hold_back_pieces",
        HOLD_BACK_PIECES as u64,
        "pieces",
    ),
    limit("message.held_in_memory", HELD_IN_MEMORY as u64, "octets"),
    limit("message.held_at_a_time", HELD_MESSAGES as u64, "messages"),
    limit("message.held_in_files", HELD_OCTETS as u64, "octets"),
    limit(
        "message.conversion_memory",
        CONVERSION_MEMORY as u64,
        "octets",
    ),
    limit(
        "message.conversion_factor",
        CONVERSION_FACTOR as u64,
        "times the message",
    ),
    limit(
        "message.conversion_wait",
        CONVERSION_WAIT.as_secs(),
        "seconds",
    ),
    limit("message.late_part", LATE_PART as u64, "octets"),
    limit("message.late_parts", LATE_PARTS as u64, "parts"),
    limit("message.header", HEADER_BYTES as u64, "octets"),
    limit("message.received_fields", RECEIVED_FIELDS as u64, "fields"),
    limit(
        "message.leg_recipients",
        LEG_RECIPIENTS as u64,
        "recipients",
    ),
    limit(
        "message.expanded_recipients",
        EXPANDED_RECIPIENTS as u64,
        "recipients",
    ),
    limit("message.leg_groups", LEG_GROUPS as u64, "groups"),
    limit("message.loop_tokens", LOOP_TOKENS as u64, "tokens"),
    limit("hop.connect", HOP_CONNECT.as_secs(), "seconds"),
    limit("hop.addresses", HOP_ADDRESSES as u64, "addresses"),
    limit("dns.servers", DNS_SERVERS as u64, "servers"),
    limit("dns.lookup", DNS_LOOKUP.as_secs(), "seconds"),
    limit("dns.cache", DNS_CACHE, "answers"),
    limit("dns.positive_ttl", DNS_POSITIVE_TTL.as_secs(), "seconds"),
    limit("dns.negative_ttl", DNS_NEGATIVE_TTL.as_secs(), "seconds"),
    limit("dns.aliases", DNS_ALIASES as u64, "names"),
    limit("dns.failures", DNS_FAILURES as u64, "names"),
    limit("dns.exchangers", EXCHANGERS as u64, "hosts"),
    limit("dns.leads_here", LEADS_HERE as u64, "domains"),
    limit("dns.leads_here_told", LEADS_HERE_TOLD.as_secs(), "seconds"),
    limit(
        "domain.connections",
        DOMAIN_CONNECTIONS as u64,
        "connections",
    ),
    limit("domain.wait", DOMAIN_WAIT.as_secs(), "seconds"),
    limit("domain.pool_age", DOMAIN_POOL_AGE.as_secs(), "seconds"),
    limit("domain.pool", DOMAIN_POOL as u64, "connections"),
    limit("domain.at_once", DOMAINS_AT_ONCE as u64, "domains"),
    limit("domain.attempts", DOMAIN_ATTEMPTS as u64, "attempts"),
    limit("hop.paces", PACES as u64, "ways"),
    limit("hop.breakers", BREAKERS as u64, "hops"),
    limit("hop.stall", HOP_STALL.as_secs(), "seconds"),
    limit("hop.final_reply", HOP_FINAL_REPLY.as_secs(), "seconds"),
    limit("hop.reset", HOP_RESET.as_secs(), "seconds"),
    limit("hop.pool_age", POOL_AGE.as_secs(), "seconds"),
    limit(
        "hop.capabilities_age",
        CAPABILITIES_AGE.as_secs(),
        "seconds",
    ),
    limit("hop.breaker_failures", BREAKER_FAILURES as u64, "failures"),
    limit("hop.breaker_open", BREAKER_OPEN.as_secs(), "seconds"),
    limit("hop.refusals", REFUSALS as u64, "recipients"),
    limit("hop.refusal_age", REFUSAL_AGE.as_secs(), "seconds"),
    limit("hop.pace_press", PACE_PRESS.as_secs(), "seconds"),
    limit("queue.delay_warning", DELAY_WARNING.as_secs(), "seconds"),
    limit("queue.report_returns", REPORT_RETURNS, "octets"),
    limit("queue.attempts", QUEUE_ATTEMPTS as u64, "attempts"),
    limit("queue.at_hand", QUEUE_AT_HAND as u64, "octets"),
    limit("queue.crashes", QUEUE_CRASHES as u64, "attempts"),
    limit(
        "control.connections",
        CONTROL_CONNECTIONS as u64,
        "connections",
    ),
    limit("control.line", CONTROL_LINE as u64, "octets"),
    limit("control.request", CONTROL_REQUEST.as_secs(), "seconds"),
    limit("control.decision", CONTROL_DECISION.as_secs(), "seconds"),
    limit("control.write", CONTROL_WRITE.as_secs(), "seconds"),
    limit("control.changes", CONTROL_CHANGES as u64, "changes"),
    limit("control.still", CONTROL_STILL.as_secs(), "seconds"),
    limit("adopt.at_a_time", ADOPT_AT_A_TIME as u64, "messages"),
    limit("adopt.named", ADOPT_NAMED as u64, "messages"),
    limit("log.ahead_of_reader", LOG_BYTES as u64, "octets"),
    limit("log.gather", LOG_GATHER.as_millis() as u64, "milliseconds"),
    limit("convert.file", CONVERT_FILE, "octets"),
    limit("convert.depth", CONVERT_DEPTH as u64, "folders"),
    limit("directory.retry", DIRECTORY_RETRY.as_secs(), "seconds"),
    limit(
        "directory.retry_max",
        DIRECTORY_RETRY_MAX.as_secs(),
        "seconds",
    ),
    limit(
        "directory.event_lines",
        DIRECTORY_EVENT_LINES as u64,
        "lines",
    ),
    limit(
        "directory.conflicts_kept",
        DIRECTORY_CONFLICTS_KEPT as u64,
        "conflicts",
    ),
    limit(
        "directory.sideless_kept",
        DIRECTORY_SIDELESS_KEPT as u64,
        "systems",
    ),
    limit("directory.examples", DIRECTORY_EXAMPLES as u64, "people"),
    limit("directory.circle", DIRECTORY_CIRCLE as u64, "entries"),
    limit("snapshot.patches", SNAPSHOT_PATCHES as u64, "recipients"),
    limit("directory.at_once", DIRECTORY_AT_ONCE as u64, "recipients"),
    limit("directory.touched", DIRECTORY_TOUCHED as u64, "people"),
    limit("directory.narrowed_free", DIRECTORY_NARROWED_FREE, "people"),
    limit("unknown.kept", UNKNOWN_KEPT as u64, "addresses"),
    limit("unknown.address", UNKNOWN_OCTETS as u64, "octets"),
    limit("unknown.networks", UNKNOWN_NETWORKS as u64, "networks"),
    limit("unknown.age", UNKNOWN_AGE.as_secs(), "seconds"),
    limit("unknown.save", UNKNOWN_SAVE.as_secs(), "seconds"),
    limit("unknown.file", UNKNOWN_FILE, "octets"),
];

const fn limit(name: &'static str, value: u64, unit: &'static str) -> Limit {
    Limit { name, value, unit }
}

/// The bounds of all crates, in the order in which `check --effective` prints them.
pub fn all() -> Vec<Limit> {
    let directory = [
        routing::limits::ALL,
        book::limits::ALL,
        mirror::limits::ALL,
        authentication::limits::ALL,
        sources::limits::ALL,
    ];
    let directory = directory.into_iter().flatten();
    let directory = directory.map(|(name, value, unit)| limit(name, *value, unit));
    ALL.iter()
        .chain(engine::ALL)
        .copied()
        .chain(directory)
        .collect()
}
