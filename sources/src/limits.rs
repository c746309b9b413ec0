//! Every bound of this crate.

use std::time::Duration;

/// Octets of a file that holds a secret.
pub const SECRET_OCTETS_MAX: u64 = 64 << 10;
/// Oddities of a source that are named; all are counted.
pub const ODDITIES_NAMED_MAX: usize = 20;
/// Referrals of a source that are named; all are counted.
pub const REFERRALS_NAMED_MAX: usize = 20;

/// Octets of one LDAP message. A group with as many members as a mirror takes has some 20 MiB.
pub const MESSAGE_OCTETS_MAX: usize = 64 << 20;
/// Octets of an answer to StartTLS, which says no more than yes or no.
pub const START_TLS_OCTETS_MAX: usize = 4 << 10;
/// Objects of one page (RFC 2696): what Active Directory gives at most.
pub const PAGE_SIZE: u32 = 1_000;
/// Ranges of one attribute that are asked for one after the other.
pub const RANGES_MAX: usize = 1_000;
/// Octets of a cookie or cursor that a server gives us to keep.
pub const COOKIE_OCTETS_MAX: usize = 64 << 10;
/// Objects of a reading of everything that are written together, and the rest of their page.
pub const BATCH: u64 = 10_000;
/// Changes that are made durable together, while more of them come.
pub const CHANGES_TOGETHER: usize = 1_000;
/// How long a change waits for others to be made durable with it.
pub const TOGETHER_WAIT: Duration = Duration::from_millis(20);
/// Messages of a search that stays that say nothing of objects, before they are looked at all the same.
pub const QUIET_NEWS_MAX: usize = 100;
/// Bases of one source.
pub const BASES_MAX: usize = 32;
/// Objects that are asked for together by their keys.
pub const KEYS_TOGETHER: usize = 100;
/// Changes after which everything is read instead: after a long time away that is no longer than to look for each.
pub const CHANGES_MAX: usize = 200_000;
/// Octets of one answer to DirSync, as far as the server lets us choose.
pub const DIRSYNC_OCTETS: u32 = 1 << 20;
/// Failures of one domain controller after which another one is taken, which costs a full reading.
pub const FAILURES_OF_HOME_MAX: u32 = 3;

/// Between two looks at who is still there, where an account cannot see what was deleted.
pub const CENSUS_EVERY: Duration = Duration::from_secs(10 * 60);
/// After a full reading that was due and failed, until the next attempt; changes are read meanwhile.
pub const FULL_AGAIN: Duration = Duration::from_secs(15 * 60);
/// After the first notice of a change, in which others gather.
pub const NOTICES_GATHER: Duration = Duration::from_secs(5);
/// For a connection with its TLS handshake.
pub const CONNECT_WAIT: Duration = Duration::from_secs(15);
/// For each answer. The first page of a search without an index takes longest.
pub const ANSWER_WAIT: Duration = Duration::from_secs(120);
/// For a whole round. Ten million objects at a slow server's 1,000 a second take three hours.
pub const ROUND_WAIT: Duration = Duration::from_secs(6 * 60 * 60);
/// Before the first new attempt after a failure; each further one waits twice as long.
pub const RETRY_WAIT_MIN: Duration = Duration::from_secs(1);
/// Before any new attempt, unless the server names a longer time.
pub const RETRY_WAIT_MAX: Duration = Duration::from_secs(300);
/// After a password was refused: less than the three to five attempts in half an hour that lock an account.
pub const PASSWORD_AGAIN: Duration = Duration::from_secs(15 * 60);
/// What a server may ask us to wait.
pub const SERVER_WAIT_MAX: Duration = Duration::from_secs(60 * 60);
/// How much the clocks of replicas may differ, and how late one may hear of a change.
pub const OVERLAP: Duration = Duration::from_secs(15 * 60);

/// Octets of one page of Microsoft Graph, unpacked. A user with a thousand addresses has some 60 KiB.
pub const PAGE_OCTETS_MAX: usize = 32 << 20;
/// Octets of an answer of the token endpoint. A token has some 3 KiB.
pub const TOKEN_OCTETS_MAX: usize = 256 << 10;
/// Octets of a link that Microsoft Graph gives us to keep. Three of them have to fit into a cursor.
pub const LINK_OCTETS_MAX: usize = 8 << 10;
/// Pages of one round. Ten million users in pages of a hundred.
pub const PAGES_MAX: u64 = 200_000;
/// Attempts at one question.
pub const ATTEMPTS_MAX: u32 = 8;
/// How often one round may have to begin again, because what it went on from is no longer known.
pub const RESYNCS_MAX: u32 = 2;
/// Questions that go to Microsoft Graph together, which is as many as it takes.
pub const BATCH_MAX: usize = 20;
/// People with a licence and no mailbox yet who are asked for again in each round. Their ids lie in the cursor.
pub const WAITING_MAX: usize = 800;
/// How long a signed assertion is good for.
pub const ASSERTION_LIFE: Duration = Duration::from_secs(5 * 60);
/// How much the clocks may differ.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);
/// How long before its end a token is no longer used.
pub const TOKEN_MARGIN: Duration = Duration::from_secs(5 * 60);
/// Characters of a server's own text that an error repeats.
pub const REFUSAL_CHARS_MAX: usize = 300;

/// All of them: name, value and what is counted.
pub const ALL: &[(&str, u64, &str)] = &[
    ("sources.secret", SECRET_OCTETS_MAX, "octets"),
    ("sources.message", MESSAGE_OCTETS_MAX as u64, "octets"),
    ("sources.page", PAGE_SIZE as u64, "objects"),
    ("sources.ranges", RANGES_MAX as u64, "ranges"),
    ("sources.cookie", COOKIE_OCTETS_MAX as u64, "octets"),
    ("sources.bases", BASES_MAX as u64, "bases"),
    ("sources.batch", BATCH, "objects"),
    ("sources.keys", KEYS_TOGETHER as u64, "objects"),
    ("sources.changes", CHANGES_MAX as u64, "objects"),
    ("sources.dirsync", DIRSYNC_OCTETS as u64, "octets"),
    (
        "sources.failures_of_home",
        FAILURES_OF_HOME_MAX as u64,
        "failures",
    ),
    ("sources.census", CENSUS_EVERY.as_secs(), "seconds"),
    ("sources.full_again", FULL_AGAIN.as_secs(), "seconds"),
    ("sources.notices", NOTICES_GATHER.as_secs(), "seconds"),
    ("sources.connect_wait", CONNECT_WAIT.as_secs(), "seconds"),
    ("sources.answer_wait", ANSWER_WAIT.as_secs(), "seconds"),
    ("sources.round_wait", ROUND_WAIT.as_secs(), "seconds"),
    ("sources.retry_wait", RETRY_WAIT_MAX.as_secs(), "seconds"),
    (
        "sources.password_again",
        PASSWORD_AGAIN.as_secs(),
        "seconds",
    ),
    ("sources.server_wait", SERVER_WAIT_MAX.as_secs(), "seconds"),
    ("sources.overlap", OVERLAP.as_secs(), "seconds"),
    ("sources.graph_page", PAGE_OCTETS_MAX as u64, "octets"),
    ("sources.graph_token", TOKEN_OCTETS_MAX as u64, "octets"),
    ("sources.graph_link", LINK_OCTETS_MAX as u64, "octets"),
    ("sources.graph_pages", PAGES_MAX, "pages"),
    ("sources.graph_attempts", ATTEMPTS_MAX as u64, "attempts"),
    ("sources.graph_resyncs", RESYNCS_MAX as u64, "readings"),
    ("sources.graph_batch", BATCH_MAX as u64, "questions"),
    ("sources.graph_waiting", WAITING_MAX as u64, "people"),
    (
        "sources.graph_refusal",
        REFUSAL_CHARS_MAX as u64,
        "characters",
    ),
];
