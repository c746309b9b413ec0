//! Every bound of this crate.

/// Octets of a local part as it is written. RFC 5321 §4.5.3.1.1 obliges a server to take 64 and asks it to take more:
/// senders that encode a return path in theirs pass 64 daily.
pub const LOCAL_PART_OCTETS_MAX: usize = 128;
/// Octets of a folded local part. Folding and composing can lengthen UTF-8; the index keeps the length in one octet.
pub const FOLDED_LOCAL_PART_OCTETS_MAX: usize = 255;
/// Octets of a domain (RFC 5321 §4.5.3.1.2).
pub const DOMAIN_OCTETS_MAX: usize = 255;
/// Octets of an encapsulated local part (`IMCEAEX-...`). An escape takes three octets, and an X.500 name has at most 256
/// characters besides the types of its parts.
pub const ENCAPSULATED_OCTETS_MAX: usize = 768;
/// Octets of one X.500, Notes or GroupWise address. Active Directory allows 1,123 in proxyAddresses.
pub const FOREIGN_OCTETS_MAX: usize = 1_123;
/// Octets of an address: a path is 256 with its angle brackets (RFC 5321 §4.5.3.1.3).
pub const ADDRESS_OCTETS_MAX: usize = 254;

/// Addresses of one recipient besides the primary and the routing address.
pub const ALIASES_MAX: usize = 1_000;
/// Direct members of a group that can be expanded here.
pub const GROUP_MEMBERS_MAX: usize = 10_000;
/// Members of a group in the end, with those of the groups within it: as many recipients as a stored message can have,
/// whatever their hops answer.
pub const EXPANSION_MAX: usize = 1_000;
/// Groups within one another.
pub const EXPANSION_DEPTH_MAX: usize = 16;
/// Members that are looked up to expand a group; who is in several groups within it is looked up for each.
pub const EXPANSION_LOOKUPS_MAX: usize = 40_000;
/// Different domains in one snapshot: their number is stored in two octets.
pub const SNAPSHOT_DOMAINS_MAX: usize = 65_535;
/// Different sides, and different sources, in one snapshot.
pub const SNAPSHOT_NAMES_MAX: usize = 1_000;
/// Octets of the name of a side or a source.
pub const NAME_OCTETS_MAX: usize = 255;
/// Octets of each part of a snapshot: places are stored in four octets.
pub const SNAPSHOT_SECTION_OCTETS_MAX: usize = u32::MAX as usize;

/// Octets of a CSV or LDIF file.
pub const SOURCE_OCTETS_MAX: u64 = 1 << 30;
/// Octets of one line that matters.
pub const SOURCE_LINE_OCTETS_MAX: usize = 64 << 10;
/// Physical lines that one quoted CSV record may span.
pub const CSV_RECORD_LINES_MAX: usize = 16;
/// Columns of a CSV file.
pub const CSV_COLUMNS_MAX: usize = 256;
/// Problems of one file that are kept with their line; the rest are only counted.
pub const PROBLEMS_KEPT_MAX: usize = 100;
/// Characters of a file's own text that a problem repeats.
pub const QUOTED_CHARS_MAX: usize = 80;

/// All of them: name, value and what is counted.
pub const ALL: &[(&str, u64, &str)] = &[
    ("routing.local_part", LOCAL_PART_OCTETS_MAX as u64, "octets"),
    (
        "routing.folded_local_part",
        FOLDED_LOCAL_PART_OCTETS_MAX as u64,
        "octets",
    ),
    (
        "routing.encapsulated",
        ENCAPSULATED_OCTETS_MAX as u64,
        "octets",
    ),
    ("routing.foreign", FOREIGN_OCTETS_MAX as u64, "octets"),
    ("routing.domain", DOMAIN_OCTETS_MAX as u64, "octets"),
    ("routing.address", ADDRESS_OCTETS_MAX as u64, "octets"),
    ("routing.aliases", ALIASES_MAX as u64, "addresses"),
    ("routing.group_members", GROUP_MEMBERS_MAX as u64, "members"),
    ("routing.expansion", EXPANSION_MAX as u64, "members"),
    (
        "routing.expansion_depth",
        EXPANSION_DEPTH_MAX as u64,
        "groups",
    ),
    (
        "routing.expansion_lookups",
        EXPANSION_LOOKUPS_MAX as u64,
        "members",
    ),
    (
        "routing.snapshot_domains",
        SNAPSHOT_DOMAINS_MAX as u64,
        "domains",
    ),
    ("routing.snapshot_names", SNAPSHOT_NAMES_MAX as u64, "names"),
    ("routing.name", NAME_OCTETS_MAX as u64, "octets"),
    (
        "routing.snapshot_section",
        SNAPSHOT_SECTION_OCTETS_MAX as u64,
        "octets",
    ),
    ("routing.source", SOURCE_OCTETS_MAX, "octets"),
    (
        "routing.source_line",
        SOURCE_LINE_OCTETS_MAX as u64,
        "octets",
    ),
    (
        "routing.csv_record_lines",
        CSV_RECORD_LINES_MAX as u64,
        "lines",
    ),
    ("routing.csv_columns", CSV_COLUMNS_MAX as u64, "columns"),
    (
        "routing.problems_kept",
        PROBLEMS_KEPT_MAX as u64,
        "problems",
    ),
];
